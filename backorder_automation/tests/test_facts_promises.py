from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import QueueCommon
from .common_roads import RoadsCommon


@tagged("post_install", "-at_install")
class TestFactsPromises(RoadsCommon, QueueCommon):
    """A promise is moved by the order and nothing else, and what waits moves with it."""

    def _in(self, days):
        return fields.Datetime.now() + timedelta(days=days)

    def _dates(self, order):
        """Return deadline and day of what is held, in days from now."""
        held, now = self._held(order), fields.Datetime.now()
        return tuple(
            round((date - now).total_seconds() / 86400)
            for date in (*held.mapped("date_deadline"), *held.mapped("date"))
        )

    def test_new_promise_moves_deadline_and_day(self):
        order = self._waiting(5, promised=10)
        for days in (3, 20):
            order.commitment_date = self._in(days)
            self.assertEqual(self._dates(order), (days, days))

    def test_cleared_promise_falls_back_to_the_lead_time(self):
        order = self._waiting(5, promised=10)
        order.commitment_date = False
        self.assertEqual(self._dates(order), (0, 0))

    def test_new_lead_time_moves_deadline_and_day(self):
        order = self._waiting(5)
        for days in (7, 2):
            order.order_line.customer_lead = days
            self.assertEqual(self._dates(order), (days, days))

    def test_lead_time_is_no_promise_beside_a_promised_date(self):
        order = self._waiting(5, promised=10)
        order.order_line.customer_lead = 2
        self.assertEqual(self._dates(order), (10, 10))

    def test_each_line_has_the_promise_of_its_lead_time(self):
        order = self._order((self.gadget, 5), (self.gizmo, 5), commitment_date=self._in(20))
        order.order_line[1].customer_lead = 9
        order.action_mark_backordered()
        order.commitment_date = False
        days = {
            move.product_id: (move.date_deadline - order.date_order).days
            for move in self._held(order)
        }
        self.assertEqual(days, {self.gadget: 0, self.gizmo: 9})

    def test_security_days_and_delay_of_the_rule_are_kept(self):
        self.company.security_lead = 2
        self.warehouse.delivery_route_id.rule_ids.delay = 1
        order = self._waiting(5, promised=10)
        self.assertEqual(self._dates(order), (9, 7))
        order.commitment_date = self._in(20)
        self.assertEqual(self._dates(order), (19, 17))

    def test_promise_of_an_open_transfer_is_the_day_once_it_is_held(self):
        order = self._order((self.gadget, 5), commitment_date=self._in(10))
        order.commitment_date = self._in(3)
        order.action_mark_backordered()
        self.assertEqual(self._dates(order), (3, 3))

    def test_promise_of_a_released_transfer_is_the_day_when_it_waits_again(self):
        for steps in ("ship_only", "pick_ship"):
            with self.subTest(steps=steps):
                self.warehouse.delivery_steps = steps
                order = self._waiting(5, promised=10)
                self._stock(self.gadget, 5)
                self._release()
                order.commitment_date = self._in(3)
                self._released(order).action_cancel()
                self.assertEqual(self._dates(order), (3, 3))
                order._action_cancel()
                self._stock(self.gadget, -5)

    def test_waiting_pick_is_told_of_a_new_promise(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._order((self.gadget, 5), commitment_date=self._in(10))
        order.commitment_date = self._in(3)
        self.assertEqual(order.order_line.move_ids.date_deadline, order.commitment_date)

    def test_new_transfer_is_scheduled_for_the_new_promise(self):
        order = self._waiting(5, promised=10)
        order.commitment_date = self._in(3)
        self._stock(self.gadget, 5)
        self._release()
        self.assertEqual(self._released(order).scheduled_date, order.commitment_date)

    # What does not move a promise

    def _allocated(self, held=True, due=None):
        """Return two orders, and the receipt (due then) that the first one was allocated to.

        The first is promised in 3 days, the other in 10.
        """
        orders = [
            self._waiting(5, promised=days)
            if held
            else self._order((self.gadget, 5), commitment_date=self._in(days))
            for days in (3, 10)
        ]
        receipt = self._incoming(self.gadget, 5)
        if due:
            receipt.move_ids.date_deadline = due
        moves = orders[0].order_line.move_ids
        self._allocate(receipt, moves, [5])
        self.assertEqual(moves.move_orig_ids, receipt.move_ids)
        return *orders, receipt

    def test_receipt_moves_no_promise(self):
        first, _second, receipt = self._allocated(due=self._in(1))
        before = self._held(first).read(["date_deadline", "date"])
        receipt.move_ids.date_deadline = self._in(20)
        receipt.scheduled_date = self._in(20)
        self.assertEqual(self._held(first).read(["date_deadline", "date"]), before)
        receipt.move_ids.write({"quantity": 5, "picked": True})
        receipt.button_validate()
        self._release()
        self.assertEqual(self._released(first).state, "assigned")

    def test_receipt_moves_no_promise_of_a_transfer(self):
        first, _second, receipt = self._allocated(held=False, due=self._in(1))
        promise = first.commitment_date
        receipt.move_ids.date_deadline = self._in(20)
        self.assertEqual(first.order_line.move_ids.date_deadline, promise)

    def test_receipt_that_gets_its_first_deadline_moves_no_promise(self):
        first, _second, receipt = self._allocated()
        promise = self._held(first).date_deadline
        receipt.move_ids.date_deadline = self._in(20)
        self.assertEqual(self._held(first).date_deadline, promise)

    def test_promise_of_one_customer_moves_no_other_by_a_common_receipt(self):
        first, second = self._waiting(5, promised=3), self._waiting(5, promised=10)
        receipt = self._incoming(self.gadget, 10)
        receipt.move_ids.date_deadline = self._in(1)
        for order in (first, second):
            self._allocate(receipt, self._held(order), [5])
        promise = self._held(second).date_deadline
        first.commitment_date = self._in(7)
        self.assertEqual(self._held(first).date_deadline, first.commitment_date)
        self.assertEqual(self._held(second).date_deadline, promise)

    def test_rescheduled_transfer_moves_no_promise(self):
        order = self._waiting(5, promised=10)
        self._stock(self.gadget, 5)
        self._release()
        transfer = self._released(order)
        transfer.scheduled_date = self._in(30)
        self.assertEqual(transfer.move_ids.date_deadline, order.commitment_date)
        transfer.action_cancel()
        self.assertEqual(self._dates(order), (10, 10))

    def test_sales_move_every_step_of_a_chain(self):
        """Counter-test: the steps of one order line tell one another, as in Odoo."""
        order = self._order((self.gadget, 5), commitment_date=self._in(10))
        ship = order.order_line.move_ids
        pick = ship.copy({"location_dest_id": self.shelf.id, "move_dest_ids": ship.ids})
        pick.date_deadline = order.commitment_date
        order.commitment_date = self._in(3)
        self.assertEqual(pick.date_deadline, ship.date_deadline)
        self.assertEqual(ship.date_deadline, order.commitment_date)

    def test_switched_off_a_receipt_moves_deadlines_as_in_odoo(self):
        first, _second, receipt = self._allocated(held=False, due=self._in(1))
        self.company.backorder_automation = False
        before = first.order_line.move_ids.date_deadline
        receipt.move_ids.date_deadline += timedelta(days=4)
        self.assertEqual(first.order_line.move_ids.date_deadline, before + timedelta(days=4))
