from odoo import api, fields, models
from odoo.fields import Domain

from ..const import PAUSE_FIELDS
from ..work import work_of

# What held demand is: it changes with its order and in the processes, never by hand.
HELD_FIELDS = {
    "company_id",
    "location_dest_id",
    "location_final_id",
    "location_id",
    "picked",
    "picking_id",
    "product_id",
    "product_uom",
    "product_uom_qty",
    "quantity",
    "sale_line_id",
}


class BackorderHoldMixin(models.AbstractModel):
    """Keep demand open without a transfer, and give it back to Odoo."""

    _name = "backorder.hold.mixin"
    _inherit = ["backorder.short.mixin"]
    _description = "Back Order Hold"

    def _is_backorder_eligible(self):
        """Return whether the shortage of this move may be held as a back order.

        Narrow on purpose: everything else keeps Odoo's own backorder. A short Ship step has its
        goods standing in Output (`move_orig_ids`), so holding it would orphan them.
        """
        self.ensure_one()
        return bool(
            self.company_id.backorder_automation
            and self.sale_line_id
            and self._is_backorder_line_product()
            and self.product_id.is_storable
            and self.state not in ("draft", "done", "cancel")
            and self.product_uom.compare(self.product_uom_qty, 0) > 0
            and self.procure_method == "make_to_stock"
            and (self.location_final_id or self.location_dest_id)._is_outgoing()
            and not self._should_bypass_reservation()
            and not self.move_orig_ids
            and not self.origin_returned_move_id
            and not self.picking_id.return_id
        )

    def _is_backorder_line_product(self):
        """Return whether this move ships what its order line counts, so that it may be held.

        Another product on a line (the components of a kit) has to stay in proportion: the addon
        that knows the proportion lets it in.
        """
        self.ensure_one()
        return self.product_id == self.sale_line_id.product_id

    def _backorder_hold(self):
        """Keep what is missing on the eligible moves of self open, without a transfer.

        What is reserved already is not short: it stays in its transfer, ready to ship. An order
        that ships complete keeps nothing reserved.

        :return: the held moves (those of self that were wholly missing, and the missing parts)
        """
        moves = self.filtered(lambda move: move._is_backorder_eligible()).sudo()
        moves._backorder_unreserve_unshippable()
        moves._backorder_stamp()
        reserved = moves.filtered("quantity")
        short = moves - reserved
        rest = reserved._backorder_split_missing()
        for (_picking, priority), group in short.grouped(
            lambda move: (move.picking_id, move.priority)
        ).items():
            group.write(
                {
                    "picking_id": False,
                    "backorder_held": True,
                    "backorder_release_date": False,
                    "priority": priority,
                    "picked": False,
                }
            )
        held = short | rest
        held._backorder_widen_source()
        held._backorder_follow_deadline()
        held._backorder_note("held")
        return held

    def _backorder_unreserve_unshippable(self):
        """Unreserve what is not shipped without the rest that is about to be held."""
        self.filtered(
            lambda move: move.sale_line_id.order_id.picking_policy == "one"
        )._do_unreserve()

    def _backorder_stamp(self):
        """Note on self since when and from which transfer it is a back order."""
        now = fields.Datetime.now()
        for picking, moves in self.grouped("picking_id").items():
            moves.write({"backorder_origin_id": picking.id, "backorder_decision": False})
        new = self.filtered(lambda move: not move.backorder_date)
        new.write({"backorder_date": now})
        for promise, moves in new.grouped("backorder_promise_date").items():
            moves.backorder_promised_date = promise

    def _backorder_split_missing(self):
        """Split off what is not reserved on self and hold it; return the held rest."""
        vals_list = []
        short = self.filtered(
            lambda move: not move.product_id.uom_id.is_zero(move._get_backorder_missing())
        )
        # The states are written together below, not after each split (`preserve_state`).
        for move in short.with_context(preserve_state=True):
            hold_vals = {
                **move._prepare_backorder_history_vals(),
                "backorder_held": True,
                "backorder_release_date": False,
                **{name: move[name] for name in PAUSE_FIELDS},
                "picking_id": False,
                "priority": move.priority,
            }
            missing = move._get_backorder_missing()
            vals_list += [{**vals, **hold_vals} for vals in move._split(missing)]
        short._recompute_state()
        rest = self.create(vals_list)
        rest._action_confirm(merge=False, create_proc=False)
        return rest

    def _get_backorder_missing(self):
        """Return what the move has not reserved, in the unit of the product."""
        self.ensure_one()
        return self.product_uom._compute_quantity(
            self.product_uom_qty - self.quantity,
            self.product_id.uom_id,
            rounding_method="HALF-UP",
        )

    def _check_backorder_held_untouched(self, vals):
        """Raise AccessError when somebody changes by hand what held demand of self is."""
        changed = HELD_FIELDS.intersection(vals)
        if changed and not self.env.su and not work_of(self.env).splits:
            self._check_backorder_protected(self.filtered("backorder_held").ids)

    def _backorder_forget(self):
        """Take the history off self: it is no back order."""
        self.write(
            {
                "backorder_date": False,
                "backorder_promised_date": False,
                "backorder_origin_id": False,
            }
        )
        self._backorder_clear_failure()
        self._backorder_resume()

    def _backorder_widen_source(self):
        """Take from wherever the rule takes: a narrowed shelf must not strand the demand."""
        for source, moves in self.grouped(lambda move: move.rule_id.location_src_id).items():
            narrowed = moves.filtered(
                lambda move, source=source: (
                    move.location_id != source and source and move.location_id._child_of(source)
                )
            )
            if narrowed:
                narrowed.location_id = source

    def _backorder_give_back(self):
        """Turn the held moves of self into normal Odoo backorder transfers.

        :return: the new transfers, one per order, linked to the transfer that came up short
        """
        held = self.filtered("backorder_held").sudo()
        held._backorder_reroute()
        held = held.filtered("backorder_held")
        held.write({"backorder_held": False})
        pickings = held._backorder_create_transfers()
        held._backorder_forget()
        held._backorder_note("given_back")
        held.filtered(
            lambda move: move.picking_type_id.reservation_method == "at_confirm"
        )._action_assign()
        return pickings

    @api.model
    def _backorder_held_domain(self, companies=None):
        """Return the domain of held demand, of some companies or of all."""
        domain = Domain("backorder_held", "=", True)
        if companies is not None:
            domain &= Domain("company_id", "in", companies.ids)
        return domain

    @api.model
    def _backorder_open_domain(self):
        """Return the domain of open back-ordered demand: held, or released and not shipped."""
        return Domain("backorder_date", "!=", False) & Domain(
            "state", "not in", ("draft", "done", "cancel")
        )

    def _is_backorder_open(self):
        """Return whether this move is back-ordered demand that the customer still waits for."""
        self.ensure_one()
        return bool(self.backorder_date) and self.state not in ("draft", "done", "cancel")

    def _is_backorder_ready(self):
        """Return whether this move has goods on their way to the customer in an open transfer."""
        self.ensure_one()
        return bool(
            self.picking_id
            and self.state in ("assigned", "partially_available")
            and (self.location_final_id or self.location_dest_id)._is_outgoing()
        )

    def _get_backorder_ready(self, plan):
        """Return what of this move can ship now: reserved in a transfer, or free for it.

        :param dict plan: a plan that has the move in it, where it waits
        :return: a quantity in the unit of the product
        """
        self.ensure_one()
        reserved = self._get_backorder_reserved() if self._is_backorder_ready() else 0.0
        place = plan.get(self._origin.id)
        return reserved + (place.served if place else 0.0)

    def _prepare_backorder_split_vals(self):
        """Return what a part split off self takes over: that it is held and paused, too."""
        self.ensure_one()
        if not self.backorder_date:
            return {}
        vals = self._prepare_backorder_history_vals()
        if self.backorder_held:
            vals.update(backorder_held=True, **{name: self[name] for name in PAUSE_FIELDS})
        return vals

    def _prepare_backorder_history_vals(self):
        """Return the facts that follow the demand through splits and steps."""
        self.ensure_one()
        return {
            "backorder_date": self.backorder_date,
            "backorder_promised_date": self.backorder_promised_date,
            "backorder_origin_id": self.backorder_origin_id.id,
            "backorder_queue_id": self.backorder_queue_id or self.id,
            "backorder_queue_qty": self.backorder_queue_qty or self.product_qty,
            "backorder_release_date": self.backorder_release_date,
            "backorder_announced_date": self.backorder_announced_date,
        }
