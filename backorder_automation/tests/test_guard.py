from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import QueueCommon


@tagged("post_install", "-at_install")
class TestGuard(QueueCommon):
    """Five doors, one winner: urgent held 33, ordinary newcomer 40, 40 arrive."""

    def setUp(self):
        super().setUp()
        self.held_order = self._waiting(33, urgent=True)

    def _assert_winner(self, newcomer):
        self._run()
        self.assertHeld(self.held_order, 0)
        self.assertEqual(self._released(self.held_order).move_ids.quantity, 33)
        self.assertEqual(sum(newcomer.order_line.move_ids.mapped("quantity")), 7)

    def test_door_new_order(self):
        self._stock(self.gadget, 40)
        self._assert_winner(self._order((self.gadget, 40)))

    def test_door_receipt(self):
        newcomer = self._order((self.gadget, 40))
        self._receive(self.gadget, 40)
        self._assert_winner(newcomer)

    def test_door_check_availability(self):
        newcomer = self._order((self.gadget, 40))
        self._stock(self.gadget, 40)
        newcomer.picking_ids.action_assign()
        self._assert_winner(newcomer)

    def test_door_scheduler(self):
        newcomer = self._order((self.gadget, 40))
        self._stock(self.gadget, 40)
        self.env["stock.rule"].run_scheduler()
        self._assert_winner(newcomer)

    def _allocate(self, order, receipt, quantity):
        """Press Assign for an order in the reception report."""
        self.env["report.stock.report_reception"].action_assign(
            order.order_line.move_ids.ids, [quantity], [receipt.move_ids.ids]
        )

    def _finish(self, receipt):
        receipt.move_ids.write({"quantity": receipt.move_ids.product_uom_qty, "picked": True})
        receipt.button_validate()

    def test_door_allocation_report(self):
        newcomer = self._order((self.gadget, 40))
        receipt = self._incoming(self.gadget, 40)
        self._allocate(newcomer, receipt, 40)
        self._finish(receipt)
        self._assert_winner(newcomer)

    def test_door_allocation_report_of_a_done_receipt(self):
        newcomer = self._order((self.gadget, 40))
        receipt = self._receive(self.gadget, 40)
        self._allocate(newcomer, receipt, 40)
        self._assert_winner(newcomer)

    def test_allocation_with_nothing_left_changes_nothing(self):
        newcomer = self._order((self.gadget, 33))
        receipt = self._incoming(self.gadget, 33)
        self._allocate(newcomer, receipt, 33)
        self.assertFalse(newcomer.order_line.move_ids.move_orig_ids)
        self._finish(receipt)
        self._run()
        self.assertEqual(self._released(self.held_order).move_ids.quantity, 33)

    def test_allocation_where_nobody_waits_is_whole(self):
        """Counter-test."""
        newcomer = self._order((self.gizmo, 40))
        receipt = self._incoming(self.gizmo, 40)
        self._allocate(newcomer, receipt, 40)
        self.assertEqual(newcomer.order_line.move_ids.move_orig_ids, receipt.move_ids)
        self._waiting(33, product=self.gizmo, urgent=True)
        self._finish(receipt)
        self.assertEqual(newcomer.order_line.move_ids.quantity, 40)

    def test_allocation_takes_the_ids_as_odoo_does(self):
        """One id instead of a list, and more receipts than deliveries, as in its own tests."""
        newcomer = self._order((self.gizmo, 40))
        receipts = self._incoming(self.gizmo, 5) | self._incoming(self.gizmo, 3)
        self.env["report.stock.report_reception"].action_assign(
            newcomer.picking_ids.move_ids.ids, [5], receipts.move_ids.ids
        )
        self.assertEqual(receipts[0].move_ids.move_dest_ids.product_qty, 5)
        self.assertFalse(receipts[1].move_ids.move_dest_ids)

    def test_allocation_takes_what_nobody_ahead_needs(self):
        """The first in the queue, with stock for it; and a receipt too late for others."""
        ahead = self._order((self.gadget, 10), commitment_date="2020-01-01")
        self._held(self.held_order).priority = "0"
        self._stock(self.gadget, 10)
        receipt = self._incoming(self.gadget, 10)
        self._allocate(ahead, receipt, 10)
        self.assertEqual(ahead.order_line.move_ids.move_orig_ids, receipt.move_ids)
        behind = self._order((self.gadget, 10), commitment_date="2099-01-01")
        soon, late = self._incoming(self.gadget, 33), self._incoming(self.gadget, 10)
        late.move_ids.date = soon.move_ids.date + timedelta(days=7)
        self._allocate(behind, late, 10)
        self.assertEqual(behind.order_line.move_ids.move_orig_ids, late.move_ids)

    def test_what_is_allocated_already_is_expected_by_nobody_else(self):
        newcomer = self._order((self.gizmo, 40))
        receipt = self._incoming(self.gizmo, 45)
        self._allocate(newcomer, receipt, 40)
        late = self._waiting(10, product=self.gizmo)
        line = self._plan(self.gizmo)[self._held(late).id]
        self.assertEqual(line.brought[0][:2], (receipt.move_ids.id, 5))
        self.assertFalse(line.expected_date)

    def test_newcomer_ahead_in_the_queue_is_served_first(self):
        """Counter-test: the guard keeps places, it does not favour back orders."""
        self._held(self.held_order).priority = "0"
        self._stock(self.gadget, 40)
        newcomer = self._order((self.gadget, 40), confirm=False)
        newcomer.commitment_date = fields.Datetime.now() - timedelta(days=3)
        newcomer.action_confirm()
        self.assertEqual(newcomer.order_line.move_ids.quantity, 40)

    def test_other_products_are_free(self):
        self._stock(self.gizmo, 5)
        self.assertEqual(self._order((self.gizmo, 5)).picking_ids.state, "assigned")

    def test_switched_off_guards_nothing(self):
        self.company.backorder_automation = False
        self._released(self.held_order).do_unreserve()
        self._stock(self.gadget, 40)
        self.assertEqual(self._order((self.gadget, 40)).order_line.move_ids.quantity, 40)

    def test_guarded_transfer_says_so_and_manager_takes_anyway(self):
        self._stock(self.gadget, 40)
        newcomer = self._order((self.gadget, 40))
        transfer = newcomer.picking_ids
        self.assertTrue(transfer.backorder_is_guarded)
        with self.assertRaises(AccessError):
            transfer.with_user(self.shipper).action_backorder_take_anyway()
        transfer.with_user(self.manager).action_backorder_take_anyway()
        self.assertEqual(transfer.move_ids.quantity, 40)
        self.assertFalse(transfer.backorder_is_guarded)
        for order in (newcomer, self.held_order):
            self.assertIn("ahead of the queue", order.message_ids[0].body)

    def test_newcomer_leaves_the_shelf_that_others_need(self):
        """Odoo takes the oldest goods, which lie on the one shelf the held line may take from."""
        other_shelf = self.shelf.copy({"name": "Shelf 2"})
        for needed in (self.shelf, other_shelf):
            product = self._product(f"Of {needed.name}")
            order = self._waiting(5, product=product, urgent=True)
            self._held(order).location_id = needed
            for shelf in (self.shelf, other_shelf):
                since = fields.Datetime.now() - timedelta(days=9 if shelf == needed else 1)
                self.env["stock.quant"]._update_available_quantity(product, shelf, 5, in_date=since)
            newcomer = self._order((product, 5), commitment_date="2099-01-01")
            self.assertEqual(newcomer.order_line.move_ids.quantity, 5)
            self.assertEqual(self._served(order), [5])

    def test_transfer_is_not_called_guarded_where_nobody_is_ahead(self):
        """Two lines of it want the same stock; or what is there makes no full pack."""
        self._held(self.held_order).write({"priority": "0", "date_deadline": "2099-01-01"})
        self.warehouse.out_type_id.reservation_method = "manual"
        twice = self._order(
            (self.gadget, 5), (self.gadget, 5), commitment_date=fields.Datetime.now()
        )
        self._stock(self.gadget, 5)
        self.env.invalidate_all()
        self.assertFalse(twice.picking_ids.backorder_is_guarded)
        dozen = self.env.ref("uom.product_uom_dozen")
        self.gadget.uom_ids = dozen
        self.gadget.categ_id = self.env["product.category"].create(
            {"name": "Packed", "packaging_reserve_method": "full"}
        )
        packed = self._order((self.gadget, 1), confirm=False, commitment_date=fields.Datetime.now())
        packed.order_line.product_uom_id = dozen
        packed.action_confirm()
        self.env.invalidate_all()
        self.assertFalse(packed.picking_ids.backorder_is_guarded)

    def test_release_that_sets_a_replenishment_in_motion_opens_no_door(self):
        """What a release starts beside itself stands in the queue like everybody."""
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OWH"})
        self.warehouse.resupply_wh_ids = other
        route = self.warehouse.resupply_route_ids
        self.gizmo.route_ids = route
        there = self._waiting(5, product=self.gizmo, warehouse_id=other.id)
        self._stock(self.gizmo, 5, other.lot_stock_id)
        here = self._waiting(8, product=self.gizmo)
        self.warehouse.out_type_id.write(
            {"auto_batch": True, "batch_group_by_partner": True, "batch_auto_confirm": True}
        )
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.gizmo.id,
                "location_id": self.stock.id,
                "warehouse_id": self.warehouse.id,
                "product_min_qty": 0,
                "product_max_qty": 0,
                "route_id": route.id,
                "trigger": "auto",
            }
        )
        self._stock(self.gizmo, 3)
        self._held(here).with_user(self.manager).action_backorder_release()
        self.assertTrue(self._released(here).batch_id)
        self.assertEqual(self._served(there), [5])

    def test_confirming_costs_one_query_where_nobody_waits(self):
        def confirm_cost(active):
            self.company.backorder_automation = active
            self._stock(self.gizmo, 5)
            order = self._order((self.gizmo, 5), confirm=False)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            order.action_confirm()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        confirm_cost(True)
        self.assertLessEqual(confirm_cost(True) - confirm_cost(False), 1)

    def test_lowering_an_order_keeps_what_it_had_reserved(self):
        """Odoo unreserves a lowered move: those who wait must not slip in."""
        self._stock(self.gizmo, 33)
        rival = self._order((self.gizmo, 33), commitment_date="2099-01-01")
        self._waiting(5, product=self.gizmo, promised=1)
        rival.order_line.product_uom_qty = 13
        self.assertEqual(rival.order_line.move_ids.quantity, 13)
