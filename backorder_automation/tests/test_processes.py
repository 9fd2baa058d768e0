from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestPrimary(BackorderCommon):
    """Goods come in; the job gives waiting demand its transfer."""

    def test_receipt_is_released_by_the_job(self):
        order = self._short()
        first = order.picking_ids
        self._receive(self.gadget, 33)
        self.assertHeld(order, 33)
        self._run(self.primary)
        new = order.picking_ids - first
        self.assertEqual(len(new), 1)
        self.assertEqual(new.state, "assigned")
        self.assertEqual(new.move_ids.product_uom_qty, 33)
        self.assertEqual(new.move_line_ids.quantity, 33)
        self.assertEqual(new.backorder_id, first)
        self.assertEqual(new.sale_id, order)
        self.assertEqual(new.partner_id, first.partner_id)
        self.assertTrue(order.is_backordered)
        self.assertHeld(order, 0)

    def test_receipt_wakes_the_job_and_does_not_do_its_work(self):
        order = self._short()
        before = self._triggers(self.primary)
        self._receive(self.gadget, 33)
        self.assertEqual(self._triggers(self.primary), before + 1)
        self.assertHeld(order, 33)

    def test_receipt_nobody_waits_for_wakes_nothing(self):
        self._short()
        before = self._triggers(self.primary)
        self._receive(self.gizmo, 33)
        self.assertEqual(self._triggers(self.primary), before)

    def test_receipt_into_a_shelf_below_stock(self):
        order = self._short()
        before = self._triggers(self.primary)
        self._receive(self.gadget, 33, self.shelf)
        self.assertEqual(self._triggers(self.primary), before + 1)
        self._run(self.primary)
        self.assertEqual(self._released(order).move_line_ids.location_id, self.shelf)

    def test_receipt_elsewhere_does_not_serve(self):
        """Counter-test: stock of another warehouse is not ours to give."""
        order = self._short()
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OWH"})
        self._receive(self.gadget, 33, warehouse=other)
        self._run()
        self.assertHeld(order, 33)

    def test_receipt_in_three_steps_serves_at_the_last(self):
        self.warehouse.reception_steps = "three_steps"
        order = self._short()
        receipt = self._receive(self.gadget, 33)
        self._run()
        self.assertHeld(order, 33)
        move = receipt.move_ids
        while move.move_dest_ids:
            move = move.move_dest_ids
            move.picked = True
            move.picking_id.button_validate()
        self.assertEqual(move.location_dest_id, self.stock)
        self._run(self.primary)
        self.assertEqual(self._released(order).state, "assigned")

    def test_customer_return_serves_the_next(self):
        order = self._short()
        self._receive(self.gadget, 10)
        self.assertTrue(self.env["stock.move"]._get_backorder_arrived_products())
        self._run(self.primary)
        self.assertEqual(self._released(order).move_ids.product_uom_qty, 10)

    def test_partial_arrivals(self):
        order = self._short()
        self._receive(self.gadget, 20)
        self._run(self.primary)
        self.assertEqual(self._released(order).move_ids.product_uom_qty, 20)
        self.assertHeld(order, 13)
        self.assertEqual(order.order_line.qty_backordered, 33)
        self._receive(self.gadget, 13)
        self._run(self.primary)
        self.assertEqual(sorted(self._released(order).move_ids.mapped("product_uom_qty")), [13, 20])
        self.assertHeld(order, 0)

    def test_arrival_while_the_job_was_off_is_caught_up(self):
        order = self._short()
        self.primary.active = False
        self._receive(self.gadget, 33)
        self.primary.active = True
        self._run(self.primary)
        self.assertEqual(self._released(order).move_ids.product_uom_qty, 33)

    def test_primary_leaves_other_free_stock_to_the_secondary(self):
        order = self._short()
        self._count(self.gadget, 33)
        self._run(self.primary)
        self.assertHeld(order, 33)
        self._run(self.secondary)
        self.assertHeld(order, 0)

    def test_running_twice_changes_nothing(self):
        order = self._short()
        self._receive(self.gadget, 20)
        self._run()
        transfers = order.picking_ids
        self._run()
        self.assertEqual(order.picking_ids, transfers)
        self.assertHeld(order, 13)

    def test_two_customers_never_share_a_transfer(self):
        other = self.env["res.partner"].create({"name": "Other"})
        first, second = self._short(10, 5), self._short(10, 5, partner=other)
        self._receive(self.gadget, 10)
        self._run(self.primary)
        self.assertNotEqual(self._released(first), self._released(second))
        self.assertEqual(self._released(second).partner_id, other)

    def test_scheduled_date_is_not_in_the_past_and_the_note_comes_along(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8))
        order.picking_ids.note = "Ring twice"
        order.picking_ids.move_ids.date = "2020-01-01 10:00:00"
        self._ship(order.picking_ids, 5).process()
        self._receive(self.gadget, 3)
        self._run(self.primary)
        new = self._released(order)
        self.assertGreaterEqual(new.scheduled_date, order.create_date.replace(microsecond=0))
        self.assertIn("Ring twice", new.note)

    def test_urgent_transfer_and_rest_stay_urgent(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 50))
        order.picking_ids.priority = "1"
        self._ship(order.picking_ids, 5).process()
        self._receive(self.gadget, 20)
        self._run(self.primary)
        self.assertEqual(self._released(order).priority, "1")
        self.assertEqual(self._held(order).priority, "1")

    def test_new_line_gets_its_own_delivery(self):
        """An in-stock line added while 33 are held is neither swallowed nor swallows."""
        order = self._short()
        self._stock(self.gizmo, 5)
        order.order_line = [
            fields.Command.create({"product_id": self.gizmo.id, "product_uom_qty": 5})
        ]
        self.assertEqual(self._released(order).move_ids.product_id, self.gizmo)
        self._receive(self.gadget, 33)
        self._run(self.primary)
        self.assertEqual(len(self._released(order)), 2)

    def test_one_failing_order_does_not_stop_the_others(self):
        orders = [self._short(10, 5) for _i in range(3)]
        bad = self._held(orders[1])
        self._receive(self.gadget, 15)
        original = type(bad)._get_new_picking_values

        def poison(moves):
            if bad in moves:
                raise ValueError("Broken on purpose")
            return original(moves)

        with patch.object(self.registry["stock.move"], "_get_new_picking_values", poison):
            self._run(self.primary)
        self.assertHeld(orders[0], 0)
        self.assertHeld(orders[1], 5)
        self.assertHeld(orders[2], 0)
        self.assertEqual(bad.backorder_error, "Broken on purpose")
        self.assertIn("Broken on purpose", bad.backorder_reason)
        self._run(self.primary)
        self.assertHeld(orders[1], 5)
        bad.backorder_retry_date = fields.Datetime.now()
        self._run(self.primary)
        self.assertHeld(orders[1], 0)


@tagged("post_install", "-at_install")
class TestSecondary(BackorderCommon):
    """Stock is free for another reason."""

    def _assert_served_by_secondary(self, order, quantity, woken=1):
        self._run(self.secondary)
        self.assertEqual(self._released(order).move_ids.product_uom_qty, quantity)

    def test_inventory_count(self):
        order = self._short()
        before = self._triggers(self.secondary)
        self._count(self.gadget, 33)
        self.assertGreater(self._triggers(self.secondary), before)
        self._assert_served_by_secondary(order, 33)

    def test_cancelled_order(self):
        self._stock(self.gadget, 533)
        rival = self._order((self.gadget, 33))
        order = self._order((self.gadget, 533))
        self._ship(order.picking_ids, 500).process()
        before = self._triggers(self.secondary)
        rival._action_cancel()
        self.assertGreater(self._triggers(self.secondary), before)
        self._assert_served_by_secondary(order, 33)

    def test_unreserved_delivery(self):
        self._stock(self.gadget, 533)
        rival = self._order((self.gadget, 33))
        order = self._order((self.gadget, 533))
        self._ship(order.picking_ids, 500).process()
        before = self._triggers(self.secondary)
        behind = fields.Datetime.add(fields.Datetime.now(), days=1)  # whatever the clock says
        rival.picking_ids.move_ids.date_deadline = behind
        rival.picking_ids.do_unreserve()
        self.assertGreater(self._triggers(self.secondary), before)
        self._assert_served_by_secondary(order, 33)

    def test_lowered_order_line(self):
        self._stock(self.gadget, 533)
        rival = self._order((self.gadget, 33))
        order = self._order((self.gadget, 533))
        self._ship(order.picking_ids, 500).process()
        before = self._triggers(self.secondary)
        rival.order_line.product_uom_qty = 13
        self.assertGreater(self._triggers(self.secondary), before)
        self._run(self.secondary)
        self.assertHeld(order, 13)

    def test_receipt_corrected_upwards(self):
        """Its date is before the back order: the primary process has seen it already."""
        receipt = self._receive(self.gadget, 1)
        order = self._short(5, 0)
        self.assertHeld(order, 4)
        receipt.action_toggle_is_locked()
        before = self._triggers(self.secondary)
        receipt.move_ids.quantity = 3
        self.assertGreater(self._triggers(self.secondary), before)
        self._run(self.secondary)
        self.assertHeld(order, 2)

    def test_nothing_free_releases_nothing(self):
        order = self._short()
        self._run(self.secondary)
        self.assertHeld(order, 33)

    def test_ship_complete_order_waits_for_everything(self):
        self._stock(self.gadget, 5)
        self._stock(self.gizmo, 5)
        order = self._order((self.gadget, 8), (self.gizmo, 8), picking_policy="one")
        order.picking_ids.move_ids.write({"quantity": 5, "picked": True})
        self._validate(order.picking_ids).process()
        self._count(self.gadget, 3)
        self._run()
        self.assertEqual(sum(self._held(order).mapped("product_uom_qty")), 6)
        self.assertEqual(self.gadget.with_context(location=self.stock.id).free_qty, 3)
        self._receive(self.gizmo, 3)
        self._run(self.primary)
        self.assertEqual(len(self._released(order)), 1)
        self.assertEqual(self._released(order).state, "assigned")
