from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..models import backorder_alert_query_mixin, backorder_place_mixin, backorder_walk_mixin
from .common import QueueCommon
from .test_alerts import AlertCommon

MANY = 12


@tagged("post_install", "-at_install")
class TestWalk(QueueCommon):
    """What is done costs as much as can be done, not as much as waits."""

    def setUp(self):
        super().setUp()
        self.orders = self.env["sale.order"].union(
            *(self._waiting(1, promised=number) for number in range(1, MANY + 1))
        )
        self.last = self.orders[-1]
        for module in (backorder_walk_mixin, backorder_place_mixin):
            self.patch(module, "FIRST", 2)
        self.read = []
        fetch = self.registry["stock.move"]._fetch_backorder_queue

        def count(moves, *args, **kwargs):
            rows = fetch(moves, *args, **kwargs)
            self.read.append(len(rows))
            return rows

        self.patch(self.registry["stock.move"], "_fetch_backorder_queue", count)

    def _newcomer(self, quantity):
        """Return the move of a new order, behind all others."""
        promise = fields.Datetime.now() + timedelta(days=99)
        order = self._order((self.gadget, quantity), commitment_date=promise)
        return order.order_line.move_ids

    def test_job_with_nothing_free_reads_nobody(self):
        self._run(self.secondary)
        self.assertFalse(self.read)

    def test_job_reads_as_far_as_the_goods_reach(self):
        self._stock(self.gadget, 1)
        self._run(self.secondary)
        self.assertTrue(self._released(self.orders[0]))
        self.assertFalse(self._released(self.orders[1]))
        self.assertLessEqual(max(self.read), 3)

    def test_job_reads_on_where_more_is_free(self):
        """Counter-test: everybody is served who can be, however many are read first."""
        self._stock(self.gadget, MANY)
        self._run(self.secondary)
        self.assertTrue(all(self._released(order) for order in self.orders))

    def test_newcomer_where_nothing_is_free_reads_nobody(self):
        self.assertFalse(self._newcomer(1).quantity)
        self.assertFalse(self.read)

    def test_newcomer_where_little_is_free_reads_the_head(self):
        self._stock(self.gadget, 1)
        self.assertFalse(self._newcomer(1).quantity)
        self.assertLessEqual(max(self.read), 3)

    def test_newcomer_where_there_is_more_than_all_want_reads_the_head(self):
        self._stock(self.gadget, MANY + 3)
        newcomer = self._newcomer(3)
        self.assertEqual(newcomer.quantity, 3)
        self.assertLessEqual(max(self.read), 4)

    def test_newcomer_gets_no_more_than_all_others_leave(self):
        """Counter-test: one less than all want together."""
        self._stock(self.gadget, MANY + 2)
        self.assertEqual(self._newcomer(3).quantity, 2)

    def test_last_line_says_its_place_and_no_date_without_reading_the_queue(self):
        self._incoming(self.gadget, 1)
        move = self._held(self.last)
        self.assertEqual((move.backorder_place, move.backorder_expected_date), (MANY, False))
        self.assertEqual(move.backorder_reason_code, "nothing")
        self.assertLessEqual(max(self.read), 5)

    def test_last_line_knows_when_enough_comes(self):
        """Counter-test: what comes is enough for all, so all have to be read."""
        self._incoming(self.gadget, MANY)
        self.assertTrue(self._held(self.last).backorder_expected_date)

    def test_page_in_the_order_of_places(self):
        other = self._waiting(1, product=self.gizmo, promised=1)
        moves = self.env["stock.move"]
        domain = [("sale_line_id.order_id", "in", (self.orders | other).ids)]

        def page(order, offset):
            found = moves.web_search_read(
                domain, {"backorder_place": {}}, limit=4, offset=offset, order=order
            )
            self.assertEqual(found["length"], MANY + 1)
            return [line["backorder_place"] for line in found["records"]]

        self.assertEqual(page("backorder_place, id", 0), [1, 1, 2, 3])
        self.assertEqual(page("backorder_place, id", 4), [4, 5, 6, 7])
        self.assertEqual(page("backorder_place desc", 0), [12, 11, 10, 9])

    def test_line_without_a_priority_has_its_place_too(self):
        """Nobody writes it, and a script may: it stands where the database sorts it."""
        move = self._held(self.last)
        self.env.flush_all()
        self.env.cr.execute("UPDATE stock_move SET priority = NULL WHERE id = %s", [move.id])
        self.env.invalidate_all()
        self.assertEqual(self._places(self.last, self.orders[0], self.orders[-2]), [1, 2, MANY])
        held = self._held(self.last) | self._held(self.orders[0]) | self._held(self.orders[-2])
        self.assertEqual(
            held._get_backorder_places(),
            {
                self._held(order).id: place
                for order, place in zip(
                    (self.last, self.orders[0], self.orders[-2]), (1, 2, MANY), strict=True
                )
            },
        )
        self._stock(self.gadget, 1)
        self._run(self.secondary)
        self.assertTrue(self._released(self.last))

    def test_page_of_those_behind(self):
        """A filter that leaves out the heads of the queues."""
        behind = self.orders[-3:]
        found = self.env["stock.move"].web_search_read(
            [("sale_line_id.order_id", "in", behind.ids)],
            {"backorder_place": {}},
            limit=2,
            order="backorder_place",
        )
        self.assertEqual([line["backorder_place"] for line in found["records"]], [10, 11])
        self.assertEqual(found["length"], 3)

    def test_line_that_nothing_is_there_for_is_found(self):
        """What the plan leaves out has an answer in a search, too."""
        self._incoming(self.gadget, 1)
        unordered = self.env["stock.move"].search(
            [
                ("backorder_is_unordered", "=", True),
                ("sale_line_id.order_id", "in", self.orders.ids),
            ]
        )
        self.assertEqual(len(unordered), MANY - 1)
        self.assertNotIn(self._held(self.orders[0]), unordered)


@tagged("post_install", "-at_install")
class TestManyAlerts(AlertCommon):
    """Nobody is told of more than they can look after."""

    def test_earliest_promise_first_and_the_next_when_it_is_done(self):
        self.patch(backorder_alert_query_mixin, "MOST", 1)
        later, sooner = self._waiting(5, promised=9), self._waiting(5, promised=2)
        self._sweep()
        self.assertTrue(self._alerts(sooner, "promise"))
        self.assertFalse(self._alerts(later, "promise"))
        self._sweep()
        self.assertFalse(self._alerts(later, "promise"), "one is open still")
        self._alerts(sooner, "promise").action_feedback()
        self._sweep()
        self.assertTrue(self._alerts(later, "promise"))
        self.assertFalse(self._alerts(sooner, "promise"), "closed by hand: not said again")

    def test_each_salesperson_has_their_own(self):
        self.patch(backorder_alert_query_mixin, "MOST", 1)
        other = self._user("bo_other", "sales_team.group_sale_salesman")
        orders = self._waiting(5, promised=9) | self._waiting(5, promised=2, user_id=other.id)
        self._sweep()
        self.assertTrue(all(self._alerts(order, "promise") for order in orders))

    def test_note_follows_the_date_and_is_not_written_without_need(self):
        order = self._waiting(33, promised=2)
        receipt = self._expect(9)
        self._sweep()
        activity = self._alerts(order, "promise")
        note = activity.note
        receipt.move_ids.date = fields.Datetime.now() + timedelta(days=20)
        self._sweep()
        self.assertNotEqual(activity.note, note)
        digest = order.backorder_alert_digest
        self._sweep()
        self.assertEqual(order.backorder_alert_digest, digest)
