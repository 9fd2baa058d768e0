from odoo import fields, models


class BackorderPause(models.TransientModel):
    _name = "backorder.pause"
    _inherit = ["backorder.dialog.mixin"]
    _description = "Pause Back Orders"

    move_ids = fields.Many2many("stock.move", string="Lines", readonly=True)
    not_before = fields.Datetime(
        string="Do Not Release Before", help="Empty: until somebody resumes the lines."
    )
    reason = fields.Char()

    def action_pause(self):
        """Pause the lines: they keep their place in the queue and take no stock."""
        self.env["stock.picking"]._check_backorder_manager()
        self.move_ids.write(
            {
                "backorder_paused": not self.not_before,
                "backorder_not_before": self.not_before,
                "backorder_pause_reason": self.reason,
            }
        )
        self.move_ids._backorder_wake(
            "secondary", self.move_ids.product_id, self.move_ids.location_id
        )
