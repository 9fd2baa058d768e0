from contextlib import contextmanager
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, LockError
from odoo.tests import tagged

from ..models import backorder_process_mixin
from .common import QueueCommon


@tagged("post_install", "-at_install")
class TestRunSafety(QueueCommon):
    """One bad line, one busy shelf or one colleague at work costs nobody else anything."""

    def setUp(self):
        super().setUp()
        self.moves = self.env["stock.move"]
        self.env["ir.cron.trigger"].search([]).unlink()

    def _last_run(self):
        return self.env["backorder.run"].search([], limit=1)

    @contextmanager
    def _poisoned(self, *orders, error=None):
        """Let the release of these orders fail."""
        error = error or ValueError("Broken on purpose")
        bad = self.moves.concat(*map(self._held, orders))
        values = type(self.moves)._get_new_picking_values

        def poison(moves):
            if bad & moves:
                raise error
            return values(moves)

        with patch.object(type(self.moves), "_get_new_picking_values", poison):
            yield

    @contextmanager
    def _locked(self, locked):
        """Let a colleague work with these moves."""
        lock = type(self.moves).try_lock_for_update
        with patch.object(
            type(self.moves),
            "try_lock_for_update",
            lambda moves, **options: lock(moves - locked, **options),
        ):
            yield

    # Somebody else is at work

    def test_line_that_is_locked_is_tried_again_soon(self):
        first, second = self._waiting(5), self._waiting(5)
        self._stock(self.gadget, 10)
        self.env["ir.cron.trigger"].search([]).unlink()
        with self._locked(self._held(first)):
            self._run(self.secondary)
        self.assertHeld(first, 5)
        self.assertHeld(second, 0)
        self.assertEqual(self._triggers(self.secondary), 1)
        self._run(self.secondary)
        self.assertHeld(first, 0)

    def test_one_busy_product_does_not_hold_up_the_others_of_its_batch(self):
        busy, other = self._waiting(5), self._waiting(5, product=self.gizmo)
        self._stock(self.gadget, 5)
        self._stock(self.gizmo, 5)
        lock = type(self.env["stock.quant"]).lock_for_update

        def lock_for_update(quants, **options):
            if self.gadget in quants.product_id:
                raise LockError("busy")
            return lock(quants, **options)

        self.patch(self.registry["stock.quant"], "lock_for_update", lock_for_update)
        self._run(self.secondary)
        self.assertHeld(busy, 5)
        self.assertHeld(other, 0)

    def test_next_try_is_for_the_schedule_that_is_on(self):
        order = self._waiting(5)
        self._receive(self.gadget, 5)
        self.secondary.active = False
        self.env["ir.cron.trigger"].search([]).unlink()
        with self._poisoned(order):
            self._run(self.primary)
        retry_date = self._held(order).backorder_retry_date
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", self.primary.id)])
        self.assertIn(retry_date, triggers.mapped("call_at"))
        self.assertFalse(self._triggers(self.secondary))

    # Something is broken

    def test_those_behind_a_failed_order_are_served_next(self):
        bad, behind = self._waiting(5, urgent=True), self._waiting(5)
        self._stock(self.gadget, 5)
        with self._poisoned(bad):
            self._run(self.secondary)
            self.assertHeld(bad, 5)
            now = fields.Datetime.now()
            due = self.env["ir.cron.trigger"].search([("call_at", "<=", now)])
            self.assertIn(self.secondary, due.cron_id)
            self._run(self.secondary)
        self.assertHeld(behind, 0)

    def test_failed_order_is_tried_by_hand_at_once(self):
        order = self._waiting(5)
        self._stock(self.gadget, 5)
        with self._poisoned(order):
            self._run(self.secondary)
        self.assertTrue(self._held(order).backorder_error)
        self._held(order).with_user(self.manager).action_backorder_release()
        self.assertHeld(order, 0)
        self.assertFalse(self._released(order).move_ids.backorder_error)

    def test_demand_given_back_after_an_error_is_as_any_other(self):
        order, _behind = self._waiting(5, promised=1), self._waiting(5, promised=30)
        self._held(order)._backorder_set_aside(ValueError("Broken on purpose"))
        order.action_unmark_backordered()
        self._stock(self.gadget, 5)
        self._released(order).action_assign()
        self.assertEqual(self._released(order).move_ids.quantity, 5)
        self.assertFalse(self._released(order).move_ids.backorder_error)

    def test_error_without_a_text_is_named(self):
        order = self._waiting(5)
        self._stock(self.gadget, 5)
        with self._poisoned(order, error=AssertionError()):
            self._run(self.secondary)
        self.assertIn("AssertionError", self._held(order).backorder_error)
        self.assertIn("AssertionError", self._last_run().line_ids.error)

    def test_line_that_cannot_be_rerouted_stops_nobody(self):
        bad, good = self._waiting(5), self._waiting(5)
        self._stock(self.gadget, 10)
        stale = self._held(bad)
        stale.rule_id = stale.rule_id.copy({"active": False})
        rule = type(stale)._get_backorder_rule

        def poison(move):
            if move == stale:
                raise KeyError("Broken on purpose")
            return rule(move)

        self.patch(self.registry["stock.move"], "_get_backorder_rule", poison)
        self._run(self.secondary)
        self.assertHeld(good, 0)
        self.assertIn("Broken on purpose", stale.backorder_error)

    def test_release_leaves_lines_alone_that_are_released_already(self):
        """They stand in a Pick of a warehouse that ships in one step by now."""
        self.warehouse.delivery_steps = "pick_ship"
        order, other = self._waiting(5), self._waiting(5)
        self._stock(self.gadget, 5)
        self._run(self.secondary)
        released = self._released(order).move_ids

        def way():
            return released.picking_type_id, released.location_dest_id, released.state

        before = way()
        self.warehouse.delivery_steps = "ship_only"
        (released | self._held(other)).with_user(self.manager).action_backorder_release()
        self.assertEqual(way(), before)

    # The log

    def test_figures_add_up_with_a_failure(self):
        bad, _good, _waits = (self._waiting(5) for _number in range(3))
        self._stock(self.gadget, 10)
        with self._poisoned(bad):
            self._run(self.secondary)
        run = self._last_run()
        figures = run.line_count, run.released_count, run.waiting_count, run.failed_count
        self.assertEqual(figures, (3, 1, 1, 1))

    def test_line_that_owes_less_by_now_leaves_nothing_waiting(self):
        """Somebody shipped 4 of 10 by a transfer of his own meanwhile."""
        order = self._waiting(10)
        held = self._held(order)
        own = held.copy({"product_uom_qty": 4, "picking_type_id": self.warehouse.out_type_id.id})
        own.sale_line_id = held.sale_line_id
        own._action_confirm(merge=False)
        own.write({"quantity": 4, "picked": True})
        own._action_done()
        self._stock(self.gadget, 20)
        self._run(self.secondary)
        line = self._last_run().line_ids
        self.assertEqual((line.before_qty, line.after_qty), (10, 0))
        self.assertHeld(order, 0)

    def test_run_whose_time_is_up_goes_on_in_the_same_log(self):
        """And can be stopped between two calls of the schedule."""
        orders = [self._waiting(1) for _number in range(4)]
        self._stock(self.gadget, 4)
        self.patch(backorder_process_mixin, "BATCH_ORDERS", 1)
        commit = type(self.moves)._backorder_commit

        def time_is_up(moves, processed=0, remaining=None):
            commit(moves, processed)  # no remainder, or the runner calls again at once
            return 0.0

        self.patch(self.registry["stock.move"], "_backorder_commit", time_is_up)
        self._run(self.secondary)
        self._run(self.secondary)
        run = self.env["backorder.run"].search([])
        self.assertEqual(len(run), 1)
        figures = run.line_count, run.released_count, run.waiting_count, run.progress
        self.assertEqual(figures, (4, 2, 2, 50))
        self.assertFalse(run.date_end)
        run.action_stop()
        self._run(self.secondary)
        self.assertTrue(run.date_end)
        self.assertEqual([len(self._held(order)) for order in orders], [0, 0, 1, 1])

    # Companies

    def _other_company_order(self):
        """Hold an order of a company the manager does not belong to; its goods are in stock."""
        other = self.env["res.company"].create({"name": "Other", "backorder_automation": True})
        self.env.user.company_ids += other
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)], limit=1)
        order = self._order(
            (self.gadget, 5),
            confirm=False,
            company_id=other.id,
            warehouse_id=warehouse.id,
            user_id=False,
        )
        order.action_confirm()
        order.action_mark_backordered()
        self._stock(self.gadget, 5, warehouse.lot_stock_id)
        self.env.invalidate_all()
        return order

    def test_log_shows_no_lines_of_other_companies(self):
        order = self._other_company_order()
        self._run(self.secondary)
        self.assertHeld(order, 0)
        run = self._last_run()
        self.assertEqual(run.line_ids.company_id, order.company_id)
        self.env.invalidate_all()
        self.assertFalse(run.with_user(self.manager).line_ids)

    def test_buttons_are_for_lines_of_the_users_companies(self):
        order = self._other_company_order()
        held = self._held(order).with_user(self.manager)
        for button in ("release", "give_back"):
            with self.assertRaises(AccessError):
                getattr(held, f"action_backorder_{button}")()
        self.assertHeld(order, 5)
