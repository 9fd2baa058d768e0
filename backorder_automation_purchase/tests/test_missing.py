from datetime import timedelta

import pytz

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import PurchaseCommon


@tagged("post_install", "-at_install")
class TestMissing(PurchaseCommon):
    """What customers wait for and nobody has ordered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gadget.seller_ids = [Command.create({"partner_id": cls.vendor.id, "price": 3})]
        cls.gadget.route_ids = cls.warehouse.buy_pull_id.route_id

    def _row(self, product=None):
        return self._rows("missing", product_id=(product or self.gadget).id)

    def _replenish(self, row):
        """Press Order Now, and confirm Odoo's own dialog."""
        action = row.action_order_now()
        self.assertEqual(action["res_model"], "product.replenish")
        wizard = Form(
            self.env["product.replenish"].with_user(self.buyer).with_context(**action["context"])
        ).save()
        self.assertEqual(wizard.warehouse_id, self.warehouse)
        wizard.launch_replenishment()
        return self.env["purchase.order.line"].search([("product_id", "=", self.gadget.id)])

    def test_missing_is_beyond_free_and_incoming(self):
        other = self.env["res.partner"].create({"name": "Other Customer"})
        self._waiting(5), self._waiting(8, partner=other), self._waiting(4, product=self.gizmo)
        self._stock(self.gadget, 2)
        self._purchase((self.gadget, 4), (self.gizmo, 4))
        row = self._row()
        self.assertEqual((row.missing_qty, row.to_order_qty, row.value), (7, 7, 70))
        # The first five are covered; who waits for more is the other one.
        self.assertEqual((row.customer_count, row.order_count), (1, 1))
        self.assertEqual(row.warehouse_id, self.warehouse)
        self.assertFalse(self._row(self.gizmo))

    def test_stock_an_incomplete_order_cannot_use_yet_is_not_ordered_again(self):
        order = self._order((self.gadget, 5), (self.gizmo, 5), confirm=False, picking_policy="one")
        order.action_confirm()
        order.action_mark_backordered()
        self._stock(self.gadget, 5)
        self.assertFalse(self._row())
        self.assertEqual(self._row(self.gizmo).missing_qty, 5)

    def test_first_promise_that_has_passed_is_late(self):
        self._waiting(5, promised=9)
        self.assertFalse(self._row().is_late)
        self._waiting(5, promised=-1)
        self.assertTrue(self._row().is_late)

    def test_first_promise_is_one_that_somebody_gave(self):
        self._waiting(5), self._waiting(5, product=self.gizmo)
        promised = self._waiting(5, promised=9)
        self.assertEqual(self._row().promised_date, promised.commitment_date)
        row = self._row(self.gizmo)
        self.assertFalse(row.promised_date)
        self.assertFalse(row.is_late)

    def test_promised_today_is_not_late_today(self):
        order = self._waiting(5)
        here = pytz.utc.localize(fields.Datetime.now()).astimezone(self.env.tz)
        morning = here.replace(hour=0, minute=5).astimezone(pytz.utc).replace(tzinfo=None)
        order.commitment_date = morning
        self.assertFalse(self._row().is_late)
        order.commitment_date -= timedelta(days=1)
        self.assertTrue(self._row().is_late)

    def test_quotations_are_not_ordered_again(self):
        self._waiting(5)
        self._purchase((self.gadget, 3), confirm=False)
        self._purchase((self.gadget, 3), confirm=False, warehouse=self.other_warehouse)
        row = self._row()
        self.assertEqual((row.missing_qty, row.rfq_qty, row.to_order_qty), (5, 3, 2))

    def test_order_now_goes_through_replenish(self):
        self._waiting(5)
        line = self._replenish(self._row())
        self.assertEqual((line.product_qty, line.order_id.partner_id), (5, self.vendor))
        self.assertEqual(line.order_id.picking_type_id, self.warehouse.in_type_id)
        row = self._row()
        self.assertEqual((row.missing_qty, row.rfq_qty, row.to_order_qty), (5, 5, 0))
        line.order_id.button_confirm()
        self.assertFalse(self._row())

    def test_feature_off_lists_nothing(self):
        self._waiting(5)
        self.assertTrue(self._row())
        self.company.backorder_automation = False
        self.assertFalse(self._row())

    def test_click_shows_who_waits(self):
        order = self._waiting(5)
        self._waiting(5, product=self.gizmo)
        action = self._row().action_view_lines()
        self.assertEqual(self.env["stock.move"].search(action["domain"]), self._held(order))

    def test_another_company_is_ordered_for_in_that_company(self):
        other = self.env["res.company"].create({"name": "Other", "backorder_automation": True})
        self.env.user.company_ids += other
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)], limit=1)
        env = self.env(context={"allowed_company_ids": [other.id]})
        order = env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "warehouse_id": warehouse.id,
                "order_line": [
                    Command.create({"product_id": self.gadget.id, "product_uom_qty": 5})
                ],
            }
        )
        order.action_confirm()
        order.sudo().action_mark_backordered()
        self.assertFalse(self._row())
        self.buyer.company_ids += other
        both = self.env(
            user=self.buyer, context={"allowed_company_ids": [self.company.id, other.id]}
        )
        row = both["backorder.missing.report"].search([("product_id", "=", self.gadget.id)])
        self.assertEqual((row.company_id, row.missing_qty), (other, 5))
        with self.assertRaises(UserError):
            row.action_order_now()
        self.assertTrue(row.with_context(allowed_company_ids=[other.id]).action_order_now())
