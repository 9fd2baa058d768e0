from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_free_qty(self, product):
        """A cart takes what those who wait already leave."""
        free = super()._get_free_qty(product)
        here = product.sudo().with_context(warehouse_id=self._get_shop_warehouse_id())
        return min(free, here.backorder_free_qty)
