import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..const import EPSILON
from ..texts import format_day

_logger = logging.getLogger(__name__)


class BackorderKeepMixin(models.AbstractModel):
    """Keep back-ordered demand true while orders, transfers and receipts around it change."""

    _name = "backorder.keep.mixin"
    _description = "Back Order Upkeep"

    def _backorder_raise(self, quantity, uom):
        """Hold more, on the youngest back order of self or on a new one like it.

        :param quantity: by how much, in `uom`
        """
        move = self.sorted(lambda m: (m.backorder_held, m.backorder_date, m.id))[-1:]
        more = uom._compute_quantity(quantity, move.product_uom, rounding_method="HALF-UP")
        if move.backorder_held:
            move.product_uom_qty += more
            return
        move = move.copy(
            {
                "product_uom_qty": more,
                "picking_id": False,
                "backorder_held": True,
                "backorder_date": fields.Datetime.now(),
                "backorder_origin_id": (move.backorder_origin_id or move.picking_id).id,
                "priority": move.priority,
                "date_deadline": move.date_deadline,
                "move_dest_ids": False,
            }
        )
        move._action_confirm(merge=False, create_proc=False)
        move._backorder_widen_source()
        move.sale_line_id._backorder_follow_promise()

    def _is_backorder_first_open_step(self):
        """Return whether this move is demand of a customer that no earlier step waits for."""
        self.ensure_one()
        return (
            self.state not in ("done", "cancel")
            # Asked of every line of a release, and `_is_outgoing` reads the database for it.
            and (self.location_id.usage == "internal" or not self.location_id._is_outgoing())
            and (self.location_final_id or self.location_dest_id)._is_outgoing()
            and all(
                move.state in ("done", "cancel")
                for move in self.move_orig_ids
                if move.sale_line_id == self.sale_line_id
            )
        )

    def _get_backorder_delivered(self):
        """Return what the moves of self, all of one product, brought to the customer for good.

        Less what came back for a refund, in the unit of the product.
        """
        delivered = 0.0
        for move in self.filtered(lambda move: move.state == "done"):
            quantity = move.product_uom._compute_quantity(move.quantity, move.product_id.uom_id)
            counts = move.to_refund or not move.origin_returned_move_id
            if move.location_dest_id._is_outgoing() and counts:
                delivered += quantity
            elif move.location_id._is_outgoing() and move.to_refund:
                delivered -= quantity
        return delivered

    def _get_backorder_cancelled(self):
        """Return what of the moves of self, all of one product, was cancelled by decision.

        Cancelled moves, what done moves lack against their demand ("No Backorder"), and what
        came back for a refund. In the unit of the product.
        """
        cancelled = 0.0
        for move in self:
            quantity = 0.0
            if move.state == "cancel":
                quantity = move.product_uom_qty
            elif move.state == "done":
                quantity = max(0.0, move.product_uom_qty - move.quantity)
                if move.to_refund and move.location_id._is_outgoing():
                    quantity += move.quantity
            cancelled += move.product_uom._compute_quantity(quantity, move.product_id.uom_id)
        return cancelled

    def _get_backorder_half_way(self):
        """Return what the done moves of self brought to a next step that did not take it on.

        :return: a dict of product to a quantity in its unit
        """
        between = self.filtered(
            lambda move: (
                (move.location_final_id or move.location_dest_id)._is_outgoing()
                and not move.location_dest_id._is_outgoing()
            )
        ).location_dest_id
        standing = defaultdict(float)
        for move in self:
            quantity = move._get_backorder_reserved()
            standing[move.product_id] += quantity * (
                (move.location_dest_id in between) - (move.location_id in between)
            )
        return standing

    def _get_backorder_shipped(self):
        """Return what the done moves of self brought to customers.

        Read from the move lines: while a correction is on its way, the move knows it already.

        :return: a dict of move to a quantity in the unit of the product
        """
        return {
            move: sum(move.move_line_ids.mapped("quantity_product_uom"))
            for move in self
            if move.state == "done" and move.sale_line_id and move.location_dest_id._is_outgoing()
        }

    @api.model
    def _backorder_follow_correction(self, before):
        """Make up for done deliveries that were corrected, up or down.

        :param dict before: as `_get_backorder_shipped` returned it
        """
        now = self.browse().concat(*before)._get_backorder_shipped()
        for move, quantity in before.items():
            less = quantity - now[move]
            if move.product_id.uom_id.compare(less, 0.0) > 0:
                move.sale_line_id._backorder_owe(move, less)
            else:
                move.sale_line_id._backorder_cap()

    def _backorder_hold_carried_again(self):
        """Hold again what transfers with back orders carry, before they are cancelled or deleted.

        Dropping demand is a decision, and cancelling a transfer is none. Not only the back orders:
        what joined them there has no other transfer either.

        :return: the held moves, in the place in the queue they had
        """
        pickings = self.filtered(
            lambda move: move._is_backorder_open() and move._is_backorder_eligible()
        ).picking_id
        moves = self.filtered(
            lambda move: move.picking_id in pickings and move._is_backorder_eligible()
        )
        if moves:
            moves.check_access("write")
        moves = moves.sudo()
        moves.picked = False
        moves._do_unreserve()
        held = moves._backorder_hold()
        pickings._backorder_log_held(held)
        for origin, group in held.grouped("backorder_origin_id").items():
            group.backorder_origin_id = origin.backorder_id or origin
        return held

    def _backorder_hold_again(self):
        """Put what released transfers carry back into the queue; cancel those left empty.

        Lines of an order that ships complete go together.

        :return: the held moves
        :raises UserError: when nothing of self can be held again, as after a first step
        """
        return (self | self._get_backorder_companions())._backorder_hold_alone_again()

    def _backorder_hold_alone_again(self):
        """Put self back into the queue; cancel the transfers that are left empty, and no others.

        :return: the held moves
        :raises UserError: when nothing of self can be held again, as after a first step
        """
        pickings = self.picking_id
        held = self._backorder_hold_carried_again()
        if not held:
            raise UserError(
                self.env._("These goods left their shelf for the customer: they cannot wait again.")
            )
        pickings.filtered(lambda picking: not picking.move_ids).action_cancel()
        return held

    @api.model
    def _backorder_hold_lost_again(self, plan, products=None):
        """Hold again what released transfers lack of their goods, and what the plan has not.

        No transfer stands around that cannot be picked. Its demand waits in its old place.

        :param dict plan: what was served just now, see `_backorder_walk`
        :param products: `product.product` that were looked at, all of them when None
        :return: the held moves
        """
        domain = Domain("backorder_release_date", "!=", False) & Domain(
            "backorder_held", "=", False
        )
        domain &= Domain("state", "in", ("confirmed", "partially_available"))
        domain &= Domain("company_id.backorder_automation", "=", True)
        if products is not None:
            domain &= Domain("product_id", "in", products.ids)
        lost = (
            self.sudo()
            .search(domain, order="id")
            .filtered(
                lambda move: (
                    (move.id not in plan or plan[move.id].served < plan[move.id].need - EPSILON)
                    and move._is_backorder_waiting()
                    and move._is_backorder_eligible()
                )
            )
        )
        held = self.browse()
        for order, moves in lost.grouped(lambda move: move.sale_line_id.order_id).items():
            try:
                with self.env.cr.savepoint():
                    cause = moves._get_backorder_loss_cause()
                    again = moves._backorder_hold_short()
                    order._backorder_tell_lost(again, cause)
                    again._backorder_note(None)
                    held |= again
            except Exception as error:  # it stays where it is, and nobody else waits for it
                _logger.info("What %s lost could not be held again", order.name, exc_info=error)
        return held

    def _get_backorder_loss_cause(self):
        """Return why the released moves of self, all of one order, have lost their goods."""
        count = self.search(
            [
                ("is_inventory", "=", True),
                ("state", "=", "done"),
                ("product_id", "in", self.product_id.ids),
                ("location_id", "child_of", self.location_id.ids),
                ("date", ">=", min(self.mapped("backorder_release_date"))),
            ],
            order="date desc, id desc",
            limit=1,
        )
        transfer = ", ".join(self.picking_id.mapped("name"))
        if not count:
            return self.env._("%(transfer)s was unreserved.", transfer=transfer)
        return self.env._(
            "%(transfer)s lost its goods in the count of %(date)s.",
            transfer=transfer,
            date=format_day(self.env, count.date),
        )

    def _get_backorder_asked(self):
        """Return the open demand of customers in self: nobody ends it without a word."""
        return self.filtered(
            lambda move: move.sale_line_id and move.state not in ("draft", "done", "cancel")
        )

    def _backorder_tell_not_shipped(self, reason=None):
        """Tell orders, transfers and salespeople what of self will not be shipped.

        :param str reason: why, in the words of who decided it
        """
        for order, moves in self.grouped(lambda move: move.sale_line_id.order_id).items():
            body = self.env._("Not shipped, and not back ordered any more:")
            body += moves.picking_id._get_backorder_list([(m, m.product_uom_qty) for m in moves])
            if reason:
                body += self.env._("Reason: %s", reason)
            for record in (order, *(moves.backorder_origin_id | moves.picking_id)):
                record.message_post(body=body)
            order.activity_schedule(
                "mail.mail_activity_data_warning",
                note=body,
                user_id=order.user_id.id or self.env.uid,
            )

    def _backorder_leave_receipts(self):
        """Untie held moves of self from the receipts they were allocated to.

        The queue decides what they get, and a receipt that is cancelled must not take its
        customers along.
        """
        allocated = self.filtered("move_orig_ids").sudo()
        allocated.write({"move_orig_ids": [Command.clear()], "procure_method": "make_to_stock"})
        allocated._recompute_state()
