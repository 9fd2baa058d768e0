from odoo import models


class BackorderConfirmLine(models.TransientModel):
    _inherit = "backorder.confirm.line"

    def _get_dialog_lines(self):
        return self.wizard_id.line_ids

    def _get_decided_moves(self):
        return self.wizard_id.line_ids.move_id
