from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestHold(BackorderCommon):
    """The shipper ships 500 of 533 and marks the rest as back ordered."""

    def test_shortfall_is_held_without_a_transfer(self):
        order = self._short()
        self.assertHeld(order, 33)
        self.assertEqual(len(order.picking_ids), 1)
        self.assertEqual(order.picking_ids.state, "done")
        self.assertEqual(order.order_line.qty_delivered, 500)
        self.assertEqual(order.order_line.qty_backordered, 33)
        self.assertEqual(order.delivery_status, "partial")

    def test_held_demand_is_in_the_forecast_exactly_once(self):
        self._short()
        self.assertEqual(self._forecast(self.gadget), -33)

    def test_reordering_rule_sees_held_demand_exactly_once(self):
        self._short()
        rule = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.gadget.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.stock.id,
                "product_min_qty": 0,
                "product_max_qty": 0,
            }
        )
        self.assertEqual(rule.qty_forecast, -33)
        self.assertEqual(rule.qty_to_order, 33)

    def test_forecast_report_names_the_order_and_the_customer(self):
        order = self._short()
        report = self.env["stock.forecasted_product_product"].with_context(
            warehouse_id=self.warehouse.id
        )
        lines = report.get_report_values(docids=self.gadget.ids)["docs"]["lines"]
        self.assertEqual([line["quantity"] for line in lines], [33])
        self.assertEqual(lines[0]["document_out"]["id"], order.id)
        self.assertEqual(lines[0]["backorder_customer"], self.customer.name)

    def test_delivery_slip_shows_what_is_back_ordered(self):
        order = self._short()
        aggregated = order.picking_ids.move_line_ids._get_aggregated_product_quantities()
        (line,) = aggregated.values()
        self.assertEqual((line["qty_ordered"], line["quantity"]), (533, 500))
        slip = self.env["ir.qweb"]._render(
            "stock.report_delivery_document",
            {"o": order.picking_ids, "docs": order.picking_ids, "env": self.env},
        )
        self.assertIn("Back ordered", slip)
        self.assertRegex(str(slip), r"\b33\b")

    def test_delivery_slip_shows_a_line_that_was_not_shipped_at_all(self):
        self._stock(self.gizmo, 5)
        order = self._order((self.gizmo, 5), (self.gadget, 7))
        self._ship(order.picking_ids, 5, self.gizmo).process()
        lines = order.picking_ids.move_line_ids._get_aggregated_product_quantities().values()
        ordered = {line["product"]: (line["qty_ordered"], line["quantity"]) for line in lines}
        self.assertEqual(ordered, {self.gizmo: (5, 5), self.gadget: (7, 0)})

    def test_transfer_and_order_carry_the_flag(self):
        order = self._short()
        self.assertTrue(order.is_backordered)
        self.assertTrue(order.picking_ids.is_backordered)
        self.assertEqual(order.picking_ids.backorder_held_ids, self._held(order))
        self.assertIn(order, self.env["sale.order"].search([("is_backordered", "=", True)]))

    def test_flag_changes_are_in_the_chatter_of_the_order(self):
        self._stock(self.gadget, 500)
        order = self._order((self.gadget, 533))
        self._flush_tracking()
        self._ship(order.picking_ids, 500).process()
        self._flush_tracking()
        changes = order.message_ids.tracking_value_ids.filtered(
            lambda change: change.field_id.name == "is_backordered"
        )
        self.assertEqual(changes.mapped("new_value_integer"), [1])

    def test_transfer_says_what_was_marked(self):
        order = self._short()
        body = order.picking_ids.message_ids.filtered(lambda m: "back ordered" in m.body).body
        self.assertIn("33", body)
        self.assertIn("Gadget", body)

    def test_urgent_stays_urgent_while_held(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8))
        order.picking_ids.priority = "1"
        self._ship(order.picking_ids, 5).process()
        self.assertEqual(self._held(order).priority, "1")

    def test_part_in_stock_is_not_short(self):
        """40 of 533 are in stock although the shipper sends 500: only 13 are missing."""
        self._stock(self.gadget, 520)
        order = self._order((self.gadget, 533))
        self._ship(order.picking_ids, 500).process()
        self.assertHeld(order, 13)
        ready = self._released(order)
        self.assertEqual(ready.state, "assigned")
        self.assertEqual(ready.move_ids.product_uom_qty, 20)
        self.assertEqual(order.order_line.qty_backordered, 33)

    def test_order_shipping_complete_keeps_nothing_reserved(self):
        self._stock(self.gadget, 520)
        order = self._order((self.gadget, 533), picking_policy="one")
        self._ship(order.picking_ids, 500).process()
        self.assertHeld(order, 33)
        self.assertEqual(self.gadget.with_context(location=self.stock.id).free_qty, 20)

    def test_line_not_shipped_at_all_is_held_whole(self):
        self._stock(self.gizmo, 5)
        order = self._order((self.gizmo, 5), (self.gadget, 7))
        self._ship(order.picking_ids, 5, self.gizmo).process()
        self.assertHeld(order, 7)
        self.assertEqual(len(order.picking_ids), 1)

    def test_narrowed_source_is_widened(self):
        """A shelf chosen for the first delivery does not strand the rest."""
        self._stock(self.gadget, 5, self.shelf)
        order = self._order((self.gadget, 8))
        order.picking_ids.do_unreserve()
        order.picking_ids.location_id = self.shelf
        order.picking_ids.move_ids.location_id = self.shelf
        order.picking_ids.action_assign()
        self._ship(order.picking_ids, 5).process()
        self.assertEqual(self._held(order).location_id, self.stock)

    def test_held_demand_is_not_reserved_by_odoo(self):
        order = self._short()
        self._stock(self.gadget, 33)
        self.env["stock.rule"].run_scheduler()
        self._held(order)._action_assign()
        self.assertHeld(order, 33)

    def test_held_line_shows_its_order(self):
        order = self._short()
        self.assertEqual(self._held(order).reference, order.name)

    def test_mark_waiting_transfers_of_an_order(self):
        order = self._order((self.gadget, 33))
        transfer = order.picking_ids
        order.action_mark_backordered()
        self.assertHeld(order, 33)
        self.assertEqual(transfer.state, "cancel")
        self.assertEqual(order.delivery_status, "pending")

    def test_mark_keeps_what_is_reserved(self):
        self._stock(self.gadget, 20)
        order = self._order((self.gadget, 33))
        order.action_mark_backordered()
        self.assertHeld(order, 13)
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertEqual(order.picking_ids.move_ids.product_uom_qty, 20)

    def test_unmark_gives_a_standard_backorder(self):
        order = self._short()
        order.action_unmark_backordered()
        self.assertHeld(order, 0)
        self.assertFalse(order.is_backordered)
        backorder = self._released(order)
        self.assertEqual(backorder.state, "confirmed")
        self.assertEqual(backorder.move_ids.product_uom_qty, 33)
        self.assertEqual(backorder.backorder_id, order.picking_ids - backorder)
        self.assertEqual(self._forecast(self.gadget), -33)

    def test_give_back_reserves_like_odoo(self):
        order = self._short()
        self._stock(self.gadget, 33)
        order.action_unmark_backordered()
        self.assertEqual(self._released(order).state, "assigned")

    def test_switching_off_gives_everything_back(self):
        order = self._short()
        self.company.backorder_automation = False
        self.assertHeld(order, 0)
        self.assertEqual(self._released(order).move_ids.product_uom_qty, 33)
