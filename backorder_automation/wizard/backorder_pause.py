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
    is_hold_again = fields.Boolean(
        readonly=True, help="The lines are released: put them back into the queue first."
    )

    def action_hold_again(self):
        """Put released lines back into the queue; the next run may release them again."""
        self.env["stock.picking"]._check_backorder_manager()
        self.move_ids._check_backorder_not_picked()
        self.move_ids = self.move_ids._backorder_hold_again()

    def action_pause(self):
        """Pause the lines: they keep their place in the queue and take no stock."""
        self.env["stock.picking"]._check_backorder_manager()
        if self.is_hold_again:
            self.action_hold_again()
        self.move_ids.write(
            {
                "backorder_paused": not self.not_before,
                "backorder_not_before": self.not_before,
                "backorder_pause_reason": self.reason,
            }
        )
