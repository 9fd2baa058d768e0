from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import QueueCommon


@tagged("post_install", "-at_install")
class TestOneQueue(QueueCommon):
    """Whatever takes from stock and lacks goods stands in one queue, marked or not."""

    def _deliver(self, quantity, promised=None, product=None, **values):
        """Confirm an order that waits in a transfer, not marked; promised in so many days."""
        if promised is not None:
            values["commitment_date"] = fields.Datetime.now() + timedelta(days=promised)
        return self._order((product or self.gadget, quantity), **values)

    def _reserved(self, *orders):
        return [sum(order.order_line.move_ids.mapped("quantity")) for order in orders]

    def _lose(self, quantity=0):
        """Count the shelf: this much is left."""
        self._count(self.gadget, quantity)

    # Who is served

    def test_waiting_delivery_is_served_before_held_demand_promised_later(self):
        held = self._waiting(10, promised=20)
        sooner = self._deliver(10, promised=2)
        self._stock(self.gadget, 10)
        self._run()
        self.assertEqual(self._reserved(sooner), [10])
        self.assertHeld(held, 10)

    def test_held_demand_promised_sooner_is_served_before_a_waiting_delivery(self):
        """Counter-test."""
        later = self._deliver(10, promised=20)
        held = self._waiting(10, promised=2)
        self._stock(self.gadget, 10)
        self._run()
        self.assertEqual(self._reserved(later), [0])
        self.assertHeld(held, 0)

    def test_receipt_serves_the_queue_and_not_whom_odoo_would_take_first(self):
        """Odoo goes by the date of the move; nothing is marked."""
        sooner, later = self._deliver(5, promised=9), self._deliver(5, promised=2)
        sooner.order_line.move_ids.date -= timedelta(days=30)
        self._receive(self.gadget, 5)
        self.assertEqual(self._reserved(sooner, later), [0, 5])

    def test_newcomer_waits_behind_a_delivery_nobody_marked(self):
        ahead = self._deliver(5, promised=1)
        self._stock(self.gadget, 5)
        newcomer = self._deliver(5, promised=3)
        self.assertEqual(self._reserved(newcomer), [0])
        self.assertTrue(newcomer.picking_ids.backorder_is_guarded)
        self._run(self.secondary)
        self.assertEqual(self._reserved(ahead, newcomer), [5, 0])

    def test_feature_off_leaves_the_order_to_odoo(self):
        """Counter-test."""
        self.company.backorder_automation = False
        self._deliver(5, promised=1)
        self._stock(self.gadget, 5)
        self.assertEqual(self._reserved(self._deliver(5, promised=3)), [5])

    def test_goods_on_a_shelf_below_stock_serve_what_waits_in_a_transfer(self):
        order = self._deliver(5)
        self._receive(self.gadget, 5, self.shelf)
        self.assertTrue(self._triggers(self.primary))
        self._run(self.primary)
        self.assertEqual(self._reserved(order), [5])

    def test_partly_reserved_delivery_asks_for_the_rest_only(self):
        self._stock(self.gadget, 4)
        order = self._deliver(10, promised=1)
        behind = self._waiting(3, promised=5)
        self._stock(self.gadget, 8)
        self._run()
        self.assertEqual(self._reserved(order, behind), [10, 2])
        self.assertHeld(behind, 1)

    def test_reserved_by_hand_keeps_its_place_and_takes_nothing_yet(self):
        self.warehouse.out_type_id.reservation_method = "manual"
        by_hand = self._deliver(5, promised=1)
        held = self._waiting(5, promised=9)
        self._stock(self.gadget, 5)
        move = by_hand.order_line.move_ids
        self.assertEqual((move.backorder_place, move.backorder_reason_code), (1, "manual"))
        self._run()
        self.assertEqual(self._reserved(by_hand, held), [0, 5])

    def test_reserved_by_hand_is_first_when_somebody_does_it(self):
        """Counter-test."""
        self.warehouse.out_type_id.reservation_method = "manual"
        by_hand = self._deliver(5, promised=1)
        self._waiting(5, promised=9)
        self._stock(self.gadget, 5)
        by_hand.picking_ids.action_assign()
        self.assertEqual(self._reserved(by_hand), [5])

    def test_reserved_some_days_before_waits_for_its_day(self):
        self.warehouse.out_type_id.write(
            {"reservation_method": "by_date", "reservation_days_before": 2}
        )
        later = self._deliver(5, promised=10)
        self._stock(self.gadget, 5)
        self._run()
        self.assertEqual(self._reserved(later), [0])
        line = self._plan()[later.order_line.move_ids.id]
        self.assertEqual(line.expected_date.date(), later.order_line.move_ids.reservation_date)

    def test_another_transfer_of_ours_stands_in_the_queue_too(self):
        internal = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.int_type_id.id,
                "location_id": self.stock.id,
                "location_dest_id": self.shelf.copy({"name": "Elsewhere"}).id,
                "move_ids": [
                    fields.Command.create(
                        {
                            "product_id": self.gadget.id,
                            "product_uom_qty": 5,
                            "location_id": self.stock.id,
                            "location_dest_id": self.shelf.id,
                        }
                    )
                ],
            }
        )
        internal.action_confirm()
        held = self._waiting(5, promised=-1)
        plan = self._plan()
        self.assertEqual(plan[internal.move_ids.id].place, 2)
        self.assertEqual(plan[self._held(held).id].place, 1)

    # Dates

    def test_two_receipts_and_an_urgent_delivery_ahead(self):
        """10 on day 5 and 10 on day 12; 10 are wanted ahead of the 3: these are there on day 12."""
        ahead = self._deliver(10)
        ahead.order_line.move_ids.priority = "1"
        held = self._waiting(3)
        now = fields.Datetime.now()
        for days in (5, 12):
            self._incoming(self.gadget, 10).move_ids.date = now + timedelta(days)
        dates = [
            (move.backorder_expected_date - now).days
            for move in (ahead.order_line.move_ids, self._held(held))
        ]
        self.assertEqual(dates, [5, 12])
        self.assertEqual(held.backorder_expected_date.date(), (now + timedelta(12)).date())

    def test_overdue_receipt_is_no_date_of_the_past(self):
        order = self._waiting(5)
        receipt = self._incoming(self.gadget, 5)
        receipt.move_ids.date = fields.Datetime.now() - timedelta(days=3)
        held = self._held(order)
        self.assertFalse(held.backorder_expected_date)
        self.assertRegex(held.backorder_reason, f"{receipt.name} has been overdue since")
        self.assertFalse(held.backorder_is_unordered)

    # Why it waits

    def test_waiting_delivery_says_why(self):
        self._waiting(5, promised=1)
        order = self._deliver(5, promised=2)
        receipt = self._incoming(self.gadget, 5)
        move = order.order_line.move_ids
        self.assertEqual((move.backorder_place, move.backorder_reason_code), (2, "nothing"))
        self._incoming(self.gadget, 5)
        self.env.invalidate_all()
        self.assertEqual(move.backorder_reason_code, "expected")
        self.assertEqual(order.order_line.backorder_reason, move.backorder_reason)
        self.assertEqual(order.order_line.backorder_place, 2)
        self.assertIn(
            f"place 2 in the queue: {move.backorder_reason}",
            order.picking_ids.backorder_waiting_text,
        )
        receipt.action_cancel()
        self.assertEqual(move.backorder_reason_code, "nothing")

    def test_delivery_with_its_goods_has_nothing_to_say(self):
        """Counter-test; nor has one where the feature is off."""
        self._stock(self.gadget, 5)
        self.assertFalse(self._deliver(5).picking_ids.backorder_waiting_text)
        self.company.backorder_automation = False
        self.assertFalse(self._deliver(5).picking_ids.backorder_waiting_text)

    # Goods that are gone

    def _released_order(self, quantity=4, **values):
        """Hold and release an order; return it and its new transfer."""
        order = self._waiting(quantity, **values)
        self._stock(self.gadget, quantity)
        self._run(self.secondary)
        self.assertEqual(self._released(order).state, "assigned")
        return order, self._released(order)

    def test_released_line_that_lost_its_goods_says_so(self):
        order, transfer = self._released_order()
        self._lose()
        move = transfer.move_ids
        self.assertEqual((move.backorder_place, move.backorder_reason_code), (1, "nothing"))
        self.assertIn(f"{transfer.name} was released and lost its goods", move.backorder_reason)
        self.assertNotEqual(order.order_line._get_backorder_customer_text(), "Being prepared")

    def test_released_line_with_its_goods_says_released(self):
        """Counter-test."""
        order, transfer = self._released_order()
        self.assertEqual(transfer.move_ids.backorder_reason, f"Released: {transfer.name}")
        self.assertEqual(order.order_line._get_backorder_customer_text(), "Being prepared")

    def test_lost_goods_go_back_to_whoever_lost_them(self):
        """And not to somebody promised later."""
        order, transfer = self._released_order(promised=2)
        later = self._waiting(4, promised=20)
        self._lose()
        self._receive(self.gadget, 4)
        self._run()
        self.assertEqual(self._reserved(order), [4])
        self.assertHeld(later, 4)

    def test_run_leaves_no_released_transfer_without_goods(self):
        order, transfer = self._released_order()
        since = transfer.move_ids.backorder_date
        self._lose()
        self._run(self.secondary)
        self.assertEqual(transfer.state, "cancel")
        self.assertHeld(order, 4)
        self.assertEqual(self._held(order).backorder_date, since, "in its old place")
        note = order.message_ids[:1].body
        self.assertRegex(note, f"{transfer.name} lost its goods in the count of")
        activity = order.activity_ids.filtered(lambda a: a.summary == "A back order lost its goods")
        self.assertEqual(activity.user_id, self.salesperson)
        self._receive(self.gadget, 4)
        self._run()
        self.assertHeld(order, 0)

    def test_what_is_left_of_its_goods_stays_in_the_transfer(self):
        order, transfer = self._released_order()
        self._lose(3)
        self._run(self.secondary)
        self.assertEqual((transfer.state, transfer.move_ids.quantity), ("assigned", 3))
        self.assertHeld(order, 1)

    def test_unreserved_is_reserved_again_where_its_goods_are_still_there(self):
        order, transfer = self._released_order()
        transfer.do_unreserve()
        self._run(self.secondary)
        self.assertEqual(transfer.state, "assigned")
        self.assertHeld(order, 0)

    def test_unreserved_and_taken_says_so(self):
        order, transfer = self._released_order(promised=9)
        transfer.do_unreserve()
        self._deliver(4, promised=1)
        self._run(self.secondary)
        self.assertHeld(order, 4)
        self.assertIn(f"{transfer.name} was unreserved", order.message_ids[:1].body)

    def test_waiting_delivery_that_was_never_released_stays_a_transfer(self):
        """Counter-test: only what we released do we take back."""
        order = self._deliver(4)
        self._run()
        self.assertEqual(order.picking_ids.state, "confirmed")
        self.assertFalse(order.is_backordered)
