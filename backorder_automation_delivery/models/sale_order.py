from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def set_delivery_line(self, carrier, amount):
        """Tell held demand about the new delivery method, as Odoo tells open transfers."""
        res = super().set_delivery_line(carrier, amount)
        held = self.sudo().order_line.move_ids.filtered("backorder_held")
        held.backorder_carrier_id = carrier
        return res
