from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def _get_additionnal_combination_info(self, product_or_template, quantity, uom, date, website):
        """Say when there is more of what is sold out, for whoever orders now."""
        info = super()._get_additionnal_combination_info(
            product_or_template, quantity, uom, date, website
        )
        if product_or_template.is_product_variant and info.get("free_qty", 1) <= 0:
            info["backorder_text"] = product_or_template._get_backorder_shop_text(website)
        return info
