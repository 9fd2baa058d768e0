from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models import backorder_process_mixin
from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestRuns(BackorderCommon):
    """Every run leaves a log, and a check finds what should never be."""

    def _last_run(self):
        return self.env["backorder.run"].search([], limit=1)

    def test_run_notes_what_it_did(self):
        order = self._short()
        self._short(8, 5, product=self.gizmo)
        self._receive(self.gadget, 20)
        self._run(self.primary)
        run = self._last_run()
        self.assertEqual(run.process, "primary")
        self.assertEqual(run.woken_by, "stock")
        self.assertTrue(run.date_end)
        self.assertEqual(run.line_count, 1)
        self.assertEqual(run.released_count, 1)
        self.assertEqual(run.picking_count, 1)
        self.assertEqual(run.line_ids.before_qty, 33)
        self.assertEqual(run.line_ids.after_qty, 13)
        self.assertEqual(run.line_ids.picking_id, self._released(order))

    def test_partly_released_line_still_waits(self):
        whole, partly = self._short(8, 5), self._short(30, 5)
        self._receive(self.gadget, 10)
        self._run(self.primary)
        run = self._last_run()
        self.assertEqual((run.line_count, run.served_count, run.released_count), (2, 2, 2))
        self.assertEqual(run.waiting_count, 1)
        after = {line.sale_line_id.order_id: line.after_qty for line in run.line_ids}
        self.assertEqual(after, {whole: 0, partly: 18})
        self.assertEqual(run.progress, 100)

    def test_progress_shows_between_the_batches(self):
        for _number in range(4):
            self._short(8, 5)
        self._receive(self.gadget, 12)
        self.patch(backorder_process_mixin, "BATCH_ORDERS", 1)
        commit = type(self.env["stock.move"])._backorder_commit
        seen = []

        def look(model, *args, **kwargs):
            seen.append(model.env["backorder.run"].search([], limit=1).progress)
            return commit(model, *args, **kwargs)

        self.patch(self.registry["stock.move"], "_backorder_commit", look)
        self._run(self.primary)
        self.assertEqual(seen, [0, 25, 50, 75, 100, 100])

    def test_killed_run_is_closed_by_the_next(self):
        """A worker that dies leaves its log open: it must not look like running for ever."""
        self._short()
        killed = self.env["backorder.run"]._start("secondary", {}, "schedule")
        other = self.env["backorder.run"]._start("primary", {}, "schedule")
        self._run(self.secondary)
        self.assertTrue(killed.is_interrupted)
        self.assertTrue(killed.date_end)
        self.assertFalse(self._last_run().is_interrupted)
        self.assertFalse(other.date_end, "the other process may be running right now")

    def test_run_with_nothing_free_looks_at_nobody(self):
        """However many wait, it costs nothing; it is noted all the same, that it came."""
        self._short()
        self.env["ir.cron.trigger"].search([]).unlink()
        self._run(self.secondary)
        run = self._last_run()
        self.assertEqual((run.released_count, run.line_count), (0, 0))
        self.assertEqual(run.woken_by, "schedule")

    def test_empty_queue_leaves_no_log(self):
        self._run()
        self.assertFalse(self._last_run())

    def test_manual_release_is_noted_with_its_user(self):
        order = self._short(8, 5)
        self._stock(self.gadget, 3)
        self._held(order).with_user(self.manager).action_backorder_release()
        self.assertEqual(self._last_run().process, "manual")
        self.assertEqual(self._last_run().user_id, self.manager)

    def test_manual_release_of_nothing_leaves_no_log(self):
        before = self._last_run()
        action = self._held(self._short(5, 0)).action_backorder_release()
        self.assertIn("Nothing could be released", action["params"]["message"])
        self.assertEqual(self._last_run(), before)

    def test_failure_is_noted(self):
        order = self._short(8, 5)
        self._receive(self.gadget, 3)

        def poison(_moves):
            raise ValueError("Broken on purpose")

        self.patch(self.registry["stock.move"], "_get_new_picking_values", poison)
        self._run(self.primary)
        run = self._last_run()
        self.assertEqual(run.failed_count, 1)
        self.assertEqual(run.line_ids.error, "Broken on purpose")
        self.assertHeld(order, 3)

    def test_run_can_be_stopped(self):
        run = self.env["backorder.run"]._start("secondary", {}, "user")
        with self.assertRaises(AccessError):
            run.with_user(self.shipper).action_stop()
        run.with_user(self.manager).action_stop()
        self.assertTrue(run.stop_requested)

    def test_stopped_run_leaves_the_rest_waiting(self):
        orders = self._short(8, 5) | self._short(8, 5)
        self._receive(self.gadget, 6)
        self.patch(backorder_process_mixin, "BATCH_ORDERS", 1)
        note = type(self.env["backorder.run"])._note_released

        def note_and_stop(run, *args):
            note(run, *args)
            run.action_stop()

        self.patch(self.registry["backorder.run"], "_note_released", note_and_stop)
        self._run(self.primary)
        self.assertEqual([len(self._held(order)) for order in orders], [0, 1])

    def test_old_runs_are_deleted(self):
        old = self.env["backorder.run"]._start("secondary", {}, "user")
        old.date_start = fields.Datetime.now() - timedelta(days=100)
        new = self.env["backorder.run"]._start("secondary", {}, "user")
        self.env["backorder.run"]._gc_runs()
        self.assertEqual(self.env["backorder.run"].search([]), new)


@tagged("post_install", "-at_install")
class TestCheck(BackorderCommon):
    """The check is silent where all is well and speaks where it is not."""

    def _findings(self, *products):
        ids = [product.id for product in products or (self.gadget, self.gizmo)]
        findings = self.env["backorder.check"]._check()
        return findings.filtered(lambda finding: finding.product_id.id in ids)

    def test_clean_after_the_walk(self):
        order = self._short()
        self.assertFalse(self._findings())
        self._receive(self.gadget, 20)
        self._run(self.primary)
        self.assertFalse(self._findings())
        self._released(order).button_validate()
        order.order_line.product_uom_qty = 525
        self.assertFalse(self._findings())
        order._action_cancel()
        self.assertFalse(self._findings())

    def test_demand_cancelled_by_decision_is_no_finding(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8))
        self._ship(order.picking_ids, 5).process_cancel_backorder()
        self.assertFalse(self._findings())

    def test_finds_demand_without_an_order(self):
        order = self._short()
        self._held(order).sale_line_id = False
        self.assertEqual(self._findings().mapped("kind"), ["orphan"])

    def test_finds_lost_and_doubled_demand(self):
        order = self._short()
        self._held(order).sudo().product_uom_qty = 40
        finding = self._findings()
        self.assertEqual(finding.kind, "quantity")
        self.assertEqual(finding.order_id, order)
        self.assertIn("540", finding.detail)
        self._held(order).sudo().product_uom_qty = 30
        self.assertIn("530", self._findings().detail)

    def test_finds_double_reservations(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 5))
        quant = order.picking_ids.move_line_ids.quant_id or self.env["stock.quant"].search(
            [("product_id", "=", self.gadget.id), ("location_id", "=", self.stock.id)]
        )
        quant.sudo().reserved_quantity = 10
        finding = self._findings()
        self.assertEqual(finding.kind, "reserved")
        self.assertTrue(finding.advice)

    def test_only_managers_check(self):
        with self.assertRaises(AccessError):
            self.env["backorder.check"].with_user(self.shipper).action_check()
        action = self.env["backorder.check"].with_user(self.manager).action_check()
        self.assertEqual(action["res_model"], "backorder.check")
