from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common import PurchaseCommon


@tagged("post_install", "-at_install")
class TestPurchaseOrder(PurchaseCommon):
    """What an order's open receipts free."""

    def assertFrees(self, purchase, count, value):
        self.env.invalidate_all()
        self.assertEqual(purchase.backorder_line_count, count)
        self.assertAlmostEqual(purchase.backorder_value, value)
        rows = self._rows("freed", purchase_id=purchase.id)
        self.assertEqual(len(rows), count)
        self.assertAlmostEqual(sum(rows.mapped("value")), value)

    def test_earliest_purchase_serves_the_head_of_the_queue(self):
        first, second = self._waiting(5, promised=1), self._waiting(5, promised=2)
        late, soon = self._purchase((self.gadget, 9), days=9), self._purchase((self.gadget, 7))
        self.assertFrees(soon, 2, 70)
        self.assertFrees(late, 1, 30)
        rows = self._rows("freed", purchase_id=soon.id).sorted("promised_date")
        self.assertEqual(rows.mapped("order_name"), [first.name, second.name])
        self.assertEqual(rows.mapped("quantity"), [5, 2])
        self.assertEqual(rows.mapped("vendor_id"), self.vendor)
        self.assertEqual(rows.mapped("partner_id"), self.customer)

    def test_stat_button_opens_the_lines_it_counts(self):
        self._waiting(5)
        purchase = self._purchase((self.gadget, 5))
        self._waiting(5, product=self.gizmo)
        self._purchase((self.gizmo, 5))
        domain = purchase.with_user(self.buyer).action_view_backorders()["domain"]
        lines = self.env["backorder.freed.report"].with_user(self.buyer).search(domain)
        self.assertEqual(lines.product_id, self.gadget)
        self.assertEqual(len(lines), purchase.backorder_line_count)

    def test_quotation_frees_nothing(self):
        self._waiting(5)
        self.assertFrees(self._purchase((self.gadget, 5), confirm=False), 0, 0)

    def test_free_stock_comes_first(self):
        self._waiting(5)
        self._stock(self.gadget, 2)
        self.assertFrees(self._purchase((self.gadget, 5)), 1, 30)

    def test_received_order_frees_nothing_more(self):
        self._waiting(5)
        purchase = self._purchase((self.gadget, 5))
        purchase.picking_ids.move_ids.write({"quantity": 2, "picked": True})
        purchase.picking_ids.with_context(skip_backorder=True).button_validate()
        self.assertFrees(purchase, 1, 30)
        receipt = purchase.picking_ids.filtered(lambda picking: picking.state == "assigned")
        receipt.move_ids.write({"quantity": 3, "picked": True})
        receipt.button_validate()
        self.assertFrees(purchase, 0, 0)

    def test_receipt_in_two_steps_frees_from_its_first(self):
        self.warehouse.reception_steps = "two_steps"
        self._waiting(5)
        self.assertFrees(self._purchase((self.gadget, 5)), 1, 50)

    def test_receipt_of_another_warehouse_frees_nothing(self):
        self._waiting(5)
        self.assertFrees(self._purchase((self.gadget, 5), warehouse=self.other_warehouse), 0, 0)

    def test_feature_off_frees_nothing(self):
        self._waiting(5)
        purchase = self._purchase((self.gadget, 5))
        self.company.backorder_automation = False
        self.assertFrees(purchase, 0, 0)

    def test_value_of_a_line_sold_by_the_dozen(self):
        order = self._order((self.gadget, 1), confirm=False)
        order.order_line.write({"product_uom_id": self.dozen.id, "price_unit": 60})
        order.action_confirm()
        order.action_mark_backordered()
        self.assertFrees(self._purchase((self.gadget, 3)), 1, 15)

    def test_value_is_in_company_currency(self):
        currency = self.env["res.currency"].create({"name": "BOX", "symbol": "B"})
        currency.rate_ids = [Command.create({"name": "2020-01-01", "rate": 4})]
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id}
        )
        order = self._waiting(5, pricelist_id=pricelist.id)
        self.assertEqual(order.order_line.price_unit, 40)
        self.assertFrees(self._purchase((self.gadget, 5)), 1, 50)

    def test_parts_of_a_kit_share_its_price(self):
        if "backorder_kit_factor" not in self.env["stock.move"]._fields:
            self.skipTest("kits are not held here")
        kit = self._product("Kit", is_storable=False, list_price=100, taxes_id=False)
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": self.gadget.id, "product_qty": 4}),
                    Command.create({"product_id": self.gizmo.id, "product_qty": 1}),
                ],
            }
        )
        self._waiting(10, product=kit)
        self.assertFrees(self._purchase((self.gadget, 20)), 1, 250)
        self.assertFrees(self._purchase((self.gadget, 20), (self.gizmo, 10)), 2, 750)

    def test_late_is_what_comes_after_the_promise_or_past_it(self):
        self._waiting(5, promised=9)
        in_time = self._purchase((self.gadget, 5))
        self.assertFalse(self._rows("freed", purchase_id=in_time.id).is_late)
        self._waiting(5, promised=12)
        too_late = self._purchase((self.gadget, 5), days=20)
        self.assertTrue(self._rows("freed", purchase_id=too_late.id).is_late)

    def test_overdue_receipt_does_not_hide_a_promise_that_has_passed(self):
        self._waiting(5, promised=-2)
        purchase = self._purchase((self.gadget, 5), days=-3)
        row = self._rows("freed", purchase_id=purchase.id)
        self.assertGreaterEqual(
            row.expected_date.date(), fields.Date.today(), "no date of the past"
        )
        self.assertTrue(row.is_late)

    def test_nothing_is_late_where_nothing_was_promised(self):
        self._waiting(5)
        row = self._rows("freed", purchase_id=self._purchase((self.gadget, 5), days=40).id)
        self.assertFalse(row.promised_date)
        self.assertFalse(row.is_late)

    def test_paused_line_is_not_freed(self):
        held = self._held(self._waiting(5))
        purchase = self._purchase((self.gadget, 5))
        held.backorder_paused = True
        self.assertFrees(purchase, 0, 0)
        held.backorder_paused = False
        self.assertFrees(purchase, 1, 50)

    def test_line_to_be_released_later_is_freed_by_what_comes_after(self):
        held = self._held(self._waiting(5))
        purchase = self._purchase((self.gadget, 5), days=5)
        held.backorder_not_before = fields.Datetime.now() + timedelta(days=9)
        self.assertFrees(purchase, 0, 0)
        held.backorder_not_before = fields.Datetime.now() + timedelta(days=2)
        self.assertFrees(purchase, 1, 50)

    def test_order_that_ships_complete_is_freed_when_all_of_it_is_ordered(self):
        order = self._order((self.gadget, 5), (self.gizmo, 5), confirm=False, picking_policy="one")
        order.action_confirm()
        order.action_mark_backordered()
        purchase = self._purchase((self.gadget, 5))
        self.assertFrees(purchase, 0, 0)
        self._purchase((self.gizmo, 5))
        self.assertFrees(purchase, 1, 50)

    def test_one_plan_for_all_orders(self):
        for product in (self.gadget, self.gizmo):
            self._waiting(20, product=product)
        purchases = self.env["purchase.order"]
        for _number in range(6):
            purchases |= self._purchase((self.gadget, 3), (self.gizmo, 2))

        def cost(orders):
            return self._queries(lambda: orders.mapped("backorder_line_count"))

        cost(purchases)  # what is read once and kept
        self.assertEqual(cost(purchases[:2]), cost(purchases))
        self.assertEqual(set(purchases.mapped("backorder_line_count")), {2})

    def test_row_opens_what_the_buyer_may_read(self):
        order = self._waiting(5)
        purchase = self._purchase((self.gadget, 5))
        row = self._rows("freed", purchase_id=purchase.id)
        self.assertEqual(row.action_open_document()["res_id"], purchase.id)
        self.buyer.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.assertEqual(row.action_open_document()["res_id"], order.id)
