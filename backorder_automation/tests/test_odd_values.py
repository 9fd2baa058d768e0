from datetime import datetime, timedelta
from math import inf, nan

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..promise import get_day, get_zone
from ..texts import format_day, format_moment
from .common import QueueCommon

FAR = datetime(9999, 12, 31, 23, 30)
OLD = datetime(1, 1, 1, 0, 30)
ZONES = ("Pacific/Kiritimati", "America/Los_Angeles", "UTC")
NO_NUMBERS = (nan, inf, -inf, "nan", "Infinity", "many", 10**400)


@tagged("post_install", "-at_install")
class TestFarDates(QueueCommon):
    """No date at the end of the calendar stops anybody, wherever on earth they are."""

    def _set(self, moves, **values):
        """Write dates as an import or an older version may have left them."""
        for name, value in values.items():
            self.env.cr.execute(
                f"UPDATE stock_move SET {name} = %s WHERE id IN %s",  # pylint: disable=sql-injection
                [value, moves._ids],
            )
        self.env.invalidate_all()

    def _everywhere(self):
        """Yield the environment of the same user all around the world."""
        for zone in ZONES:
            self.env.user.tz = zone
            self.env.invalidate_all()
            yield self.env(context={**self.env.context, "tz": zone})

    def _read_everywhere(self, order):
        """Read what people see of an order; return the reasons."""
        reasons = []
        for env in self._everywhere():
            held = self._held(order.with_env(env))
            spec = {"backorder_reason": {}, "backorder_expected_date": {}, "backorder_stage": {}}
            rows = env["stock.move"].web_search_read([("id", "in", held.ids)], spec)
            reasons += [row["backorder_reason"] for row in rows["records"]]
            line = order.order_line.with_env(env)
            self.assertTrue(line._get_backorder_customer_text())
            line.web_read({"backorder_expected_date": {}, "backorder_is_late": {}})
            order.with_env(env)._backorder_update_alerts()
        return reasons

    def test_texts_of_the_first_and_the_last_day(self):
        for env in self._everywhere():
            for moment, year in ((FAR, "9999"), (OLD, "1")):
                self.assertIn(year, format_day(env, moment))
                self.assertIn(year, format_moment(env, moment))
                self.assertEqual(get_day(moment, env.tz), moment.date())
            self.assertEqual(format_day(env, False), "")
            self.assertEqual(format_moment(env, False), "")

    def test_texts_of_any_other_day_are_those_of_the_user(self):
        moment = datetime(2031, 5, 1, 20, 0)
        env = self.env(context={"tz": "Asia/Tokyo"})
        self.assertEqual(format_day(env, moment), "05/02/2031")
        self.assertEqual(get_day(moment, get_zone("Asia/Tokyo")).day, 2)

    def test_receipt_of_a_far_day(self):
        order = self._waiting(5)
        receipt = self._incoming(self.gadget, 5)
        for date, year in ((FAR, "9999"), (OLD, "1")):
            self._set(receipt.move_ids, date=date)
            for reason in self._read_everywhere(order):
                self.assertIn(year, reason)
        self._run()
        self.assertHeld(order, 5)

    def test_pause_of_a_far_day_that_is_there_already(self):
        order = self._waiting(5)
        self._set(self._held(order), backorder_not_before=FAR)
        for reason in self._read_everywhere(order):
            self.assertIn("9999", reason)
        self._stock(self.gadget, 5)
        self._run()
        self.assertHeld(order, 5)
        self._held(order).action_backorder_resume()
        self._run()
        self.assertHeld(order, 0)

    def test_promise_of_a_far_day(self):
        order = self._waiting(5, promised=3)
        self._incoming(self.gadget, 5)
        for date in (FAR, OLD):
            self._set(self._held(order), date_deadline=date, backorder_retry_date=date)
            self._read_everywhere(order)

    def test_donor_served_again_on_a_far_day(self):
        self._stock(self.gadget, 5)
        self._order((self.gadget, 5), commitment_date=fields.Datetime.now() + timedelta(days=50))
        order = self._waiting(4, promised=1)
        self._set(self._incoming(self.gadget, 9).move_ids, date=FAR)
        for env in self._everywhere():
            dialog = self._dialog(self._held(order).with_env(env).action_backorder_find_stock())
            self.assertGreater(dialog.line_ids.with_env(env).late_days, 1000)

    def test_nobody_pauses_for_ever_with_a_date(self):
        order = self._waiting(5)
        held = self._held(order)
        dialog = self._dialog(held.action_backorder_pause())
        for date in (FAR, datetime(2200, 1, 1), fields.Datetime.now() + timedelta(days=4000)):
            dialog.not_before = date
            with self.assertRaisesRegex(UserError, "more than 10 years"):
                dialog.action_pause()
            with self.assertRaisesRegex(UserError, "more than 10 years"):
                held.backorder_not_before = date
            with self.assertRaisesRegex(UserError, "more than 10 years"):
                held.write({"backorder_not_before": fields.Datetime.to_string(date)})
        with self.assertRaisesRegex(UserError, "not a date"):
            held.write({"backorder_not_before": "10000-01-01 00:00:00"})
        self.assertFalse(held.backorder_is_paused)

    def test_a_pause_of_some_years_is_a_pause(self):
        order = self._waiting(5)
        dialog = self._dialog(self._held(order).action_backorder_pause())
        dialog.not_before = fields.Datetime.now() + timedelta(days=3000)
        dialog.action_pause()
        self.assertTrue(self._held(order).backorder_is_paused)


@tagged("post_install", "-at_install")
class TestOddNumbers(QueueCommon):
    """What is no number is refused with a sentence, by every field a client may write."""

    def _assert_refused(self, records, field_name, values=NO_NUMBERS):
        for value in values:
            with self.subTest(field=field_name, value=value):
                with self.assertRaisesRegex(UserError, "not a number"):
                    records.write({field_name: value})
                with self.assertRaisesRegex(UserError, "not a number"):
                    records.create({field_name: value})

    def _dialog_of_donor(self):
        self._stock(self.gadget, 5)
        self._order((self.gadget, 5), commitment_date=fields.Datetime.now() + timedelta(days=50))
        order = self._waiting(4, promised=1)
        return order, self._dialog(self._held(order).action_backorder_find_stock())

    def test_quantities_of_dialogs(self):
        order, dialog = self._dialog_of_donor()
        self._assert_refused(dialog.line_ids, "take")
        self._assert_refused(dialog, "more_count")
        with self.assertRaisesRegex(UserError, "not a number"):
            dialog.line_ids = [fields.Command.update(dialog.line_ids.id, {"take": nan})]
        self.assertHeld(order, 4)

    def test_quantities_of_the_plan(self):
        self._waiting(4)
        self._stock(self.gadget, 3)
        simulation = self.env["backorder.simulation"].create({})
        simulation.action_simulate()
        for name in ("need", "served_then", "served_today", "place_then"):
            self._assert_refused(simulation.line_ids, name)

    def test_a_number_is_taken(self):
        _order, dialog = self._dialog_of_donor()
        dialog.line_ids.take = "2"
        self.assertEqual(dialog.line_ids.take, 2)
        dialog.line_ids.take = False
        self.assertEqual(dialog.taken, 0)

    def test_numbers_of_settings(self):
        settings = self.env["res.config.settings"].create({})
        values = (*NO_NUMBERS, 2**31, -(2**40))
        for name in (
            "backorder_age_limit",
            "backorder_mail_date_days",
            "backorder_primary_interval_number",
            "backorder_secondary_interval_number",
        ):
            self._assert_refused(settings, name, values)
        self._assert_refused(self.company, "backorder_age_limit", values)
        self._assert_refused(self.company, "backorder_mail_date_days", values)
        self._assert_refused(self.customer, "backorder_rank", values)

    def test_days_have_an_end(self):
        for name in ("backorder_age_limit", "backorder_mail_date_days"):
            self.company[name] = 3650
            with self.assertRaisesRegex(ValidationError, "10 years"), self.env.cr.savepoint():
                self.company[name] = 3651
            self.env.invalidate_all()

    def test_days_that_are_there_already_stop_no_job(self):
        self.customer.email = "customer@example.com"
        self.company.backorder_mail_date = True
        self.env.cr.execute("UPDATE res_company SET backorder_mail_date_days = 2147483647")
        self.env.cr.execute("UPDATE res_company SET backorder_age_limit = 2147483647")
        self.env.invalidate_all()
        order = self._waiting(5)
        self._incoming(self.gadget, 5).move_ids.date = fields.Datetime.now() + timedelta(days=9)
        self._held(order).sudo().backorder_announced_date = fields.Datetime.now()
        self._run(self.secondary)
        self.assertHeld(order, 5)

    def test_intervals_have_an_end(self):
        settings = self.env["res.config.settings"].create({})
        settings.backorder_primary_interval_number = 9999
        for number in (0, -1, 10000):
            with self.assertRaisesRegex(ValidationError, "1 to 9999"):
                settings.backorder_primary_interval_number = number

    def test_numbers_of_others_are_theirs(self):
        with self.assertRaises(ValueError):
            self.customer.partner_latitude = nan
