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
        leaders = self.shortfall_line_ids.filtered(
            lambda line: line.kit_id and not line.is_kit_follower
        )
        for decision, lines in leaders.grouped("decision").items():
            lines._get_kit_lines().decision = decision
        return super().process()
