from odoo import api, fields, models


class StockBackorderConfirmation(models.TransientModel):
    _inherit = "stock.backorder.confirmation"

    has_kits = fields.Boolean(compute="_compute_has_kits")

    @api.depends("shortfall_line_ids.kit_id")
    def _compute_has_kits(self):
        for wizard in self:
            wizard.has_kits = bool(wizard.shortfall_line_ids.kit_id)

    def process(self):
        """Decide about all components of a kit as about the first of them."""
        for line in self.shortfall_line_ids:
            if line.kit_id and not line.is_kit_follower:
                line._get_kit_lines().decision = line.decision
        return super().process()
