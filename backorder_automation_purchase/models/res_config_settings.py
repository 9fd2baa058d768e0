from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    backorder_count_wishes = fields.Boolean(
        related="company_id.backorder_count_wishes", readonly=False
    )
