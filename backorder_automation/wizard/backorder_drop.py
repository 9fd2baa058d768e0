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
        """Let what the transfer carries wait again, in its place; cancel the transfer if empty.

        :raises UserError: when nothing of it can wait again, as after a first step
        """
        self.ensure_one()
        self.picking_id.check_access("write")
        self.move_ids._check_backorder_carried(self.picking_id)
        if self.reason:
            self.picking_id.message_post(body=self.env._("Reason: %s", self.reason))
        self.picking_id.move_ids._backorder_hold_alone_again()

    def action_drop(self):
        """Cancel the demand for good: with a message, and an activity for the salesperson.

        What the dialog did not name stays in its transfer.
        """
        self.ensure_one()
        self.move_ids._check_backorder_action()
        self.picking_id.check_access("write")
        self.move_ids._check_backorder_carried(self.picking_id)
        moves = self.move_ids._get_backorder_asked()
        if not self.picking_id:
            moves._check_backorder_not_picked()
        moves._backorder_tell_not_shipped(self.reason)
        moves.sudo()._action_cancel()
        moves._backorder_mail_cancelled()
        if all(move.state in ("done", "cancel") for move in self.picking_id.move_ids):
            self.picking_id.action_cancel()

    def _make_for_transfer(self, picking):
        """Return the dialog about the demand of customers that a transfer carries."""
        moves = picking.move_ids._get_backorder_asked()
        return self.create({"picking_id": picking.id, "move_ids": [Command.set(moves.ids)]})
