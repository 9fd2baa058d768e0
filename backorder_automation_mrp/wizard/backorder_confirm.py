from odoo import api, fields, models


class BackorderConfirm(models.TransientModel):
    _inherit = "backorder.confirm"

    has_kits = fields.Boolean(compute="_compute_has_kits")

    @api.depends("line_ids.kit_id")
    def _compute_has_kits(self):
        for wizard in self:
            wizard.has_kits = bool(wizard.line_ids.kit_id)
