from odoo import api, models

from .backorder_free_mixin import QUANTITY_CONTEXT


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "backorder.free.mixin", "backorder.open.mixin"]

    def _get_backorder_variants(self):
        """Return all variants, archived ones too: customers wait for them as well."""
        return self.with_context(active_test=False).product_variant_ids

    @api.depends("product_variant_ids.backorder_free_qty")
    @api.depends_context(*QUANTITY_CONTEXT)
    def _compute_backorder_free_qty(self):
        """All variants together, as Odoo counts what is on hand."""
        for template in self:
            variants = template.product_variant_ids
            template.backorder_free_qty = sum(variants.mapped("backorder_free_qty"))

    @api.depends("product_variant_ids.backorder_next_date")
    @api.depends_context(*QUANTITY_CONTEXT)
    def _compute_backorder_next_date(self):
        for template in self:
            dates = filter(None, template.product_variant_ids.mapped("backorder_next_date"))
            template.backorder_next_date = min(dates, default=False)
