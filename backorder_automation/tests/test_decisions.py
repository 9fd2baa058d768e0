from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..wizard import backorder_simulation
from .common import QueueCommon


@tagged("post_install", "-at_install")
class TestDecisions(QueueCommon):
    """What a manager decides about lines that wait."""

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

    def test_reason_to_wait_again_is_written_on_the_transfer(self):
        order = self._waiting(5)
        self._stock(self.gadget, 5)
        self._run(self.secondary)
        transfer = self._released(order)
        dialog = self._dialog(transfer.action_backorder_cancel())
        dialog.reason = "Truck broke down"
        dialog.action_wait()
        self.assertIn("Truck broke down", str(transfer.message_ids.mapped("body")))
        self.assertHeld(order, 5)

    def test_what_is_picked_meanwhile_is_not_dropped(self):
        order = self._waiting(5)
        self._stock(self.gadget, 5)
        self._run(self.secondary)
        move = self._released(order).move_ids
        dialog = self._dialog(move.action_backorder_drop())
        move.picked = True
        with self.assertRaisesRegex(UserError, "being packed"):
            dialog.action_drop()

    # Simulation

    def _simulation(self, **values):
        return self.env["backorder.simulation"].create({"product_ids": self.gadget.ids, **values})

    def _incoming_in(self, days, quantity):
        noon = fields.Datetime.now().replace(hour=12)
        self._incoming(self.gadget, quantity).move_ids.date = noon + timedelta(days=days)

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

    def test_simulation_says_by_how_many_days(self):
        """Scenario: 2 come in 3 days, 8 more in 10; smallest first against the company's order."""
        large, small = self._waiting(8, promised=1), self._waiting(2, promised=5)
        for days, quantity in ((3, 2), (10, 8)):
            self._incoming_in(days, quantity)
        simulation = self._simulation(queue_order="smallest")
        simulation.action_simulate()
        self.assertEqual(
            {line.order_id: (line.effect, line.days) for line in simulation.line_ids},
            {small: ("gains", 7)},
        )
        self.assertFalse(simulation.empty_reason)
        self.assertEqual(simulation.waiting_count, 2)
        self.assertFalse(simulation.has_served)
        with self.assertRaisesRegex(UserError, "nothing to apply"):
            simulation.action_apply()
        simulation.write({"queue_order": "urgent", "compared_order": "smallest"})
        simulation.action_simulate()
        self.assertEqual(
            {line.order_id: (line.effect, line.days) for line in simulation.line_ids},
            {small: ("loses", -7)},
        )
        self.assertHeld(large, 8)

    def test_simulation_shows_who_has_a_date_under_one_order_only(self):
        first, second = self._waiting(3, promised=1), self._waiting(2, promised=5)
        self._incoming_in(3, 3)
        simulation = self._simulation(queue_order="smallest")
        simulation.action_simulate()
        self.assertEqual(
            {line.order_id: (line.effect, line.days) for line in simulation.line_ids},
            {first: ("loses", 0), second: ("gains", 0)},
        )

    def test_simulation_compares_with_the_order_of_its_company(self):
        other = self.env["res.company"].create(
            {"name": "Other", "backorder_automation": True, "backorder_queue_order": "oldest"}
        )
        self.assertEqual(self._simulation(company_id=other.id).compared_order, "oldest")
        self.assertEqual(self._simulation().compared_order, "urgent")

    def test_simulation_hides_only_who_gets_nothing_now(self):
        """Scenario: more lines move than are shown.

        Expected: those that move most, and everybody who gets something, so that it applies.
        """
        small = [self._waiting(1, promised=9) for _number in range(2)]
        large = self._waiting(4, promised=1)
        self._stock(self.gadget, 1)
        for days in (3, 6):
            self._incoming_in(days, 3)
        with patch.object(backorder_simulation, "MOST_MOVED", 0):
            simulation = self._simulation(queue_order="smallest")
            simulation.action_simulate()
        self.assertEqual(simulation.line_ids.order_id, small[0] | large)
        self.assertEqual(simulation.hidden_count, 1)
        simulation.action_apply()
        self.assertHeld(small[0], 0)

    def test_empty_simulation_says_why(self):
        simulation = self._simulation()
        for change, reason in (
            (lambda: None, "Nobody waits for these products"),
            (lambda: simulation.write({"product_ids": False}), "Nobody waits for anything"),
            (lambda: self._waiting(8), "Choose two different orders"),
            (lambda: simulation.write({"queue_order": "oldest"}), "same days under both orders"),
            (lambda: self.company.write({"backorder_automation": False}), "switched off"),
        ):
            change()
            simulation.action_simulate()
            self.assertFalse(simulation.line_ids)
            self.assertIn(reason, simulation.empty_reason)

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

    def test_apply_follows_a_warehouse_that_ships_in_one_step_now(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._waiting(4)
        self.warehouse.delivery_steps = "ship_only"
        self._stock(self.gadget, 5)
        simulation = self._simulation()
        simulation.action_simulate()
        simulation.action_apply()
        self.assertTrue(self._released(order).picking_type_id.active)

    def test_simulation_is_for_companies_of_the_user(self):
        other = self.env["res.company"].create({"name": "Other", "backorder_automation": True})
        simulation = self._simulation(company_id=other.id).with_user(self.manager)
        with self.assertRaises(AccessError):
            simulation.action_simulate()

    def test_only_managers_simulate(self):
        simulation = self._simulation()
        with self.assertRaises(AccessError):
            simulation.with_user(self.shipper).action_simulate()
