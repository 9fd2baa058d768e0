from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common import PurchaseCommon


@tagged("post_install", "-at_install")
class TestWishes(PurchaseCommon):
    """Purchase orders that are not confirmed count only where the company says so."""

    def setUp(self):
        super().setUp()
        self.company.backorder_count_wishes = True
        self.order = self._waiting(5)
        self.held = self._held(self.order)

    def _rfq(self, quantity=5, days=5, product=None, **values):
        return self._purchase(
            (product or self.gadget, quantity), days=days, confirm=False, **values
        )

    def _line(self, order=None):
        return self._plan()[self._held(order or self.order).id]

    def _reason(self, order=None):
        self.env.invalidate_all()
        return self._held(order or self.order).backorder_reason

    # Dates

    def test_quotation_gives_a_date_and_the_line_says_it_is_a_wish(self):
        rfq = self._rfq()
        self.assertEqual(self._line().expected_date, rfq.order_line.date_planned)
        self.assertIn(f"{rfq.name} is not confirmed yet", self._reason())
        self.assertIn("wish", self._reason())
        self.assertEqual(self.held.backorder_expected_date, rfq.order_line.date_planned)
        self.assertEqual(self.held.backorder_reason_code, "expected")

    def test_quotation_counts_for_nothing_where_the_company_does_not_say_so(self):
        self.company.backorder_count_wishes = False
        rfq = self._rfq()
        self.assertFalse(self._line().expected_date)
        self.assertNotIn(rfq.name, self._reason())

    def test_every_state_before_the_order_is_a_wish(self):
        rfq = self._rfq()
        for state, is_wish in (("draft", 1), ("sent", 1), ("to approve", 1), ("cancel", 0)):
            rfq.state = state
            self.assertEqual(bool(self._line().wish), bool(is_wish), state)

    def test_confirmed_order_is_no_wish(self):
        rfq = self._rfq()
        rfq.button_confirm()
        self.assertTrue(self._line().expected_date)
        self.assertIsNone(self._line().wish)
        self.assertNotIn("not confirmed", self._reason())

    def test_confirmed_order_that_comes_sooner_is_not_hidden_by_a_wish(self):
        purchase, rfq = self._purchase((self.gadget, 5), days=3), self._rfq(days=4)
        self.assertIsNone(self._line().wish)
        self.assertIn(purchase.picking_ids.name, self._reason())
        rfq.order_line.date_planned = fields.Datetime.now() + timedelta(days=1)
        self.assertEqual(self._line().wish, rfq.name)

    def test_only_what_comes_where_the_line_takes_from_counts(self):
        self._rfq(warehouse=self.other_warehouse)
        self.assertIsNone(self._line().wish)

    def test_part_that_is_enough_for_nobody_gives_no_date(self):
        self._rfq(4)
        self.assertFalse(self._line().expected_date)

    def test_in_the_unit_of_the_purchase(self):
        rfq = self._rfq(1)
        self.assertFalse(self._line().expected_date)
        rfq.order_line.product_uom_id = self.dozen
        self.assertTrue(self._line().expected_date)

    def test_receipt_in_two_steps_counts_too(self):
        self.warehouse.reception_steps = "two_steps"
        self._rfq()
        self.assertTrue(self._line().expected_date)

    def test_quotation_whose_day_has_passed_is_overdue(self):
        self._rfq(days=-3)
        self.assertFalse(self._line().expected_date)
        self.company.backorder_overdue_days = 4
        self.assertGreater(self._line().expected_date, fields.Datetime.now() + timedelta(days=3))

    def test_what_is_bought_for_somebody_is_no_wish_of_others(self):
        made_to_order = self.env.ref("stock.route_warehouse0_mto")
        made_to_order.active = True
        product = self._product(
            "Bought to order",
            route_ids=made_to_order + self.warehouse.buy_pull_id.route_id,
            seller_ids=[Command.create({"partner_id": self.vendor.id})],
        )
        self._order((product, 5))
        rfq = self.env["purchase.order.line"].search([("product_id", "=", product.id)])
        self.assertEqual(rfq.product_qty, 5)
        product.route_ids = False
        other = self._short(5, 0, product=product)
        self.assertIsNone(self._line(other).wish)
        row = self._rows("missing", product_id=product.id)
        self.assertEqual((row.missing_qty, row.rfq_qty, row.to_order_qty), (5, 0, 5))
        rfq.product_qty = 10
        self.assertEqual(self._line(other).wish, rfq.order_id.name)

    def test_another_company_decides_for_itself(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.assertFalse(other.backorder_count_wishes)

    # What stays as it is

    def test_buyer_still_sees_that_nothing_is_ordered(self):
        rfq = self._rfq()
        row = self._rows("missing", product_id=self.gadget.id)
        self.assertEqual((row.missing_qty, row.rfq_qty, row.to_order_qty), (5, 5, 0))
        self.assertEqual(rfq.order_line.backorder_to_buy_qty, 5)
        self.assertFalse(self._rows("freed", purchase_id=rfq.id))
        self.env.invalidate_all()
        self.assertTrue(self.held.backorder_is_unordered)

    def test_nothing_is_kept_for_a_wish(self):
        self.company.backorder_keep_days = 9
        self._stock(self.gizmo, 5)
        complete = self._complete((self.gadget, 5), (self.gizmo, 5))
        self._rfq(10)
        gizmo = self._held_of(complete, self.gizmo)
        self.assertEqual(self._plan()[gizmo.id].kept, 0)
        behind = self._order((self.gizmo, 5))
        self.assertEqual(behind.picking_ids.state, "assigned")

    def test_receipts_are_shared_out_as_without_wishes(self):
        other = self._waiting(5)
        purchase = self._purchase((self.gadget, 5), days=6)
        brought = {line.move_id: line.brought for line in self._plan().values()}
        self._rfq(days=2)
        hoped = {line.move_id: line.brought for line in self._plan().values()}
        self.assertEqual(hoped, brought)
        self.assertTrue(brought[self.held.id])
        self.assertFalse(self._line(other).brought)
        self.assertEqual(self._line(other).expected_date, purchase.picking_ids.move_ids.date)
        self.assertIn("not confirmed yet", self._reason(other))

    # Customers

    def test_customer_is_never_told_a_wish(self):
        self._rfq()
        self.env.invalidate_all()
        line = self.order.order_line
        self.assertTrue(line.backorder_expected_date)
        self.assertFalse(line.backorder_sure_date)
        self.assertEqual(line._get_backorder_customer_text(), "No date known yet")
        self.assertFalse(self.held._get_backorder_future_dates())

    def test_customer_is_told_the_date_of_what_is_ordered(self):
        self._rfq(days=2)
        purchase = self._purchase((self.gadget, 5), days=6)
        self.env.invalidate_all()
        sure = purchase.picking_ids.move_ids.date
        self.assertEqual(self.order.order_line.backorder_sure_date, sure)
        self.assertEqual(self.held._get_backorder_future_dates(), {self.held.id: sure})
        self.assertNotEqual(
            self.order.order_line._get_backorder_customer_text(), "No date known yet"
        )

    # The setting

    def test_setting_is_in_the_settings(self):
        self.env["res.config.settings"].create({"backorder_count_wishes": False}).execute()
        self.assertFalse(self.company.backorder_count_wishes)

    def test_one_query_more_however_many_quotations(self):
        def cost():
            return self._queries(lambda: self._plan())

        self._rfq()
        cost()
        few = cost()
        for _number in range(6):
            self._rfq()
        self.assertEqual(cost(), few)
        self.company.backorder_count_wishes = False
        self.assertEqual(cost(), few - 1)
