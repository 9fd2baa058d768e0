from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def write(self, vals):
        """Wake the secondary process when a reservation is lowered."""
        lowered = self.browse()
        if "quantity" in vals:
            lowered = self.filtered(lambda line: line.quantity > vals["quantity"])
        freed = lowered._get_backorder_freed_products()
        res = super().write(vals)
        self.env["stock.move"]._backorder_wake("secondary", *freed)
        return res

    def unlink(self):
        """Wake the secondary process when a reservation is given up."""
        freed = self._get_backorder_freed_products()
        res = super().unlink()
        self.env["stock.move"]._backorder_wake("secondary", *freed)
        return res

    def _get_backorder_freed_products(self):
        """Return the products and locations that get free stock when self is lowered or goes."""
        reserved = self.filtered(
            lambda line: line.quantity and line.location_id.usage == "internal"
        )
        return reserved.product_id, reserved.location_id
