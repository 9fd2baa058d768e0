from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import QueueCommon


@tagged("post_install", "-at_install")
class TestDecisions(QueueCommon):
    """What a manager decides about lines that wait."""

    def _dialog(self, action):
        return self.env[action["res_model"]].browse(action["res_id"])

    # Pause and resume

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

    # Not shipped after all

    def test_drop_tells_everybody(self):
        order = self._short(8, 5)
        dialog = self._dialog(self._held(order).action_backorder_drop())
        dialog.reason = "Not wanted any more"
        dialog.action_drop()
        self.assertHeld(order, 0)
        self.assertFalse(order.is_backordered)
        self.assertEqual(order.delivery_status, "full")
        self.assertIn("Not wanted any more", order.message_ids[0].body)
        self.assertIn("3", order.picking_ids.message_ids[0].body)
        self.assertEqual(order.activity_ids.user_id, self.salesperson)

    def test_nothing_to_drop_says_so(self):
        order = self._short(8, 5)
        held = self._held(order)
        held._action_cancel()
        with self.assertRaisesRegex(UserError, "do not wait"):
            held.action_backorder_drop()

    # Find stock

    def _rivals(self):
        """One reserved order promised soon, one promised late, and a held one before both."""
        self._stock(self.gadget, 10)
        soon = self._order(
            (self.gadget, 5), commitment_date=fields.Datetime.now() + timedelta(days=5)
        )
        late = self._order(
            (self.gadget, 5), commitment_date=fields.Datetime.now() + timedelta(days=50)
        )
        return soon, late, self._waiting(4, promised=1)

    def test_find_stock_lists_the_least_hurt_first(self):
        soon, late, order = self._rivals()
        receipt = self._incoming(self.gadget, 100)
        receipt.move_ids.date = fields.Datetime.now() + timedelta(days=20)
        dialog = self._dialog(self._held(order).action_backorder_find_stock())
        self.assertEqual(dialog.line_ids.picking_id.ids, (late | soon).picking_ids.ids)
        self.assertEqual(dialog.line_ids.mapped("late_days"), [0, 15])

    def test_take_gives_the_stock_and_queues_the_donor(self):
        _soon, late, order = self._rivals()
        dialog = self._dialog(self._held(order).action_backorder_find_stock())
        line = dialog.line_ids.filtered(lambda line: line.picking_id == late.picking_ids)
        line.take = 4
        dialog.action_take()
        self.assertHeld(order, 0)
        self.assertEqual(self._released(order).move_ids.quantity, 4)
        self.assertHeld(late, 4)
        self.assertEqual(self._released(late).move_ids.quantity, 1)
        for sale in (order, late):
            self.assertRegex(sale.message_ids[0].body, "taken from|given to")

    def test_whole_donor_transfer_is_cancelled(self):
        _soon, late, order = self._rivals()
        transfer = late.picking_ids
        order.order_line.with_context(skip_procurement=True).product_uom_qty = 5
        self._held(order).sudo().product_uom_qty = 5
        dialog = self._dialog(self._held(order).action_backorder_find_stock())
        dialog.line_ids.filtered(lambda line: line.picking_id == transfer).take = 5
        dialog.action_take()
        self.assertHeld(late, 5)
        self.assertEqual(transfer.state, "cancel")
        self.assertEqual(self._released(order).move_ids.quantity, 5)

    def test_taking_too_much_or_nothing_is_refused(self):
        _soon, _late, order = self._rivals()
        dialog = self._dialog(self._held(order).action_backorder_find_stock())
        with self.assertRaises(UserError):
            dialog.action_take()
        dialog.line_ids[0].take = 5
        with self.assertRaisesRegex(UserError, "more than"):
            dialog.action_take()

    def test_picked_or_printed_stock_is_left_alone(self):
        soon, late, order = self._rivals()
        soon.picking_ids.printed = True
        dialog = self._dialog(self._held(order).action_backorder_find_stock())
        self.assertEqual(dialog.line_ids.picking_id, late.picking_ids)
        dialog.line_ids.take = 4
        late.picking_ids.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "being picked"):
            dialog.action_take()

    # Simulation

    def _simulation(self, **values):
        return self.env["backorder.simulation"].create({"product_ids": self.gadget.ids, **values})

    def test_simulation_shows_gains_and_losses_and_applies(self):
        first, second = self._waiting(8, promised=1), self._waiting(2, promised=5)
        self._stock(self.gadget, 8)
        simulation = self._simulation(queue_order="smallest")
        simulation.action_simulate()
        gains = {line.order_id: line.gain for line in simulation.line_ids}
        self.assertEqual(gains, {first: -2, second: 2})
        self.assertHeld(first, 8)
        simulation.action_apply()
        self.assertHeld(first, 2)
        self.assertHeld(second, 0)
        self.assertEqual(self.company.backorder_queue_order, "urgent")

    def test_simulation_of_parts_of_a_unit_applies(self):
        """What is left of 0.3 after 0.1 is not 0.2 for a computer."""
        orders = [self._waiting(quantity) for quantity in (0.1, 0.3)]
        self._stock(self.gadget, 0.3)
        simulation = self._simulation()
        simulation.action_simulate()
        simulation.action_apply()
        self.assertEqual([self._released(order).move_ids.quantity for order in orders], [0.1, 0.2])

    def test_simulation_counts_those_who_get_nothing(self):
        self._waiting(8)
        simulation = self._simulation()
        simulation.action_simulate()
        self.assertFalse(simulation.line_ids)
        self.assertEqual(simulation.waiting_count, 1)

    def test_apply_refuses_when_stock_moved(self):
        order = self._waiting(8)
        self._stock(self.gadget, 8)
        simulation = self._simulation()
        simulation.action_simulate()
        self._stock(self.gadget, -3)
        with self.assertRaisesRegex(UserError, "moved meanwhile"):
            simulation.action_apply()
        self.assertHeld(order, 8)

    def test_apply_refuses_to_give_less_than_shown(self):
        """A line that is released while the manager presses Apply is not applied in part."""
        first, second = self._waiting(5, promised=1), self._waiting(3, promised=2)
        self._stock(self.gadget, 8)
        simulation = self._simulation()
        simulation.action_simulate()
        lock = type(self.env["stock.move"])._backorder_lock
        with (
            patch.object(
                type(self.env["stock.move"]),
                "_backorder_lock",
                lambda moves: lock(moves - self._held(first)),
            ),
            self.assertRaises(UserError) as refused,
        ):
            simulation.action_apply()
        self.assertIn("moved meanwhile", str(refused.exception))
        self.assertHeld(first, 5)
        self.assertHeld(second, 3)

    def test_only_managers_simulate(self):
        simulation = self._simulation()
        with self.assertRaises(AccessError):
            simulation.with_user(self.shipper).action_simulate()
