from odoo import fields, models
from odoo.fields import Command


class BackorderDrop(models.TransientModel):
    """Decide about back-ordered demand that is not to be shipped, or not by this transfer."""

    _name = "backorder.drop"
    _inherit = ["backorder.dialog.mixin"]
    _description = "Cancel Back Orders"

    picking_id = fields.Many2one("stock.picking", string="Transfer", readonly=True)
    move_ids = fields.Many2many("stock.move", string="Lines", readonly=True)
    reason = fields.Char(help="Shown in the messages about it.")

    def action_wait(self):
        """Cancel the transfer; what it carries waits again, in its place in the queue."""
        self.ensure_one()
        self.picking_id.check_access("write")
        if self.reason:
            self.picking_id.message_post(body=self.env._("Reason: %s", self.reason))
        self.picking_id.action_cancel()

    def action_drop(self):
        """Cancel the demand for good: with a message, and an activity for the salesperson."""
        self.ensure_one()
        self.move_ids._check_backorder_action()
        self.picking_id.check_access("write")
        moves = self.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        if not self.picking_id:
            moves._check_backorder_not_picked()
        for order, lines in moves.grouped(lambda move: move.sale_line_id.order_id).items():
            self._log_dropped(order, lines)
        moves.sudo()._action_cancel()
        moves._backorder_mail_cancelled()
        self.picking_id.action_cancel()

    def _log_dropped(self, order, moves):
        """Tell the order, the transfers and the salesperson what will not be shipped."""
        body = self.env._("Not shipped, and not back ordered any more:")
        body += self.picking_id._get_backorder_list([(m, m.product_uom_qty) for m in moves])
        if self.reason:
            body += self.env._("Reason: %s", self.reason)
        order.message_post(body=body)
        for picking in moves.backorder_origin_id | moves.picking_id:
            picking.message_post(body=body)
        order.activity_schedule(
            "mail.mail_activity_data_warning",
            note=body,
            user_id=order.user_id.id or self.env.uid,
        )

    def _make_for_transfer(self, picking):
        """Return the dialog about the back-ordered demand a transfer carries."""
        moves = picking.move_ids.filtered(lambda move: move._is_backorder_open())
        return self.create({"picking_id": picking.id, "move_ids": [Command.set(moves.ids)]})
