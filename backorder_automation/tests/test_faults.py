from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import psycopg2
import psycopg2.errors

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import CONSECUTIVE_TIMEOUT_FOR_FAILURE

from ..models import backorder_process_mixin
from .common import QueueCommon

OUTAGES = (
    psycopg2.errors.DiskFull("disk full"),
    psycopg2.errors.AdminShutdown("terminating connection"),
    psycopg2.OperationalError("server closed the connection unexpectedly"),
    psycopg2.InterfaceError("connection already closed"),
)


@tagged("post_install", "-at_install")
class TestFaults(QueueCommon):
    """The server is killed, the disk is full, the connection is cut: work goes on in a minute."""

    def setUp(self):
        super().setUp()
        self.orders = [self._waiting(5) for _number in range(5)]
        self._stock(self.gadget, 25)
        self.env["ir.cron.trigger"].search([]).unlink()

    def _job(self, cron):
        """Let the runner take the job; whatever it says goes nowhere."""
        with self.enter_registry_test_mode(), mute_logger("odoo.addons.base.models.ir_cron"):
            self.env.flush_all()
            job = cron._acquire_one_job(self.env.cr, cron.id, include_not_ready=True)
            cron._process_job(self.env.cr, job)
        self.env.invalidate_all()

    def _kill(self, cron, times):
        """Leave behind what `times` kills in a row leave: no progress, and a count."""
        self.env["ir.cron.progress"].create(
            {"cron_id": cron.id, "timed_out_counter": times, "done": 0}
        )

    def _get_delays(self, cron):
        now = self.env.cr.now()
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        return [trigger.call_at - now for trigger in triggers]

    @contextmanager
    def _broken_at(self, number, error):
        """Let a release fail at its n-th write, as the driver does."""
        carry_out = self.registry["stock.move"]._backorder_carry_out

        def faulty(moves, quantities):
            execute, count = type(moves.env.cr).execute, [0]

            def fault(cr, query, *args, **kwargs):
                text = str(getattr(query, "code", query))
                if "INSERT" in text or "UPDATE" in text:
                    count[0] += 1
                    if count[0] == number:
                        raise error
                return execute(cr, query, *args, **kwargs)

            with patch.object(type(moves.env.cr), "execute", fault):
                pickings = carry_out(moves, quantities)
                moves.env.flush_all()
                return pickings

        with patch.object(self.registry["stock.move"], "_backorder_carry_out", faulty):
            yield

    def _assert_untouched(self):
        for order in self.orders:
            self.assertHeld(order, 5)
            self.assertFalse(self._held(order).backorder_error)
        quants = self.env["stock.quant"].search([("product_id", "=", self.gadget.id)])
        self.assertEqual(sum(quants.mapped("reserved_quantity")), 0)

    def _assert_released(self):
        for order in self.orders:
            self.assertHeld(order, 0)
            self.assertEqual(self._released(order).move_ids.quantity, 5)

    # Killed

    def test_three_kills_without_a_batch_cost_a_minute(self):
        for cron in (self.primary, self.secondary):
            self._kill(cron, CONSECUTIVE_TIMEOUT_FOR_FAILURE)
            self._job(cron)
            self._assert_untouched()  # Odoo runs nothing then
            [delay] = self._get_delays(cron)
            self.assertLessEqual(delay, timedelta(minutes=1))
        self._job(self.secondary)
        self._assert_released()

    def test_other_schedules_wait_for_their_interval(self):
        other = self.env.ref("stock.ir_cron_scheduler_action")
        self._kill(other, CONSECUTIVE_TIMEOUT_FOR_FAILURE)
        self._job(other)
        self.assertFalse(self._get_delays(other))

    def test_what_fails_for_an_hour_waits_for_its_interval(self):
        self.secondary.failure_count = 60
        self._kill(self.secondary, CONSECUTIVE_TIMEOUT_FOR_FAILURE)
        self._job(self.secondary)
        self.assertFalse(self._get_delays(self.secondary))

    def test_after_a_kill_without_a_batch_batches_are_smaller(self):
        sizes = []
        batches = self.registry["stock.move"]._get_backorder_batches

        def look(moves, plan, size):
            sizes.append(size)
            return batches(moves, plan, size)

        self.patch(self.registry["stock.move"], "_get_backorder_batches", look)
        runs = self.env["backorder.run"]
        for _number in range(3):
            runs._start("secondary", {}, "schedule")
            runs._take_up("secondary", {}, 100)
        killed = runs._start("secondary", {}, "schedule")
        self._job(self.secondary)
        self.assertTrue(killed.is_interrupted)
        self._assert_released()
        self._waiting(5)
        self._stock(self.gadget, 5)
        self._job(self.secondary)
        self.assertEqual(sizes, [1, backorder_process_mixin.BATCH_ORDERS])

    def test_after_a_kill_with_a_batch_they_are_not(self):
        run = self.env["backorder.run"]._start("secondary", {}, "schedule")
        run.released_count = 1
        _run, size = run._take_up("secondary", {}, 100)
        self.assertEqual(size, 100)

    # The database is gone, or full

    def test_outage_is_no_fault_of_a_line(self):
        for number, error in enumerate(OUTAGES):
            for write in (1, 4, 9):
                with self.subTest(error=repr(error), write=write):
                    with self._broken_at(write, error):
                        self._job(self.secondary)
                    self._assert_untouched()
                    delays = self._get_delays(self.secondary)
                    self.assertLessEqual(min(delays), timedelta(minutes=1), number)
                    self.env["ir.cron.trigger"].search([]).unlink()
        self._job(self.secondary)
        self._assert_released()

    def test_query_that_takes_too_long_is_tried_with_less(self):
        """The batch is too much for the limit of time; each order alone is not."""
        carry_out = self.registry["stock.move"]._backorder_carry_out

        def slow(moves, quantities):
            if len(moves) > 1:
                raise psycopg2.errors.QueryCanceled("statement timeout")
            return carry_out(moves, quantities)

        with patch.object(self.registry["stock.move"], "_backorder_carry_out", slow):
            self._job(self.secondary)
        self._assert_released()

    def test_order_whose_query_takes_too_long_comes_back_in_a_minute(self):
        bad = self._held(self.orders[2])
        carry_out = self.registry["stock.move"]._backorder_carry_out

        def slow(moves, quantities):
            if bad & moves:
                raise psycopg2.errors.QueryCanceled("statement timeout")
            return carry_out(moves, quantities)

        with patch.object(self.registry["stock.move"], "_backorder_carry_out", slow):
            self._job(self.secondary)
        self.assertEqual([len(self._held(order)) for order in self.orders], [0, 0, 1, 0, 0])
        delay = bad.backorder_retry_date - fields.Datetime.now()
        self.assertLessEqual(delay, timedelta(minutes=1))
        self.assertIn("statement timeout", bad.backorder_error)
