from odoo import models


class BackorderShortfallLine(models.TransientModel):
    _inherit = "backorder.shortfall.line"

    def _get_dialog_lines(self):
        return self.wizard_id.shortfall_line_ids

    def _get_decided_moves(self):
        return self.move_id.picking_id._get_backorder_shortfall_moves()
