from odoo.tests import tagged

from .common_roads import RoadsCommon


@tagged("post_install", "-at_install")
class TestRoadsMoney(RoadsCommon):
    """What may be invoiced while part of an order is held."""

    def _bill(self, order):
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def _policy(self, policy):
        self.gadget.write({"invoice_policy": policy, "list_price": 10, "taxes_id": False})

    def test_invoiced_on_delivery_never_too_early(self):
        self._policy("delivery")
        order = self._short()
        self.assertEqual(order.order_line.qty_to_invoice, 500)
        self.assertEqual(order.invoice_status, "to invoice")
        self.assertEqual(self._bill(order).amount_total, 5000)
        self.assertNotEqual(order.invoice_status, "invoiced")
        self._arrive(order, 33)
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        self.assertNotEqual(order.invoice_status, "invoiced")
        self._walk_to_customer(order)
        self.assertEqual(order.order_line.qty_to_invoice, 33)
        self.assertEqual(self._bill(order).amount_total, 330)
        self.assertEqual(order.invoice_status, "invoiced")

    def test_invoiced_on_order_once(self):
        self._policy("order")
        order = self._short()
        self.assertEqual(self._bill(order).amount_total, 5330)
        self.assertEqual(order.invoice_status, "invoiced")
        self._arrive(order, 33)
        self._walk_to_customer(order)
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        self.assertEqual(order.invoice_status, "invoiced")

    def test_lowered_after_the_invoice_on_order_asks_for_a_credit(self):
        self._policy("order")
        order = self._short()
        self._bill(order)
        order.order_line.product_uom_qty = 520
        self.assertHeld(order, 20)
        self.assertEqual(order.order_line.qty_to_invoice, -13)

    def test_returned_goods_are_credited_and_not_owed(self):
        self._policy("delivery")
        order = self._short()
        self._bill(order)
        self._return(order.picking_ids, 10)
        self.assertEqual(order.order_line.qty_to_invoice, -10)
        self.assertHeld(order, 33)

    def test_remainder_cancelled_by_decision_is_invoiced_as_delivered(self):
        self._policy("delivery")
        self._stock(self.gadget, 500)
        order = self._order((self.gadget, 533))
        wizard = self._ship(order.picking_ids, 500)
        wizard.shortfall_line_ids.decision = "cancel"
        wizard.process()
        self.assertEqual(order.order_line.qty_to_invoice, 500)
        self.assertFalse(order.is_backordered)

    def test_delivered_in_more_steps_is_invoiced_at_the_last(self):
        self._policy("delivery")
        self.warehouse.delivery_steps = "pick_ship"
        order = self._short()
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        self._walk_to_customer(order)
        self.assertEqual(order.order_line.qty_to_invoice, 500)

    def test_value_of_the_goods_follows_the_deliveries(self):
        self.gadget.categ_id = self.env["product.category"].create(
            {"name": "Average", "property_cost_method": "average"}
        )
        self.gadget.standard_price = 5
        order = self._short(10, 6)
        moves = order.picking_ids.move_ids
        self.assertEqual(abs(sum(moves.mapped("value"))), 30)
        self._arrive(order, 3)
        self._walk_to_customer(order)
        done = order.order_line.move_ids.filtered(lambda move: move.state == "done")
        self.assertEqual(abs(sum(done.mapped("value"))), 45)


@tagged("post_install", "-at_install")
class TestRoadsPlans(RoadsCommon):
    """Reordering rules order the shortage once and only once."""

    def setUp(self):
        super().setUp()
        self.supply = self._other_warehouse()
        self.warehouse.resupply_wh_ids = self.supply
        self.gadget.route_ids = self.warehouse.resupply_route_ids
        self.orderpoint = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.gadget.id,
                "location_id": self.stock.id,
                "warehouse_id": self.warehouse.id,
                "product_min_qty": 0,
                "product_max_qty": 0,
                "trigger": "auto",
                "route_id": self.warehouse.resupply_route_ids.id,
            }
        )

    def _plan_purchases(self):
        """Run the scheduler twice; return what was asked of the other warehouse in all."""
        for _run in range(2):
            self.env["stock.rule"].run_scheduler()
        moves = self.env["stock.move"].search(
            [
                ("product_id", "=", self.gadget.id),
                ("location_id", "child_of", self.supply.view_location_id.id),
                ("state", "!=", "cancel"),
            ]
        )
        return sum(moves.mapped("product_uom_qty"))

    def test_shortage_is_ordered_once_through_hold(self):
        order = self._short()
        self.assertEqual(self._plan_purchases(), 33)
        self.assertHeld(order, 33)

    def test_shortage_is_ordered_once_through_a_partial_release(self):
        order = self._short()
        self.assertEqual(self._plan_purchases(), 33)
        self._stock(self.gadget, 20)
        self._release()
        self.assertHeld(order, 13)
        self.assertEqual(self._plan_purchases(), 33)

    def test_shortage_ordered_before_the_hold_is_not_ordered_again(self):
        self._stock(self.gadget, 500)
        order = self._order((self.gadget, 533))
        self.assertEqual(self._plan_purchases(), 33)
        self._ship(order.picking_ids, 500).process()
        self.assertEqual(self._plan_purchases(), 33)

    def test_cancelled_and_confirmed_again_is_not_ordered_twice(self):
        order = self._short()
        self.assertEqual(self._plan_purchases(), 33)
        order._action_cancel()
        order.action_draft()
        order.action_confirm()
        order.action_mark_backordered()
        self.assertEqual(self._plan_purchases(), 33)

    def test_raised_order_orders_the_difference(self):
        order = self._short()
        self.assertEqual(self._plan_purchases(), 33)
        order.order_line.product_uom_qty = 540
        self.assertEqual(self._plan_purchases(), 40)

    def test_ordered_goods_arrive_and_are_released(self):
        order = self._short()
        self._plan_purchases()
        self._stock(self.gadget, 33, self.supply.lot_stock_id)
        for _step in range(4):
            moves = self.env["stock.move"].search(
                [
                    ("product_id", "=", self.gadget.id),
                    ("sale_line_id", "=", False),
                    ("state", "not in", ("done", "cancel")),
                ]
            )
            moves._action_assign()
            moves.filtered(lambda move: move.state == "assigned").picking_id.button_validate()
        self.env["stock.move"]._cron_backorder_primary()
        self.assertHeld(order, 0)
        self._walk_to_customer(order)
        self.assertComplete(order)
        self.assertEqual(self._plan_purchases(), 33)

    def test_replenishment_sees_held_demand_in_more_steps(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._short()
        self.assertEqual(self._plan_purchases(), 33)
        self.assertHeld(order, 33)
