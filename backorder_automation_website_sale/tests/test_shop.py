from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.backorder_automation.tests.common import QueueCommon
from odoo.addons.backorder_automation.texts import format_short_day
from odoo.addons.backorder_automation_website_sale.models import product_product, website
from odoo.addons.website_sale.tests.common import MockRequest


@tagged("post_install", "-at_install")
class TestShop(QueueCommon):
    """The shop sells what the guard gives."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].create({"name": "Shop", "company_id": cls.company.id})
        cls.website.warehouse_id = cls.warehouse
        (cls.gadget | cls.gizmo).write(
            {"allow_out_of_stock_order": False, "is_published": True, "sale_ok": True}
        )

    def _sold(self, product=None):
        """Return what the product page knows of the product."""
        self.env.flush_all()
        self.env.invalidate_all()
        product = (product or self.gadget).with_context(
            website_id=self.website.id, website_sale_stock_get_quantity=True
        )
        with MockRequest(product.env, website=self.website.with_env(product.env)):
            info = product._get_combination_info_variant()
            return info, product._is_sold_out()

    def _coming(self, quantity, days, product=None):
        """Expect a receipt in so many days; return its day as the shop says it."""
        moves = self._incoming(product or self.gadget, quantity).move_ids
        moves.date = fields.Datetime.now() + timedelta(days=days)
        return format_short_day(self.env, moves.date)

    def _cart(self, quantity):
        return self._order((self.gadget, quantity), confirm=False, website_id=self.website.id)

    def test_four_wait_and_four_are_counted_in(self):
        self._waiting(4)
        self._count(self.gadget, 4)
        day = self._coming(3, days=2)
        info, is_sold_out = self._sold()
        self.assertEqual(info["free_qty"], 0)
        self.assertEqual(info["backorder_text"], f"Expected again: {day}")
        self.assertTrue(is_sold_out)
        self.assertEqual(self._order((self.gadget, 4)).order_line.move_ids.quantity, 0)

    def test_rest_is_sold(self):
        self._waiting(4)
        self._stock(self.gadget, 10)
        info, is_sold_out = self._sold()
        self.assertEqual(info["free_qty"], 6)
        self.assertNotIn("backorder_text", info)
        self.assertFalse(is_sold_out)
        self.assertEqual(self._order((self.gadget, 9)).order_line.move_ids.quantity, 6)

    def test_nobody_waits(self):
        self._waiting(4)
        self._stock(self.gizmo, 4)
        self.assertEqual(self._sold(self.gizmo)[0]["free_qty"], 4)

    def test_switched_off(self):
        self._waiting(4)
        self.company.backorder_automation = False
        self.env["stock.picking"].search([("state", "=", "confirmed")]).do_unreserve()
        self._stock(self.gadget, 4)
        self.assertEqual(self._sold()[0]["free_qty"], 4)

    def test_all_warehouses_where_the_shop_has_none(self):
        self._waiting(4)
        self._stock(self.gadget, 4)
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OWH"})
        self._stock(self.gadget, 7, other.lot_stock_id)
        self.website.warehouse_id = False
        self.assertEqual(self._sold()[0]["free_qty"], 7)
        self.website.warehouse_id = other
        self.assertEqual(self._sold()[0]["free_qty"], 7)

    def test_cart_takes_no_more(self):
        self._waiting(4)
        self._stock(self.gadget, 10)
        cart = self._cart(2)
        quantity, warning = cart._verify_updated_quantity(
            cart.order_line, self.gadget.id, 9, self.gadget.uom_id.id
        )
        self.assertEqual(quantity, 6)
        self.assertTrue(warning)

    def test_cart_is_not_paid_with_more(self):
        self._waiting(4)
        self._stock(self.gadget, 10)
        self.assertTrue(self._cart(6).order_line._check_availability())
        cart = self._cart(8)
        self.assertFalse(cart.order_line._check_availability())
        with self.assertRaises(ValidationError):
            cart._check_cart_is_ready_to_be_paid()

    def test_may_be_sold_out_of_stock(self):
        self.gadget.allow_out_of_stock_order = True
        self._waiting(4)
        self._stock(self.gadget, 4)
        self.assertFalse(self._sold()[1])
        cart = self._cart(2)
        self.assertEqual(
            cart._verify_updated_quantity(
                cart.order_line, self.gadget.id, 9, self.gadget.uom_id.id
            ),
            (9, ""),
        )

    def test_on_back_order_says_when_it_ships(self):
        """The date of whoever orders now: those who wait already come first."""
        self.gadget.allow_out_of_stock_order = True
        self._waiting(4)
        self.assertEqual(self._sold()[0]["backorder_text"], "On back order, no date known yet")
        self._coming(4, days=2)
        self.assertEqual(self._sold()[0]["backorder_text"], "On back order, no date known yet")
        day = self._coming(3, days=9)
        self.assertEqual(self._sold()[0]["backorder_text"], f"On back order, ships by {day}")

    def test_nobody_waits_and_more_comes(self):
        self.gadget.allow_out_of_stock_order = True
        day = self._coming(3, days=9)
        self.assertEqual(self._sold()[0]["backorder_text"], f"On back order, ships by {day}")

    def test_passed_date_is_no_promise(self):
        self.gadget.allow_out_of_stock_order = True
        self._coming(3, days=-2)
        self.assertEqual(self._sold()[0]["backorder_text"], "On back order, no date known yet")

    def test_sold_out_and_nothing_comes(self):
        self.assertFalse(self._sold()[0]["backorder_text"])

    def test_switched_off_says_nothing(self):
        self.gadget.allow_out_of_stock_order = True
        self._coming(3, days=9)
        self.company.backorder_automation = False
        self.assertFalse(self._sold()[0]["backorder_text"])

    def test_page_reads_no_whole_queue(self):
        """Scenario: more wait than a page may read, and all of them will be served.

        Expected: no date, and nothing free.
        """
        self.gadget.allow_out_of_stock_order = True
        for _number in range(40):
            self._waiting(1)
        day = self._coming(60, days=9)
        self.assertIn(day, self._sold()[0]["backorder_text"])
        for module in (website, product_product):
            self.patch(module, "REACH", 39)
        self.assertEqual(self._sold()[0]["backorder_text"], "On back order, no date known yet")
        self._stock(self.gadget, 60)
        self.assertEqual(self._sold()[0]["free_qty"], 0)

    def test_public_visitor_reads_the_date_alone(self):
        self.gadget.allow_out_of_stock_order = True
        self._waiting(4)
        day = self._coming(7, days=9)
        product = self.gadget.with_user(self.website.user_id).with_context(
            website_id=self.website.id, website_sale_stock_get_quantity=True
        )
        with MockRequest(product.env, website=self.website.with_env(product.env)):
            info = product._get_combination_info_variant()
        self.assertIn(day, info["backorder_text"])
        self.assertEqual({name for name in info if "backorder" in name}, {"backorder_text"})
        with self.assertRaises(AccessError):
            product.backorder_next_date  # noqa: B018

    def test_public_visitor(self):
        self._waiting(4)
        self._stock(self.gadget, 10)
        public = self.website.user_id
        website = self.website.with_user(public)
        product = self.gadget.with_user(public)
        with MockRequest(website.env, website=website):
            self.assertEqual(product._get_max_quantity(website, self.env["sale.order"]), 6)
            self.assertFalse(product._is_sold_out())

    def test_as_many_queries_for_a_page_as_for_two(self):
        """Beyond those of Odoo."""

        def count(products):
            self.env.flush_all()
            self.env.invalidate_all()
            templates = products.product_tmpl_id.with_context(website_id=self.website.id)
            with MockRequest(templates.env, website=self.website.with_env(templates.env)):
                before = self.env.cr.sql_log_count
                self.assertFalse(any([template._is_sold_out() for template in templates]))
                return self.env.cr.sql_log_count - before

        def cost(number):
            self.company.backorder_automation = True
            products = self.env["product.product"]
            for index in range(number):
                products |= self._product(f"Good {index}", allow_out_of_stock_order=False)
                self._waiting(4, product=products[-1])
                self._stock(products[-1], 10)
            ours = count(products)
            self.company.backorder_automation = False
            return ours - count(products)

        cost(1)
        self.assertLessEqual(cost(20), 15)
