from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..const import QUEUE_ORDERS
from .common import QueueCommon

NOON = "2024-02-26 12:00:00"


@tagged("post_install", "-at_install")
class TestShipComplete(QueueCommon):
    """What an order that ships complete keeps while its rest is on its way."""

    @classmethod
    def setUpClass(cls):
        cls.startClassPatcher(freeze_time(NOON))
        super().setUpClass()
        cls.company.backorder_keep_days = 7

    def _coming(self, product, quantity, days):
        """Expect a receipt in so many days."""
        receipt = self._incoming(product, quantity)
        receipt.move_ids.date = fields.Datetime.now() + timedelta(days=days)
        return receipt

    def _pair(self, quantity=5, **values):
        """Hold an order of gadgets and gizmos that ships complete, with the gadgets in stock."""
        self._stock(self.gadget, quantity)
        return self._complete((self.gadget, quantity), (self.gizmo, quantity), **values)

    def _reserved(self, order):
        return sum(order.picking_ids.move_ids.mapped("quantity"))

    def _kept(self, order, product=None):
        return self._plan()[self._held_of(order, product or self.gadget).id].kept

    # Who gets it

    def test_new_order_does_not_get_what_is_kept(self):
        order = self._pair()
        self._coming(self.gizmo, 5, days=5)
        behind = self._order((self.gadget, 5))
        self.assertEqual((self._kept(order), self._reserved(behind)), (5, 0))
        behind.picking_ids.action_assign()
        self._run()
        self.assertEqual(self._reserved(behind), 0)
        self.assertFalse(order.picking_ids.filtered(lambda p: p.state == "assigned"))

    def test_new_order_gets_what_nobody_may_keep(self):
        for days, window, is_kept in ((5, 0, False), (8, 7, False), (7, 7, True)):
            savepoint = self.env.cr.savepoint()
            self.company.backorder_keep_days = window
            order = self._pair()
            self._coming(self.gizmo, 5, days=days)
            behind = self._order((self.gadget, 5))
            self.assertEqual(self._reserved(behind), 0 if is_kept else 5, (days, window))
            self.assertEqual(self._kept(order), 5 if is_kept else 0, (days, window))
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_nothing_is_kept_while_a_part_is_not_ordered(self):
        order = self._pair()
        self._coming(self.gizmo, 4, days=2)
        behind = self._order((self.gadget, 5))
        self.assertEqual((self._kept(order), self._reserved(behind)), (0, 5))

    def test_receipt_and_jobs_leave_what_is_kept_to_its_order(self):
        order = self._complete((self.gadget, 5), (self.gizmo, 5))
        receipt = self._coming(self.gizmo, 5, days=5)
        behind = self._waiting(5)
        self._receive(self.gadget, 5)
        self._run()
        self.assertHeld(behind, 5)
        receipt.move_ids.write({"quantity": 5, "picked": True})
        receipt.button_validate()
        self._run()
        self.assertHeld(order, 0)
        self.assertEqual(self._reserved(order), 10)
        self.assertHeld(behind, 5)

    def test_nothing_is_reserved_for_who_keeps(self):
        order = self._pair()
        self._coming(self.gizmo, 5, days=5)
        self._run()
        self.assertHeld(order, 10)
        self.assertEqual(sum(self.gadget.stock_quant_ids.mapped("reserved_quantity")), 0)

    def test_who_is_ahead_takes_it(self):
        order = self._pair()
        self._coming(self.gizmo, 5, days=5)
        urgent = self._waiting(5, urgent=True)
        self._run()
        self.assertHeld(urgent, 0)
        self.assertEqual(self._kept(order), 0)

    def test_manager_may_take_it_and_both_orders_note_it(self):
        order = self._pair()
        self._coming(self.gizmo, 5, days=5)
        behind = self._order((self.gadget, 5))
        before = len(order.message_ids)
        behind.picking_ids.with_user(self.manager).action_backorder_take_anyway()
        self.assertEqual(self._reserved(behind), 5)
        self.assertGreater(len(order.message_ids), before)

    def test_overdue_receipt_lets_nobody_wait(self):
        self.company.backorder_overdue_days = 2
        order = self._pair()
        receipt = self._coming(self.gizmo, 5, days=3)
        self.assertEqual(self._kept(order), 5)
        receipt.move_ids.date = fields.Datetime.now() - timedelta(days=3)
        self.assertEqual(self._kept(order), 0)
        self.assertTrue(self._plan()[self._held_of(order, self.gizmo).id].expected_date)
        self.assertEqual(self._reserved(self._order((self.gadget, 5))), 5)

    def test_paused_order_keeps_nothing(self):
        order = self._pair()
        self._coming(self.gizmo, 5, days=5)
        self.assertEqual(self._kept(order), 5)
        self._held_of(order, self.gizmo).backorder_paused = True
        self.assertEqual(self._kept(order), 0)

    def test_order_that_ships_as_it_comes_keeps_nothing(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 5), (self.gizmo, 5), picking_policy="direct")
        self._coming(self.gizmo, 5, days=5)
        order.action_mark_backordered()
        self.assertFalse(any(line.kept for line in self._plan().values()))

    # For how long

    def test_nobody_waits_longer_though_the_receipt_is_put_off_each_day(self):
        order = self._pair()
        receipt = self._coming(self.gizmo, 5, days=5)
        behind = self._order((self.gadget, 5))
        served_on = None
        for number in range(10):
            with freeze_time(fields.Datetime.now() + timedelta(days=number)):
                receipt.move_ids.date = fields.Datetime.now() + timedelta(days=5)
                self._run()
                if self._reserved(behind):
                    served_on = number
                    break
        self.assertEqual(served_on, 3, "in five days from then on is eight days after it began")
        self.assertFalse(self._held(order).filtered("backorder_kept_since"))

    def test_receipt_that_comes_as_said_is_waited_for_to_the_last_day(self):
        order = self._pair()
        receipt = self._coming(self.gizmo, 5, days=7)
        behind = self._order((self.gadget, 5))
        for number in range(8):
            with freeze_time(fields.Datetime.now() + timedelta(days=number)):
                if number == 7:
                    receipt.move_ids.write({"quantity": 5, "picked": True})
                    receipt.button_validate()
                self._run()
        self.assertHeld(order, 0)
        self.assertEqual((self._reserved(order), self._reserved(behind)), (10, 0))

    def test_since_when_is_written_by_the_jobs_only(self):
        order = self._pair()
        self._coming(self.gizmo, 5, days=5)
        held = self._held_of(order, self.gadget)
        with self.assertRaises(AccessError):
            held.with_user(self.manager).backorder_kept_since = fields.Datetime.now()
        self._run()
        self.assertEqual(held.backorder_kept_since, fields.Datetime.now())
        self._run()
        self.assertEqual(held.backorder_kept_since, fields.Datetime.now())
        self._receive(self.gizmo, 5)
        self._run(), self._run()
        self.assertFalse(held.backorder_kept_since)

    # Its age

    def _passed_over(self, days):
        """Order a gadget and a gizmo; let somebody in a greater hurry come each day.

        :return: on which day the order ships, None for not in so many days
        """
        order = self._complete((self.gadget, 1), (self.gizmo, 1), promised=60)
        self._stock(self.gizmo, 1)
        for number in range(days):
            with freeze_time(fields.Datetime.now() + timedelta(days=number)):
                self._waiting(1, promised=1)
                self._receive(self.gadget, 1)
                self._run()
                if not self._held(order):
                    return number
        return None

    def test_order_is_not_passed_over_for_ever(self):
        self.company.backorder_keep_days = 3
        self.assertEqual(self._passed_over(6), 2, "as if it had been promised in three days")

    def test_without_the_setting_it_is_passed_over(self):
        self.company.backorder_keep_days = 0
        self.assertIsNone(self._passed_over(6))

    def test_waiting_counts_as_a_promise_among_the_same_urgency_only(self):
        self.company.backorder_keep_days = 3
        order = self._complete((self.gadget, 1), (self.gizmo, 1), promised=60)
        ahead, behind = self._waiting(1, promised=2), self._waiting(1, promised=4)
        urgent = self._waiting(1, promised=9, urgent=True)
        turns = {line.order_id: line.turn for line in self._plan(self.gadget).values()}
        self.assertEqual(sorted(turns, key=turns.get), [urgent.id, ahead.id, order.id, behind.id])

    def test_every_queue_order_works_with_it(self):
        order = self._pair()
        self._coming(self.gizmo, 5, days=5)
        for policy, _label in QUEUE_ORDERS:
            plan = self._plan(queue_order=policy)
            self.assertEqual(plan[self._held_of(order, self.gadget).id].kept, 5, policy)

    # What people read

    def test_lines_say_what_is_kept_for_whom_and_until_when(self):
        order = self._pair()
        self._coming(self.gizmo, 5, days=5)
        behind = self._waiting(5)
        self.env.invalidate_all()
        text = "5 Gadget are kept for it until 03/02/2024."
        for product in (self.gadget, self.gizmo):
            self.assertIn(text, self._held_of(order, product).backorder_reason)
        waits = self._held(behind)
        self.assertEqual(waits.backorder_reason_code, "ahead")
        self.assertIn(f"kept for {order.name} until 03/02/2024.", waits.backorder_reason)
        self.assertIn(text, order.order_line[0].backorder_reason)

    def test_line_that_gets_a_part_says_for_whom_the_rest_is_kept(self):
        order = self._pair()
        self._coming(self.gizmo, 5, days=5)
        behind = self._waiting(5)
        self._stock(self.gadget, 2)
        self.env.invalidate_all()
        waits = self._held(behind)
        self.assertEqual(waits.backorder_reason_code, "served")
        self.assertIn(f"Kept for {order.name} until 03/02/2024.", waits.backorder_reason)

    def test_lines_say_nothing_of_the_kind_where_nothing_is_kept(self):
        order, behind = self._pair(), self._order((self.gadget, 9))
        self.env.invalidate_all()
        for move in self._held(order) | behind.picking_ids.move_ids:
            self.assertNotIn("kept for", move.backorder_reason)

    def test_transfer_that_waits_for_what_is_kept_says_so(self):
        order = self._pair()
        self._coming(self.gizmo, 5, days=5)
        behind = self._order((self.gadget, 5))
        move = behind.picking_ids.move_ids
        self.assertIn(order.name, move.backorder_reason)
        self.assertEqual(move._get_backorder_overtaken(), move)

    # The setting

    def test_setting_takes_days_only(self):
        for wrong in (10**6, 2**40, float("inf")):
            with self.assertRaises(UserError):  # a ValidationError is one
                self.company.write({"backorder_keep_days": wrong})
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.company.backorder_keep_days = -1
            self.env.flush_all()
        self.env["res.config.settings"].create({"backorder_keep_days": 4}).execute()
        self.assertEqual(self.company.backorder_keep_days, 4)
