from odoo import models
from odoo.exceptions import UserError


class BackorderActionMixin(models.AbstractModel):
    """What people can do with the lines of the Back Orders list."""

    _name = "backorder.action.mixin"
    _description = "Back Order Actions"

    def action_backorder_release(self):
        """Release the selected held lines now, as far as stock and queue allow.

        What failed is tried again at once.
        """
        self._check_backorder_action()
        self._backorder_await("action_backorder_release", with_destination=False)
        moves = self.sudo()
        moves.filtered("backorder_retry_date").backorder_retry_date = False
        pickings = moves._backorder_release()
        return pickings._get_backorder_action()

    def action_backorder_give_back(self):
        """Turn the selected held lines into standard backorders."""
        self._check_backorder_action()
        return self.sudo()._backorder_give_back()._get_backorder_action()

    def action_open_backorder_document(self):
        """Open what the user may open of this line: order, else transfer, else the line itself."""
        self.ensure_one()
        self.check_access("read")
        transfer = self.picking_id or self.backorder_origin_id
        documents = (self.sudo().sale_line_id.order_id, transfer)
        return self._get_backorder_document_action(documents) or {
            "type": "ir.actions.act_window",
            "name": self.env._("Back Order"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("backorder_automation.backorder_move_view_form").id, "form")],
            "target": "new",
        }

    def action_backorder_find_stock(self):
        """Show reserved stock behind this line in the queue, to take it from there."""
        self.ensure_one()
        self._check_backorder_action()
        wizard = self.env["backorder.reallocation"]._make(self)
        return wizard._get_backorder_dialog(self.env._("Find Stock"))

    def action_backorder_hold_again(self):
        """Ask until when the selected released lines go back into the queue."""
        self._check_backorder_action()
        released = self.filtered(lambda move: move._is_backorder_open() and not move.backorder_held)
        if not released:
            raise UserError(self.env._("Nothing of this is released."))
        released._check_backorder_not_picked()
        wizard = self.env["backorder.pause"].create(
            {"move_ids": released.ids, "is_hold_again": True}
        )
        return wizard._get_backorder_dialog(self.env._("Hold Again"))

    def action_backorder_pause(self):
        """Ask until when, and why, the selected lines are not to be released."""
        self._check_backorder_action()
        wizard = self.env["backorder.pause"].create({"move_ids": self._get_held_ids()})
        return wizard._get_backorder_dialog(self.env._("Pause"))

    def action_backorder_resume(self):
        """Let the selected lines take part again."""
        self._check_backorder_action()
        self._backorder_resume()

    def action_backorder_drop(self):
        """Ask why the selected lines, held or released, are not to be shipped at all."""
        self._check_backorder_action()
        moves = self.filtered(lambda move: move._is_backorder_open())
        if not moves:
            raise UserError(self.env._("These lines do not wait any more."))
        moves._check_backorder_not_picked()
        wizard = self.env["backorder.drop"].create({"move_ids": moves.ids})
        return wizard._get_backorder_dialog(self.env._("Do Not Ship"))

    def _check_backorder_action(self):
        """Raise AccessError unless the user may release lines, and may write these.

        Before anything is read of them, and before anybody goes on with more rights.
        """
        self.env["stock.picking"]._check_backorder_manager()
        self.check_access("write")

    def _get_held_ids(self):
        """Return the ids of the held moves of self.

        :raises UserError: when none of them is held any more
        """
        held = self.filtered("backorder_held")
        held._check_backorder_waits()
        return held.ids

    def _check_backorder_waits(self):
        """Raise UserError when not all of self, or nothing, is held any more.

        Somebody else, or the next run, may have released it while a dialog was open.
        """
        if not self or not all(self.mapped("backorder_held")):
            raise UserError(
                self.env._(
                    "These lines do not wait any more: they were released, given back or "
                    "cancelled meanwhile."
                )
            )

    def _check_backorder_open(self):
        """Raise UserError when not all of self, or nothing, is an open back order any more."""
        self._check_backorder_switched_on()
        if not self or not all(move._is_backorder_open() for move in self):
            raise UserError(
                self.env._(
                    "These lines are no back orders any more: they were shipped, given back or "
                    "cancelled meanwhile."
                )
            )

    def _check_backorder_carried(self, picking):
        """Raise UserError when not all of self, or nothing, is still to be shipped by a transfer.

        :param picking: the transfer; none where self is not looked at as part of one
        """
        if not picking:
            return self._check_backorder_open()
        self._check_backorder_switched_on()
        closed = self.filtered(lambda move: move.state in ("done", "cancel"))
        if closed or self.picking_id != picking:
            raise UserError(
                self.env._(
                    "%s does not carry these lines any more: they were shipped, cancelled or put "
                    "elsewhere meanwhile.",
                    picking.display_name,
                )
            )

    def _check_backorder_released(self):
        """Raise UserError when not all of self, or nothing, is released and not shipped."""
        self._check_backorder_open()
        if not all(self.mapped("picking_id")):
            raise UserError(self.env._("These lines are not released any more: they wait again."))

    def _check_backorder_switched_on(self):
        """Raise UserError where a company of self does not use back orders any more."""
        if not all(self.sudo().company_id.mapped("backorder_automation")):
            raise UserError(self.env._("Back order management was switched off meanwhile."))

    def _check_backorder_not_shipped(self, vals):
        """Raise UserError when somebody fills in a transfer that was validated meanwhile.

        Who corrects one that is done writes a quantity; only an old form says that it is picked.

        :param dict vals: about to be written
        """
        if "picked" not in vals:
            return
        done = self.filtered(lambda move: move.state == "done" and move.sale_line_id)
        if any(done.sudo().company_id.mapped("backorder_automation")):
            done.picking_id._check_backorder_not_done()

    def _check_backorder_not_picked(self):
        """Raise UserError when somebody has the goods of self in hand already."""
        picked = self.filtered("picked").picking_id
        if picked:
            raise UserError(
                self.env._(
                    "These transfers are being packed: %s. Change them there.",
                    ", ".join(picked.mapped("display_name")),
                )
            )
