from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..models import backorder_process_mixin
from .common import QueueCommon


@tagged("post_install", "-at_install")
class TestPause(QueueCommon):
    """A paused line keeps its place and takes no stock, until somebody or a date resumes it."""

    def _pause(self, order, **values):
        """Open the dialog for what an order holds and fill it in; return it."""
        dialog = self._dialog(self._held(order).action_backorder_pause())
        dialog.write(values)
        return dialog

    def test_pause_and_resume(self):
        order = self._waiting(5)
        with Form(self._dialog(self._held(order).action_backorder_pause())) as dialog:
            dialog.reason = "Holiday"
        dialog.record.action_pause()
        self._count(self.gadget, 5)
        self._run()
        self.assertHeld(order, 5)
        self.assertIn("Holiday", self._held(order).backorder_reason)
        before = self._triggers(self.secondary)
        self._held(order).action_backorder_resume()
        self.assertEqual(self._triggers(self.secondary), before + 1)
        self._run()
        self.assertHeld(order, 0)

    def test_pause_until_a_date(self):
        order = self._waiting(5)
        dialog = self._dialog(self._held(order).action_backorder_pause())
        dialog.not_before = fields.Datetime.now() + timedelta(days=3)
        dialog.action_pause()
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", self.secondary.id)])
        self.assertIn(dialog.not_before, triggers.mapped("call_at"), "released when it is time")
        self.assertFalse(self._held(order).backorder_paused)
        self.assertIn("Not to be released before", self._held(order).backorder_reason)

    def test_shipper_cannot_pause(self):
        held = self._held(self._waiting(5)).with_user(self.shipper)
        for button in ("pause", "resume", "drop", "find_stock"):
            with self.assertRaises(AccessError):
                getattr(held, f"action_backorder_{button}")()

    def test_date_in_the_past_is_refused(self):
        dialog = self._pause(self._waiting(5), not_before=fields.Datetime.now() - timedelta(1))
        with self.assertRaisesRegex(UserError, "past already"):
            dialog.action_pause()

    def test_line_released_while_the_dialog_was_open_is_not_paused(self):
        order = self._waiting(5)
        dialog = self._pause(order)
        self._stock(self.gadget, 3)
        self._run(self.secondary)
        self.assertHeld(order, 2)
        with self.assertRaisesRegex(UserError, "do not wait"):
            dialog.action_pause()

    def test_pause_is_written_on_the_order_with_its_reason(self):
        order = self._waiting(5)
        self._pause(order, reason="Holiday").with_user(self.manager).action_pause()
        message = order.message_ids[0]
        self.assertRegex(message.body, "paused.*Gadget.*Holiday")
        self.assertEqual(message.author_id, self.manager.partner_id)

    def test_line_paused_while_a_run_goes_on_is_not_released(self):
        orders = self._waiting(5) | self._waiting(5)
        self._stock(self.gadget, 10)
        self.patch(backorder_process_mixin, "BATCH_ORDERS", 1)
        release, held = type(self.env["stock.move"])._backorder_release_batch, self._held(orders[1])

        def pause_after_first(model, *args):
            outcome = release(model, *args)
            model.browse(held.id).sudo().backorder_paused = True
            return outcome

        self.patch(self.registry["stock.move"], "_backorder_release_batch", pause_after_first)
        self._run(self.secondary)
        self.assertHeld(orders[0], 0)
        self.assertHeld(orders[1], 5)

    def test_released_line_is_not_paused_any_more(self):
        order = self._waiting(5)
        self._held(order).write({"backorder_not_before": fields.Datetime.now() - timedelta(1)})
        self.assertFalse(self._held(order).backorder_is_paused)
        self._stock(self.gadget, 5)
        self._run(self.secondary)
        self.assertFalse(self._released(order).move_ids.backorder_not_before)

    def test_demand_given_back_while_paused_is_served_in_its_place(self):
        order, _other = self._waiting(5, promised=1), self._waiting(5, promised=30)
        self._held(order).write({"backorder_paused": True, "backorder_pause_reason": "Holiday"})
        self._held(order).action_backorder_give_back()
        self._stock(self.gadget, 5)
        self._released(order).action_assign()
        self.assertEqual(self._released(order).move_ids.quantity, 5)
        self.assertFalse(self._released(order).move_ids.backorder_pause_reason)
