from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    backorder_freight = fields.Selection(related="company_id.backorder_freight", readonly=False)
