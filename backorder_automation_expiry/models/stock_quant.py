from odoo import api, models
from odoo.tools import SQL


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def _get_backorder_pile(self):
        pile = super()._get_backorder_pile()
        if not self.product_id.use_expiration_date:
            return pile
        return pile._replace(keeps_until=self.removal_date or None)

    @api.model
    def _get_backorder_keeps_until(self):
        """Goods may leave until their removal date, where their product expires.

        As in `stock.move._update_reserved_quantity` of `product_expiry`.
        """
        return SQL("CASE WHEN t.use_expiration_date THEN q.removal_date END")
