from odoo import models

from odoo.addons.backorder_automation.texts import format_day


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def _get_additionnal_combination_info(self, product_or_template, quantity, uom, date, website):
        """Say when there is more of what is sold out."""
        info = super()._get_additionnal_combination_info(
            product_or_template, quantity, uom, date, website
        )
        if product_or_template.is_product_variant and info.get("free_qty", 1) <= 0:
            product = product_or_template.sudo().with_context(warehouse_id=website.warehouse_id.id)
            if product.backorder_next_date:
                info["backorder_next_date"] = format_day(self.env, product.backorder_next_date)
        return info
