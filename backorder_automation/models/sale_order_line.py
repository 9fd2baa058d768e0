from odoo import api, fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    qty_backordered = fields.Float(
        string="Back Ordered",
        compute="_compute_qty_backordered",
        compute_sudo=True,
        digits="Product Unit",
        help="What the customer still waits for as a back order, in the unit of the line: held, "
        "or released and not delivered yet.",
    )

    @api.depends("move_ids.backorder_date", "move_ids.state", "move_ids.product_uom_qty")
    def _compute_qty_backordered(self):
        for line in self:
            line.qty_backordered = sum(
                move.product_uom._compute_quantity(
                    move.product_uom_qty, line.product_uom_id, rounding_method="HALF-UP"
                )
                for move in line.move_ids
                if move._is_backorder_open()
            )

    def _get_backorder_cancelled(self):
        """Return what was cancelled by decision, in the unit of the line.

        Cancelled moves, and what done moves lack against their demand ("No Backorder").
        """
        self.ensure_one()
        cancelled = 0.0
        for move in self.move_ids:
            quantity = 0.0
            if move.state == "cancel":
                quantity = move.product_uom_qty
            elif move.state == "done":
                quantity = max(0.0, move.product_uom_qty - move.quantity)
            cancelled += move.product_uom._compute_quantity(quantity, self.product_uom_id)
        return cancelled
