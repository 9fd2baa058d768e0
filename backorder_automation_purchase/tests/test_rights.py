from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PurchaseCommon

LISTS = {
    "backorder.freed.report": "backorder_automation_purchase.backorder_freed_report_view_list",
    "backorder.receipt.report": "backorder_automation_purchase.backorder_receipt_report_view_list",
    "backorder.missing.report": "backorder_automation_purchase.backorder_missing_report_view_list",
}


@tagged("post_install", "-at_install")
class TestRights(PurchaseCommon):
    """Buyers see it all without other rights; nobody else stumbles over it."""

    def setUp(self):
        super().setUp()
        self._waiting(5), self._waiting(3, product=self.gizmo)
        self.purchase = self._purchase((self.gadget, 5))
        self.outsiders = self.salesperson | self.shipper | self.manager

    def test_buyer_reads_every_list(self):
        for model, view in LISTS.items():
            rows, _arch = self._read_view(model, self.buyer, view)
            self.assertTrue(rows, model)

    def test_others_do_not_read_the_lists(self):
        for user in self.outsiders:
            for model in LISTS:
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])

    def test_menus_are_for_buyers(self):
        menus = [
            self.env.ref(f"backorder_automation_purchase.menu_backorder_{name}").id
            for name in ("receipts", "missing")
        ]
        for user in self.outsiders | self.buyer:
            visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            self.assertEqual(visible.issuperset(menus), user == self.buyer, user.name)

    def test_back_orders_list_offers_the_button_to_buyers_only(self):
        view = "backorder_automation.backorder_move_view_list"
        for user in self.outsiders | self.buyer:
            rows, arch = self._read_view(
                "stock.move", user, view, domain=[("backorder_held", "=", True)]
            )
            self.assertTrue(rows)
            buttons = arch.xpath("//header/button[@string='Nothing Ordered']")
            self.assertEqual(bool(buttons), user == self.buyer, user.name)

    def test_purchase_order_has_the_button_for_buyers_only(self):
        """Inventory users may read purchase orders: without our button, and without an error."""
        for user, shown in ((self.shipper, False), (self.buyer, True)):
            purchase = self.purchase.with_user(user)
            arch = etree.fromstring(purchase.get_view(view_type="form")["arch"])
            self.assertEqual(bool(arch.xpath("//button[@name='action_view_backorders']")), shown)
            self.assertEqual(bool(arch.xpath("//field[@name='backorder_line_count']")), shown)
            purchase.invalidate_recordset()
            self.assertEqual((purchase.backorder_line_count, purchase.backorder_value), (1, 50))
            self.assertFalse(purchase.backorder_has_to_buy)

    def test_buyer_with_own_sales_orders_sees_what_is_freed_for_them(self):
        """What to buy stays whole: it does not depend on who asks."""
        salespeople = self.env.ref("sales_team.group_sale_salesman")
        hidden = self.env["sale.order"].search([("user_id", "=", self.salesperson.id)])
        for group, seen in ((None, True), (salespeople, False)):
            self.buyer.group_ids += group or salespeople.browse()
            self.env.invalidate_all()
            freed = self.env["backorder.freed.report"].with_user(self.buyer)
            self.assertEqual(bool(freed.search([]).sudo().order_id & hidden), seen)
            receipts = self.env["backorder.receipt.report"].with_user(self.buyer)
            of_ours = [("picking_id", "in", self.purchase.picking_ids.ids)]
            self.assertEqual(bool(receipts.search(of_ours)), seen)
            purchase = self.purchase.with_user(self.buyer)
            self.assertEqual(purchase.backorder_line_count, 1 if seen else 0)
            missing = self.env["backorder.missing.report"].with_user(self.buyer)
            row = missing.search([("product_id", "=", self.gizmo.id)])
            self.assertEqual(row.missing_qty, 3)
            lines = self.env["stock.move"].with_user(self.buyer)
            domain = row.action_view_lines()["domain"]
            self.assertEqual(bool(lines.search(domain)), seen)

    def test_portal_of_vendors_shows_nothing_of_ours(self):
        vendor = self._user("bo_vendor", "base.group_portal")
        for model in ("purchase.order", "purchase.order.line"):
            names = self.env[model].with_user(vendor).fields_get()
            self.assertFalse([name for name in names if name.startswith("backorder_")])

    def test_other_companies_are_not_shown(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.buyer.write({"company_ids": [(4, other.id)]})
        for model in LISTS:
            rows = self.env[model].with_user(self.buyer)
            self.assertTrue(rows.search([]).company_id <= self.company)
            self.assertFalse(rows.with_context(allowed_company_ids=[other.id]).search([]))

    def test_buyer_makes_no_back_order_out_of_values(self):
        held = self.env["stock.move"].search([("backorder_held", "=", True)])
        copied = {"product_uom_qty": 1000, "priority": "1"}
        for forged in ({"backorder_held": True}, {"backorder_date": held[0].backorder_date}):
            with self.assertRaises(AccessError):
                held[0].with_user(self.buyer).copy({**copied, **forged})
            with self.assertRaises(AccessError):
                held[0].with_user(self.buyer).write(forged)
        self.assertEqual(self.env["stock.move"].search([("backorder_held", "=", True)]), held)
