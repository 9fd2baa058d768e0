from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain


class BackorderShortMixin(models.AbstractModel):
    """Decide about what waiting transfers are short of, before anybody ships them."""

    _name = "backorder.short.mixin"
    _description = "Back Orders of Waiting Transfers"

    backorder_short_qty = fields.Float(
        string="Short",
        compute="_compute_backorder_short_qty",
        digits="Product Unit",
        help="What a validation of the transfer now does not ship, in the unit of the move.",
    )

    @api.depends("quantity", "picked", "product_uom_qty", "move_line_ids.picked")
    def _compute_backorder_short_qty(self):
        for move in self:
            shipping = move._get_picked_quantity() if move.picked else 0.0
            move.backorder_short_qty = move.product_uom_qty - shipping

    def _get_next_receipt_dates(self):
        """Return when the next receipt comes to where the moves take their products from.

        One query, however many moves and receipts there are.

        :return: a dict of (product, location) to a datetime, False where none is expected
        """
        inside = Domain("location_final_id", "child_of", self.location_id.ids) | (
            Domain("location_final_id", "=", False)
            & Domain("location_dest_id", "child_of", self.location_id.ids)
        )
        groups = self.env["stock.move"]._read_group(
            Domain("product_id", "in", self.product_id.ids)
            & Domain("state", "in", ("waiting", "confirmed", "partially_available", "assigned"))
            & Domain("location_id.usage", "!=", "internal")
            & inside,
            ["product_id", "location_final_id", "location_dest_id"],
            ["date:min"],
        )
        receipts = defaultdict(list)
        for product, final, dest, date in groups:
            receipts[product].append(((final or dest).sudo(), date))
        return {
            (product, location): min(
                (date for goal, date in receipts[product] if goal._child_of(location.sudo())),
                default=False,
            )
            for product, location in {(move.product_id, move.location_id) for move in self}
        }

    def _backorder_hold_short(self):
        """Hold what self, in waiting transfers, is short of; leave no empty transfer behind.

        Lines of an order that ships complete go together. What a first transfer keeps reserved
        was never short, so it is no back order.

        :return: the held moves
        """
        moves = self | self._get_backorder_companions()
        fresh = moves.filtered(lambda m: not m.backorder_date and not m.picking_id.backorder_id)
        pickings = moves.picking_id
        held = moves._backorder_hold()
        (fresh - held)._backorder_forget()
        pickings._backorder_log_held(held)
        pickings._backorder_drop_emptied(held)
        return held

    def _backorder_give_up(self, quantity):
        """Give up some of what the move has reserved; what it lacks then waits in the queue.

        Line by line, the last first: what it keeps is what was chosen for it.

        :param float quantity: in the unit of the product
        """
        self.ensure_one()
        self.quantity = self.product_id.uom_id._compute_quantity(
            self._get_backorder_reserved() - quantity,
            self.product_uom,
            rounding_method="HALF-UP",
        )
        self._recompute_state()
        self._backorder_hold_short()

    def _get_backorder_complete_orders(self):
        """Return the orders of self that ship complete."""
        return self.sale_line_id.order_id.filtered(lambda order: order.picking_policy == "one")

    def _get_backorder_companions(self):
        """Return what waits in a transfer beside self for an order that ships complete."""
        return self._get_backorder_complete_orders().order_line.move_ids.filtered(
            lambda move: move.picking_id and not move.picked and move._is_backorder_eligible()
        )

    def _backorder_cancel_short(self):
        """Cancel what self, in waiting transfers, is short of; what is reserved stays."""
        reserved = self.filtered("quantity")
        vals_list = []
        for move in reserved:
            vals_list += move._split(move._get_backorder_missing())
        dropped = (self - reserved) | self.create(vals_list)
        dropped._action_cancel()
        for picking, moves in dropped.grouped("picking_id").items():
            picking._backorder_log_dropped({m: (0.0, m.product_uom_qty) for m in moves})
