from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    backorder_count_wishes = fields.Boolean(
        related="company_id.backorder_count_wishes", readonly=False
    )

    @api.model
    def _get_backorder_rare_settings(self):
        """Beside the receipts that are overdue."""
        return [*super()._get_backorder_rare_settings(), "backorder_count_wishes"]
