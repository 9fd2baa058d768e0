from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.backorder_retry_mixin import FAILED_ACTIVITY, RETRY_DELAYS, TELL_AFTER
from .common import QueueCommon


class WickedError(Exception):
    """An error that cannot even say what it is."""

    def __str__(self):
        raise ValueError("no text")


@tagged("post_install", "-at_install")
class TestPoison(QueueCommon):
    """One order in ten raises: the nine are released, the one is named, and nothing spins."""

    def setUp(self):
        super().setUp()
        self.moves = self.env["stock.move"]
        self.orders = [self._waiting(5) for _number in range(10)]
        self.bad = self.orders[4]
        self._stock(self.gadget, 50)
        self.env["ir.cron.trigger"].search([]).unlink()

    @contextmanager
    def _broken(self, model, name, is_bad, error=None):
        """Let a method of Odoo raise where it is about the bad order."""
        method = getattr(self.registry[model], name)

        def override(records, *args, **kwargs):
            if is_bad(records, *args):
                raise error or ZeroDivisionError("Broken on purpose")
            return method(records, *args, **kwargs)

        with patch.object(self.registry[model], name, override):
            yield

    def _poisoned(self, error=None):
        bad = self._held(self.bad)
        return self._broken("stock.move", "_get_new_picking_values", lambda m: bad & m, error)

    def _more(self):
        """Let the bad order be done, and ten others come."""
        self.bad._action_cancel()
        self._stock(self.gadget, -5)
        self.orders = [self._waiting(5) for _number in range(10)]
        self.bad = self.orders[4]
        self._stock(self.gadget, 50)
        self.env["backorder.run"].search([]).unlink()

    def _activities(self):
        activity_type = self.env.ref(FAILED_ACTIVITY)
        return self.env["mail.activity"].search([("activity_type_id", "=", activity_type.id)])

    def _make_due(self):
        """Let the time of the next try come."""
        self._held(self.bad).backorder_retry_date = fields.Datetime.now() - timedelta(seconds=1)

    def _assert_nine_released(self, text="Broken on purpose"):
        for order in self.orders:
            self.assertHeld(order, 5 if order == self.bad else 0)
        bad = self._held(self.bad)
        self.assertIn(text, bad.backorder_error)
        self.assertIn(text, bad.backorder_reason)
        self.assertGreater(bad.backorder_retry_date, fields.Datetime.now())
        run = self.env["backorder.run"].search([("failed_count", ">", 0)], limit=1)
        self.assertEqual((run.released_count, run.failed_count), (9, 1))
        failed = run.line_ids.filtered("error")
        self.assertEqual(failed.move_id, bad)
        self.assertEqual(failed.retry_date, bad.backorder_retry_date)

    # Whatever raises

    def test_override_that_raises_anything(self):
        errors = (
            KeyError("Broken on purpose"),
            RecursionError("Broken on purpose"),
            AssertionError("Broken on purpose"),
            UserError("Broken on purpose"),
        )
        for number, error in enumerate(errors):
            with self.subTest(error=repr(error)):
                if number:
                    self._more()
                with self._poisoned(error):
                    self._run(self.secondary)
                self._assert_nine_released()

    def test_override_of_each_step_of_a_release(self):
        for name in ("_action_assign", "_assign_picking_post_process", "_backorder_split_missing"):
            with self.subTest(step=name):
                bad = self._held(self.bad)
                with self._broken("stock.move", name, lambda m, *a, bad=bad: bad & m):
                    self._run(self.secondary)
                self._assert_nine_released()
                self._more()

    def test_writing_of_the_line_itself_fails(self):
        """Then its failure is noted all the same."""
        bad = self._held(self.bad)
        with self._broken("stock.move", "write", lambda moves, vals: bad & moves):
            self._run(self.secondary)
        self._assert_nine_released()

    def test_constraint_of_the_database(self):
        """The error breaks the transaction, and not only the method."""
        bad = self._held(self.bad)
        values = self.registry["stock.move"]._get_new_picking_values

        def broken(moves):
            if bad & moves:
                moves.env.cr.execute("SELECT 1 / 0", log_exceptions=False)
            return values(moves)

        with patch.object(self.registry["stock.move"], "_get_new_picking_values", broken):
            self._run(self.secondary)
        self._assert_nine_released("division by zero")

    def test_error_that_cannot_say_what_it_is(self):
        with self._poisoned(WickedError()):
            self._run(self.secondary)
        self._assert_nine_released("WickedError")

    def test_error_with_a_text_that_no_database_holds(self):
        with self._poisoned(ValueError("Broken\x00 on purpose")):
            self._run(self.secondary)
        self._assert_nine_released()

    def test_deleted_unit(self):
        """No foreign key keeps it, as after a repair by hand."""
        unit = self.env["uom.uom"].create({"name": "Gone"})
        self._held(self.bad).sudo().product_uom = unit
        self.env.flush_all()
        self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.env.cr.execute("ALTER TABLE stock_move DROP CONSTRAINT stock_move_product_uom_fkey")
        self.env.cr.execute(SQL("DELETE FROM uom_uom WHERE id = %s", unit.id))
        self.env.invalidate_all()
        self._run(self.secondary)
        for order in self.orders:
            if order != self.bad:
                self.assertHeld(order, 0)
        self.assertIn("deleted", self._held(self.bad).backorder_error)

    def test_failure_that_cannot_be_noted_stops_nobody(self):
        def broken(moves, error):
            raise ValueError("Not even this")

        self.patch(self.registry["stock.move"], "_backorder_set_aside", broken)
        log = self.assertLogs("odoo.addons.backorder_automation", "ERROR")
        with self._poisoned(), log:
            self._run(self.secondary)
            for order in self.orders:
                self.assertHeld(order, 5 if order == self.bad else 0)
            self._assert_run_wakes_nobody()

    def test_archived_product_and_deleted_salesperson_are_no_poison(self):
        """What still can be shipped is shipped."""
        user = self._user("bo_gone", "sales_team.group_sale_salesman")
        self.bad.user_id = user
        user.unlink()
        self.orders[5].order_line.product_uom_id.active = False
        self.gadget.active = False
        self._run(self.secondary)
        for order in self.orders:
            self.assertHeld(order, 0)

    # Mails

    def _mail_to_customers(self):
        self.company.backorder_mail_released = True
        self.customer.email = "customer@example.com"
        return self.env.ref("backorder_automation.mail_template_backorder_released")

    def _mails(self, order):
        return order.picking_ids.message_ids.filtered(lambda message: message.mail_ids)

    def test_broken_mail_stops_no_release_and_no_other_mail(self):
        self._mail_to_customers()
        bad = self.bad
        with self._broken(
            "mail.template",
            "_generate_template",
            lambda template, ids, *a: bad in template.env["stock.picking"].browse(ids).sale_id,
        ):
            self._run(self.secondary)
        for order in self.orders:
            self.assertHeld(order, 0)
        told = [bool(self._mails(order)) for order in self.orders]
        self.assertEqual(told, [order != bad for order in self.orders])

    def test_mail_server_that_is_down_stops_no_release(self):
        self._mail_to_customers()
        with self._broken("ir.mail_server", "_connect__", lambda *a: True, OSError("down")):
            self._run(self.secondary)
        for order in self.orders:
            self.assertHeld(order, 0)

    # The next tries

    def test_tries_grow_apart(self):
        delays = []
        with self._poisoned():
            for _number in range(len(RETRY_DELAYS) + 1):
                before = fields.Datetime.now()
                self._run(self.secondary)
                delays.append(self._held(self.bad).backorder_retry_date - before)
                self._make_due()
        for delay, wanted in zip(delays, [*RETRY_DELAYS, RETRY_DELAYS[-1]], strict=True):
            self.assertAlmostEqual(delay, wanted, delta=timedelta(minutes=1))
        self.assertEqual(delays[:-1], sorted(delays[:-1]))
        self.assertEqual(self._held(self.bad).backorder_try_count, len(delays))

    def test_manager_is_told_once_after_three_tries(self):
        counts = []
        with self._poisoned():
            for _number in range(TELL_AFTER + 2):
                self._run(self.secondary)
                counts.append(len(self._activities()))
                self._make_due()
        self.assertEqual(counts, [0, 0, 1, 1, 1])
        activity = self._activities()
        self.assertEqual(activity.res_id, self.bad.id)
        self.assertTrue(activity.user_id.has_group("stock.group_stock_manager"))
        self.assertIn("Broken on purpose", activity.note)

    def test_manager_who_has_done_it_is_not_told_again(self):
        with self._poisoned():
            for _number in range(TELL_AFTER):
                self._run(self.secondary)
                self._make_due()
            self._activities().action_done()
            self._run(self.secondary)
        self.assertFalse(self._activities())

    def test_error_is_text_and_no_markup(self):
        with self._poisoned(ValueError("<a href='http://x'>x</a>")):
            for _number in range(TELL_AFTER):
                self._run(self.secondary)
                self._make_due()
        self.assertNotIn("<a", self._activities().note)

    def test_success_forgets_the_failures(self):
        with self._poisoned():
            for _number in range(TELL_AFTER):
                self._run(self.secondary)
                self._make_due()
        self._run(self.secondary)
        self.assertHeld(self.bad, 0)
        self.assertFalse(self._activities())
        released = self._released(self.bad).move_ids
        self.assertEqual((released.backorder_try_count, released.backorder_error), (0, False))
        self.assertFalse(released.backorder_retry_date)

    def test_cancelled_order_is_no_task_any_more(self):
        with self._poisoned():
            for _number in range(TELL_AFTER):
                self._run(self.secondary)
                self._make_due()
        self.bad._action_cancel()
        self.assertFalse(self._activities())

    def test_release_by_hand_tries_at_once(self):
        with self._poisoned():
            self._run(self.secondary)
        self._held(self.bad).with_user(self.manager).action_backorder_release()
        self.assertHeld(self.bad, 0)

    # It never spins

    def _assert_run_wakes_nobody(self):
        """Assert that one more run leaves nothing to do at once."""
        self.env["ir.cron.trigger"].search([]).unlink()  # the runner takes them away
        self._run(self.secondary)
        due = [("call_at", "<=", fields.Datetime.now()), ("cron_id", "=", self.secondary.id)]
        self.assertFalse(self.env["ir.cron.trigger"].search(due))

    def test_failed_line_wakes_the_job_no_more_than_once(self):
        with self._poisoned():
            self._run(self.secondary)
            self._assert_run_wakes_nobody()
        self.assertEqual(self._held(self.bad).backorder_try_count, 1)

    def test_transfer_that_fails_wakes_the_job_no_more_than_once(self):
        """What waits in a transfer of its own has a next try as well."""
        self._run(self.secondary)
        waiting = self._order((self.gadget, 7))
        move = waiting.picking_ids.move_ids
        self._stock(self.gadget, 7)
        with self._broken("stock.move", "_action_assign", lambda moves, *a: move & moves):
            self._run(self.secondary)
            self.assertEqual(move.backorder_try_count, 1)
            self._assert_run_wakes_nobody()
        self.assertEqual(move.backorder_try_count, 1)
        self.assertIn("Broken on purpose", move.backorder_error)
        waiting.picking_ids.action_assign()  # a person tries at once
        self.assertEqual(move.quantity, 7)

    def test_what_comes_after_the_release_stops_nothing(self):
        step = patch.object(
            self.registry["sale.order"],
            "_backorder_update_alerts",
            lambda orders: 1 / 0,
        )
        with step, self.assertLogs("odoo.addons.backorder_automation", "ERROR"):
            self._run(self.secondary)
        for order in self.orders:
            self.assertHeld(order, 0)
