from odoo import models

from odoo.addons.backorder_automation.work import at_work

# Rows of a queue that a page may read: any visitor opens it, and 100 000 may wait.
REACH = 2048


class Website(models.Model):
    _inherit = "website"

    def _get_product_available_qty(self, product, **kwargs):
        """Sell what those who wait already leave.

        Who counts other places than ours, as the stores of Click & Collect, is left alone.
        """
        free = super()._get_product_available_qty(product, **kwargs)
        here = product.sudo().with_context(warehouse_id=self.warehouse_id.id)
        here = at_work(here, reach=REACH)
        return min(free, here.backorder_free_qty) if free <= here.free_qty else free
