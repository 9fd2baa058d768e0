from ast import literal_eval

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import QueueCommon


@tagged("post_install", "-at_install")
class TestProductBackOrders(QueueCommon):
    """What a product says of those who wait for it, and where it leads."""

    def _quantity(self, record, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return record.with_user(user or self.manager).backorder_qty

    def _lines(self, record, user=None):
        """Return the lines that the button opens."""
        action = record.with_user(user or self.manager).action_view_backorders()
        domain = literal_eval(action["domain"])
        return self.env["stock.move"].with_user(user or self.manager).search(domain)

    def test_counts_until_it_is_shipped(self):
        order = self._short(8, 5)
        self.assertEqual(self._quantity(self.gadget), 3)
        self._stock(self.gadget, 3)
        self._held(order).action_backorder_release()
        self.assertEqual(self._quantity(self.gadget), 3)
        self.assertEqual(self._lines(self.gadget), self._released(order).move_ids)
        self._validate(self._released(order))
        self.assertEqual(self._quantity(self.gadget), 0)
        self.assertFalse(self._lines(self.gadget))

    def test_is_in_the_unit_of_the_product(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._order((self.gadget, 2), confirm=False)
        order.order_line.product_uom_id = dozen
        order.action_confirm()
        order.action_mark_backordered()
        self.assertEqual(self._quantity(self.gadget), 24)

    def test_what_waits_in_a_transfer_of_odoo_is_none(self):
        self._order((self.gadget, 4))
        self.assertEqual(self._quantity(self.gadget), 0)
        self.assertFalse(self._lines(self.gadget))

    def test_template_counts_all_variants_and_no_other_product(self):
        self._waiting(3)
        self._waiting(4, product=self.gizmo)
        template = self.gadget.product_tmpl_id
        self.assertEqual(self._quantity(template), 3)
        self.gadget.active = False
        self.assertEqual(self._quantity(template), 3)
        self.assertEqual(self._lines(template).product_id, self.gadget)

    def test_salesperson_counts_what_the_list_shows(self):
        seller = self._user("bo_own_seller", "sales_team.group_sale_salesman")
        self._waiting(3, user_id=seller.id)
        self._waiting(4)
        self.assertEqual(self._quantity(self.gadget), 7)
        self.assertEqual(self._quantity(self.gadget, seller), 3)
        self.assertEqual(sum(self._lines(self.gadget, seller).mapped("product_qty")), 3)

    def test_other_companies_count_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._user("bo_other", "stock.group_stock_manager")
        stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self._waiting(3)
        self.assertEqual(self._quantity(self.gadget, stranger), 0)
        self.assertFalse(self._lines(self.gadget, stranger))

    def test_who_reads_no_moves_opens_none(self):
        clerk = self._user("bo_clerk", "base.group_user")
        with self.assertRaises(AccessError):
            self.gadget.with_user(clerk).action_view_backorders()

    def test_a_page_of_products_costs_one_query(self):
        products = self.gadget | self.gizmo
        self._waiting(3)
        self._waiting(4, product=self.gizmo)
        self._quantity(self.gadget)
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(products.with_user(self.manager).mapped("backorder_qty"), [3, 4])
        self.assertLessEqual(self.env.cr.sql_log_count - before, 2)

    def test_forecast_says_it(self):
        self._waiting(3)
        for model, record in (
            ("stock.forecasted_product_product", self.gadget),
            ("stock.forecasted_product_template", self.gadget.product_tmpl_id),
        ):
            docs = self.env[model].get_report_values(record.ids)["docs"]
            self.assertEqual(docs["backorder_qty"], 3)
