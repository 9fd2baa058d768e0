from odoo import models

from ..const import CTX_ASK

# A notification says no more lines than people read before it goes.
FEW = 3


class BackorderConfirmMixin(models.AbstractModel):
    """Look at what is short already when a sales order is confirmed."""

    _name = "backorder.confirm.mixin"
    _description = "Back Orders at Confirmation"

    def _backorder_hold_confirmed(self):
        """Hold what is short on the orders just confirmed, where their company always does.

        What is reserved stays in its transfer; a transfer left empty is cancelled.
        """
        orders = self.filtered(lambda order: order._is_backorder_decided("always"))
        moves = orders._get_backorder_short_moves()
        if not moves:
            return
        held = moves._backorder_hold_short()
        complete = held.filtered(lambda m: m.sale_line_id.order_id.picking_policy == "one")
        # They gave up what was reserved for them: others may have it.
        complete._backorder_wake("secondary", complete.product_id, complete.location_id)

    def _backorder_note_waiting(self):
        """Have the orders just confirmed say what of them waits in a transfer, and until when."""
        orders = self.filtered(lambda order: order.company_id.sudo().backorder_automation)
        moves = orders._get_backorder_short_moves()
        moves._backorder_note("waits")

    def _is_backorder_decided(self, option):
        """Return whether the company of the order does this at confirmation.

        :param str option: a value of `res.company.backorder_at_confirm`
        """
        self.ensure_one()
        company = self.company_id.sudo()
        return company.backorder_automation and company.backorder_at_confirm == option

    def _get_backorder_short_moves(self):
        """Return the moves that could not be reserved when their order was confirmed.

        Moves that are reserved later (by hand, or some days before the date) are not short yet.
        An order that ships complete is looked at whole: where a part of it has to stay with
        Odoo, all of it stays.
        """
        moves = self.sudo()._get_backorder_lacking_moves()
        return moves.filtered(
            lambda move: (
                move._should_assign_at_confirm()
                and not move.sale_line_id.order_id._is_backorder_indivisible()
            )
        )

    def _is_backorder_indivisible(self):
        """Return whether the order ships complete, and a part of it cannot be back ordered."""
        self.ensure_one()
        return self.picking_policy == "one" and any(
            not move._is_backorder_eligible()
            for move in self.order_line.move_ids
            if move.state not in ("done", "cancel")
        )

    def _get_backorder_question(self, result):
        """Return what is shown about what is short, or the result of the confirmation.

        A dialog where the company asks, a notification where it does not.

        Only for a single order confirmed in its form, and only where nothing else is shown:
        whoever else confirms gets what Odoo returns.

        :param result: what the confirmation returned
        """
        if result is not True or not self.env.context.get(CTX_ASK) or len(self) != 1:
            return result
        if not self._is_backorder_decided("ask"):
            return self._get_backorder_notice() or result
        dialog = self.env["backorder.confirm"]._make(self)
        if not dialog:
            return result
        dialog.line_ids.move_id._backorder_note(None)  # the dialog says it
        return dialog._get_backorder_dialog(self.env._("Short Lines"))

    def _get_backorder_notice(self):
        """Return the notification about what of the order waits; None where nothing does."""
        self.ensure_one()
        lines = self.sudo()._backorder_word_notes().get(self.id)
        if not lines:
            return None
        message = "; ".join(lines[:FEW])
        if len(lines) > FEW:
            message = self.env._(
                "%(lines)s, and %(count)s more", lines=message, count=len(lines) - FEW
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
