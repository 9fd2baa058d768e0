from odoo.tests import tagged

from .common import PurchaseCommon


@tagged("post_install", "-at_install")
class TestReceipts(PurchaseCommon):
    """Which receipt to chase first."""

    def test_most_valuable_receipt_comes_first(self):
        cheap = self._product("Cheap", list_price=1, taxes_id=False)
        self._waiting(50, product=cheap)
        self._waiting(8)
        small, big = self._purchase((cheap, 50)), self._purchase((self.gadget, 8))
        rows = self._rows("receipt")
        ours = rows.filtered(lambda row: row.picking_id in (small | big).picking_ids)
        self.assertEqual(ours.mapped("origin"), [big.name, small.name])
        self.assertEqual(ours.mapped("value"), [80, 50])
        self.assertEqual(ours.vendor_id, self.vendor)

    def test_row_counts_customers_orders_lines_and_the_late_ones(self):
        other = self.env["res.partner"].create({"name": "Other Customer"})
        self._waiting(2, promised=1)
        self._waiting(2, promised=2)
        self._waiting(2, promised=30, partner=other)
        self._waiting(2, promised=30, product=self.gizmo)
        purchase = self._purchase((self.gadget, 6), (self.gizmo, 2), days=9)
        row = self._rows("receipt", picking_id=purchase.picking_ids.id)
        self.assertEqual(row.customer_count, 2)
        self.assertEqual(row.late_customer_count, 1)
        self.assertEqual((row.order_count, row.line_count), (4, 4))
        self.assertEqual(row.expected_date, purchase.picking_ids.move_ids[:1].date)

    def test_receipt_nobody_waits_for_is_not_listed(self):
        self._waiting(5)
        purchase = self._purchase((self.gizmo, 5))
        self.assertFalse(self._rows("receipt", picking_id=purchase.picking_ids.id))
        self._waiting(5, product=self.gizmo)
        self.assertTrue(self._rows("receipt", picking_id=purchase.picking_ids.id))

    def test_receipt_without_a_purchase_is_listed(self):
        self._waiting(5)
        receipt = self._incoming(self.gadget, 5)
        self.assertEqual(self._rows("receipt", picking_id=receipt.id).value, 50)

    def test_done_receipt_is_gone(self):
        self._waiting(5)
        receipt = self._receive(self.gadget, 5)
        self.assertFalse(self._rows("receipt", picking_id=receipt.id))

    def test_click_opens_the_receipt_and_the_button_its_back_orders(self):
        self._waiting(5)
        purchase = self._purchase((self.gadget, 5))
        row = self._rows("receipt", picking_id=purchase.picking_ids.id)
        action = row.action_open_receipt()
        self.assertEqual((action["res_model"], action["res_id"]), ("stock.picking", row.id))
        lines = self.env["backorder.freed.report"].search(row.action_view_freed()["domain"])
        self.assertEqual(lines.purchase_id, purchase)
        self.assertEqual(len(lines), row.line_count)

    def test_no_query_for_each_row(self):
        def cost(count):
            for _number in range(count):
                self._waiting(2)
                self._purchase((self.gadget, 2))
            return self._queries(
                lambda: self._read_view(
                    "backorder.receipt.report",
                    self.buyer,
                    "backorder_automation_purchase.backorder_receipt_report_view_list",
                )
            )

        cost(1)  # what is read once and kept
        self.assertEqual(cost(2), cost(8))
