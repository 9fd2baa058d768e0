from odoo import fields, models
from odoo.exceptions import UserError

from ..checks import check_pause_date
from ..texts import format_moment


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
        readonly=True, help="The lines are released: they are held again first."
    )

    def action_hold_again(self):
        """Put released lines back into the queue; the next run may release them again."""
        self.move_ids._check_backorder_action()
        self.move_ids._check_backorder_released()
        self.move_ids._check_backorder_not_picked()
        self.move_ids = self.move_ids._backorder_hold_again()

    def action_pause(self):
        """Pause the lines: they keep their place in the queue and take no stock.

        :raises UserError: when the date is past, or the lines do not wait any more
        """
        self.move_ids._check_backorder_action()
        if self.not_before and self.not_before <= fields.Datetime.now():
            raise UserError(self.env._("This date is past already."))
        check_pause_date(self, self.not_before)
        if self.is_hold_again:
            self.action_hold_again()
        self.move_ids._check_backorder_waits()
        self.move_ids.write(
            {
                "backorder_paused": not self.not_before,
                "backorder_not_before": self.not_before,
                "backorder_pause_reason": self.reason,
            }
        )
        self._log_paused()

    def _log_paused(self):
        """Write on the orders what is not released, until when and why."""
        title = self.env._("Back order paused:")
        if self.not_before:
            title = self.env._(
                "Not to be released before %s:", format_moment(self.env, self.not_before)
            )
        for order, moves in self.move_ids.grouped("backorder_order_id").items():
            quantities = [(move, move.product_uom_qty) for move in moves]
            body = title + self.env["stock.picking"]._get_backorder_list(quantities)
            if self.reason:
                body += self.env._("Reason: %s", self.reason)
            order.message_post(body=body)
