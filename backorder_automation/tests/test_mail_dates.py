from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .test_mail import MailCommon


@tagged("post_install", "-at_install")
class TestMailDates(MailCommon):
    """A customer hears of a new expected date once, and only when it moved far enough."""

    def test_later_date_is_told_once(self):
        receipt = self._expect(9)
        self._short()
        self.assertEqual(self._sweep(), 0)
        receipt.move_ids.date += timedelta(days=10)
        self.assertEqual(self._sweep(), 1)
        self.assertEqual(self._sweep(), 1)

    def test_small_move_is_not_told(self):
        receipt = self._expect(9)
        self._short()
        receipt.move_ids.date += timedelta(days=3)
        self.assertEqual(self._sweep(), 0)

    def test_small_moves_add_up(self):
        receipt = self._expect(9)
        self._short()
        for mails in (0, 1, 1):
            receipt.move_ids.date += timedelta(days=2)
            self.assertEqual(self._sweep(), mails)

    def test_threshold_is_the_company_s(self):
        self.company.backorder_mail_date_days = 30
        receipt = self._expect(9)
        self._short()
        receipt.move_ids.date += timedelta(days=10)
        self.assertEqual(self._sweep(), 0)

    def test_first_date_is_news_to_who_was_told_there_is_none(self):
        self._short()
        self._expect(9)
        self.assertEqual(self._sweep(), 1)
        self.assertEqual(self._sweep(), 1)

    def test_first_date_is_no_news_where_nobody_was_told(self):
        self.company.backorder_mail_held = False
        self._short()
        receipt = self._expect(9)
        self.assertEqual(self._sweep(), 0)
        receipt.move_ids.date += timedelta(days=10)
        self.assertEqual(self._sweep(), 1)

    def test_passed_date_is_not_told(self):
        receipt = self._expect(9)
        self._short()
        receipt.move_ids.date = fields.Datetime.now() - timedelta(days=9)
        self.assertEqual(self._sweep(), 0)

    def test_paused_line_has_no_date_to_tell(self):
        receipt = self._expect(9)
        order = self._short()
        self._held(order).backorder_paused = True
        receipt.move_ids.date += timedelta(days=10)
        self.assertEqual(self._sweep(), 0)
        self.assertFalse(order.backorder_expected_date)

    def test_date_switch_off_reads_no_plan(self):
        self.company.backorder_mail_date = False
        receipt = self._expect(9)
        self._short()
        receipt.move_ids.date += timedelta(days=10)
        with patch.object(
            self.registry["stock.move"], "_backorder_plan", side_effect=AssertionError("planned")
        ):
            self.env["stock.move"]._backorder_mail_changed_dates()
        self.assertEqual(self._sweep(), 0)

    def test_announced_date_follows_the_rest_of_a_partial_release(self):
        receipt = self._expect(9, quantity=43)
        order = self._short()
        announced = self._held(order).backorder_announced_date
        self.assertEqual(announced, receipt.move_ids.date)
        self._stock(self.gadget, 10)
        self.assertEqual(self._sweep(), 0)
        self.assertHeld(order, 23)
        self.assertEqual(self._held(order).backorder_announced_date, announced)

    def test_two_lines_moved_are_one_mail(self):
        receipts = self._expect(9)
        with freeze_time(fields.Datetime.now()):
            order = self._order((self.gadget, 3), (self.gizmo, 4))
            order.action_mark_backordered()
            other = self._incoming(self.gizmo, 4)
        other.move_ids.date = fields.Datetime.now() + timedelta(days=9)
        self._sweep()
        (receipts | other).move_ids.date = fields.Datetime.now() + timedelta(days=30)
        before = len(self._mails("new date"))
        self.assertEqual(self._sweep(), before + 1)
