from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..const import CTX_ASK
from .common import QueueCommon


class LateCommon(QueueCommon):
    """Dialogs that are confirmed after the world changed."""

    def _state(self, order):
        """Return what is to be the same when nothing was done."""
        self.env.flush_all()
        self.env.invalidate_all()
        moves = order.order_line.move_ids.sorted("id")
        names = ("state", "product_uom_qty", "quantity", "picking_id", "backorder_held")
        pauses = ("backorder_paused", "backorder_not_before", "backorder_decision")
        return (moves.read([*names, *pauses]), len(order.message_ids), len(order.activity_ids))

    def _assert_nothing_done(self, order, button, text):
        """Assert that a button says why it does nothing, and does nothing."""
        before = self._state(order)
        with self.assertRaisesRegex(UserError, text):
            button()
        self.assertEqual(self._state(order), before)

    def _later(self, days):
        return fields.Datetime.now() + timedelta(days=days)

    def _switch_off(self, order):
        self.company.backorder_automation = False


@tagged("post_install", "-at_install")
class TestLateHeldDialogs(LateCommon):
    """Dialogs about held lines that wait no longer."""

    def _give_back(self, order):
        self._held(order).action_backorder_give_back()

    def _release(self, order):
        self._stock(self.gadget, 5)
        self._run(self.secondary)
        self.assertHeld(order, 0)

    def _cancel(self, order):
        order._action_cancel()

    def _lower(self, order):
        order.order_line.product_uom_qty = 0

    def _drop(self, order):
        self._dialog(self._held(order).action_backorder_drop()).action_drop()

    @property
    def changes(self):
        return (
            self._give_back,
            self._release,
            self._cancel,
            self._lower,
            self._drop,
            self._switch_off,
        )

    def _each(self, changes=None):
        """Yield an order with held lines for each change; undo everything after it."""
        for change in changes or self.changes:
            with self.subTest(change=change.__name__), self.env.cr.savepoint() as savepoint:
                yield self._waiting(5), change
                self.env.flush_all()
                savepoint.rollback()
                self.env.invalidate_all()
                self.env.registry.clear_cache()

    def test_pause(self):
        for order, change in self._each():
            dialog = self._dialog(self._held(order).action_backorder_pause())
            change(order)
            self._assert_nothing_done(order, dialog.action_pause, "do not wait any more")

    def test_drop(self):
        still_there = (self._give_back, self._cancel, self._lower, self._drop, self._switch_off)
        for order, change in self._each(still_there):
            dialog = self._dialog(self._held(order).action_backorder_drop())
            change(order)
            self._assert_nothing_done(order, dialog.action_drop, "no back orders|switched off")

    def test_dropped_after_the_release_is_dropped(self):
        order = self._waiting(5)
        dialog = self._dialog(self._held(order).action_backorder_drop())
        self._release(order)
        dialog.action_drop()
        self.assertFalse(order.is_backordered)

    def test_find_stock(self):
        for order, change in self._each():
            self._stock(self.gadget, 5)
            donor = self._order((self.gadget, 5), commitment_date=self._later(50))
            # It is the queue that lets the donor be behind.
            self._held(order).priority = "1"
            donor.picking_ids.action_assign()
            if not self._released(donor).move_ids.quantity:
                donor.picking_ids.action_backorder_take_anyway()
            dialog = self._dialog(self._held(order).action_backorder_find_stock())
            dialog.line_ids.take = 5
            change(order)
            self._assert_nothing_done(order, dialog.action_take, "do not wait any more")
            self.assertEqual(self._released(donor).move_ids.quantity, 5)

    def test_simulation(self):
        for order, change in self._each():
            self._stock(self.gadget, 3)
            simulation = self.env["backorder.simulation"].create({})
            simulation.action_simulate()
            self.assertEqual(simulation.line_ids.served_then, 3)
            change(order)
            self._assert_nothing_done(
                order, simulation.action_apply, "moved meanwhile|switched off"
            )


@tagged("post_install", "-at_install")
class TestLateReleasedDialogs(LateCommon):
    """Dialogs about released lines that somebody shipped, cancelled or put back."""

    def _released_order(self):
        order = self._waiting(5)
        self._stock(self.gadget, 5)
        self._run(self.secondary)
        return order, self._released(order)

    def _ship_it(self, order):
        self._ship(self._released(order), 5)

    def _cancel(self, order):
        order._action_cancel()

    def _put_back(self, order):
        self._released(order).action_cancel()

    def _each(self, *changes):
        for change in (self._ship_it, self._cancel, self._switch_off, *changes):
            with self.subTest(change=change.__name__), self.env.cr.savepoint() as savepoint:
                yield *self._released_order(), change
                self.env.flush_all()
                savepoint.rollback()
                self.env.invalidate_all()
                self.env.registry.clear_cache()

    def test_hold_again(self):
        for order, transfer, change in self._each(self._put_back):
            for button in ("action_hold_again", "action_pause"):
                with self.env.cr.savepoint() as savepoint:
                    dialog = self._dialog(transfer.move_ids.action_backorder_hold_again())
                    change(order)
                    self._assert_nothing_done(
                        order,
                        getattr(dialog, button),
                        "no back orders|switched off|wait again",
                    )
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_drop_of_the_line(self):
        for order, transfer, change in self._each():
            dialog = self._dialog(transfer.move_ids.action_backorder_drop())
            change(order)
            self._assert_nothing_done(order, dialog.action_drop, "no back orders|switched off")

    def test_transfer(self):
        for order, transfer, change in self._each(self._put_back):
            for button in ("action_drop", "action_wait"):
                with self.env.cr.savepoint() as savepoint:
                    dialog = self._dialog(transfer.action_backorder_cancel())
                    change(order)
                    self._assert_nothing_done(
                        order, getattr(dialog, button), "does not carry|switched off"
                    )
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_another_transfer(self):
        _order, transfer = self._released_order()
        other_order, other = self._released_order()
        for button in ("action_drop", "action_wait"):
            dialog = self._dialog(transfer.action_backorder_cancel())
            dialog.picking_id = other
            self._assert_nothing_done(other_order, getattr(dialog, button), "does not carry")
            self.assertEqual(transfer.state, "assigned")

    def test_switched_off_the_button_is_odoos_own(self):
        order, transfer = self._released_order()
        self.company.backorder_automation = False
        transfer.action_backorder_cancel()
        self.assertEqual(transfer.state, "cancel")
        self.assertFalse(order.is_backordered)


@tagged("post_install", "-at_install")
class TestLateShortfallDialogs(LateCommon):
    """The dialogs of a shipment and of a confirmation that somebody overtook."""

    def _open(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 9))
        return order, self._ship(order.picking_ids, 5)

    def _ship_it(self, order):
        self._ship(order.picking_ids, 5).process()

    def _cancel(self, order):
        order._action_cancel()

    def test_shipment(self):
        for change in (self._ship_it, self._cancel, self._switch_off):
            with self.subTest(change=change.__name__), self.env.cr.savepoint() as savepoint:
                order, dialog = self._open()
                change(order)
                self._assert_nothing_done(order, dialog.process, "Nothing was changed|switched off")
                savepoint.rollback()
                self.env.invalidate_all()
                self.env.registry.clear_cache()

    def test_shipment_of_another_transfer(self):
        order, dialog = self._open()
        other, _dialog = self._open()
        dialog.shortfall_line_ids.move_id = other.picking_ids.move_ids
        self._assert_nothing_done(other, dialog.process, "Nothing was changed")
        self.assertNotEqual(order.picking_ids.state, "done")

    def test_standard_backorder_is_there_when_switched_off(self):
        order, dialog = self._open()
        self.company.backorder_automation = False
        dialog.process_native()
        self.assertEqual(self._released(order).move_ids.product_uom_qty, 4)

    def test_shipment_in_time(self):
        order, dialog = self._open()
        dialog.process()
        self.assertHeld(order, 4)

    def _confirm(self):
        self.company.backorder_at_confirm = "ask"
        order = self._order((self.gadget, 9), confirm=False)
        action = order.with_context(**{CTX_ASK: True}).action_confirm()
        return order, self._dialog(action)

    def _fill(self, order):
        self._stock(self.gadget, 9)
        order.picking_ids.action_assign()

    def _fill_and_ship(self, order):
        self._fill(order)
        order.picking_ids.button_validate()

    def _mark(self, order):
        order.action_mark_backordered()

    def test_confirmation(self):
        changes = (self._fill, self._fill_and_ship, self._mark, self._cancel, self._switch_off)
        for change in changes:
            for decision in ("backorder", "cancel"):
                with self.subTest(change=change.__name__), self.env.cr.savepoint() as savepoint:
                    order, dialog = self._confirm()
                    dialog.line_ids.decision = decision
                    change(order)
                    self._assert_nothing_done(
                        order, dialog.action_apply, "Nothing was changed|Nobody is asked"
                    )
                    savepoint.rollback()
                    self.env.invalidate_all()
                    self.env.registry.clear_cache()
