from datetime import timedelta

from odoo import fields
from odoo.tests import Form, tagged

from .common import PurchaseCommon


@tagged("post_install", "-at_install")
class TestPromises(PurchaseCommon):
    """What a vendor says moves receipts, and no promise to a customer."""

    def _in(self, days):
        return fields.Datetime.now() + timedelta(days=days)

    def _allocated(self):
        """Return orders promised in 3 and in 10 days, the first allocated to a purchase."""
        first, second = self._waiting(5, promised=3), self._waiting(5, promised=10)
        purchase = self._purchase((self.gadget, 5), days=2)
        receipt = purchase.picking_ids
        self.env["report.stock.report_reception"].action_assign(
            self._held(first).ids, [5], [receipt.move_ids.ids]
        )
        self.assertEqual(self._held(first).move_orig_ids, receipt.move_ids)
        return first, second, purchase

    def _assert_kept(self, first, second, purchase):
        """Assert the promise of the first, and that it is served first."""
        self.assertEqual(self._held(first).date_deadline, first.commitment_date)
        self.assertEqual(self._held(first).date, first.commitment_date)
        self.assertEqual(self._places(first, second), [1, 2])
        receipt = purchase.picking_ids
        receipt.move_ids.write({"quantity": 5, "picked": True})
        receipt.button_validate()
        self.env["stock.move"]._cron_backorder_primary()
        self.assertHeld(first, 0)
        self.assertHeld(second, 5)

    def test_moved_purchase_line_moves_no_promise(self):
        first, second, purchase = self._allocated()
        purchase.order_line.date_planned = self._in(20)
        self.assertEqual(purchase.picking_ids.move_ids.date_deadline, self._round(self._in(20)))
        self._assert_kept(first, second, purchase)

    def _round(self, date):
        return date.replace(microsecond=0)

    def test_moved_purchase_order_moves_no_promise(self):
        first, second, purchase = self._allocated()
        with Form(purchase) as form:
            form.date_planned = self._in(20)
        self._assert_kept(first, second, purchase)

    def test_date_a_vendor_confirms_moves_no_promise(self):
        first, second, purchase = self._allocated()
        purchase._update_date_planned_for_lines([(purchase.order_line, self._in(20))])
        self._assert_kept(first, second, purchase)

    def test_rescheduled_receipt_moves_no_promise(self):
        first, second, purchase = self._allocated()
        purchase.picking_ids.scheduled_date = self._in(20)
        self._assert_kept(first, second, purchase)

    def _made_to_order(self):
        """Return an order that is bought to order, and the quotation asked for it."""
        route = self.warehouse.mto_pull_id.route_id
        route.active = True
        self.gadget.write(
            {
                "route_ids": (route | self.warehouse.buy_pull_id.route_id).ids,
                "seller_ids": [(0, 0, {"partner_id": self.vendor.id, "delay": 1})],
            }
        )
        order = self._order((self.gadget, 5), commitment_date=self._in(3))
        quotation = self.env["purchase.order.line"].search([("product_id", "=", self.gadget.id)])
        self.assertEqual(quotation.move_dest_ids, order.order_line.move_ids)
        return order, quotation

    def test_quotation_moves_no_promise(self):
        """Before there is a receipt, Odoo writes the vendor's date on the delivery."""
        order, quotation = self._made_to_order()
        quotation.date_planned = self._in(20)
        self.assertEqual(order.order_line.move_ids.date_deadline, order.commitment_date)

    def test_quotation_moves_what_is_no_promise(self):
        """Counter-test: where the feature is off, and for demand that nobody was promised."""
        order, quotation = self._made_to_order()
        move = order.order_line.move_ids
        other = move.copy({"sale_line_id": False})
        quotation.move_dest_ids |= other
        quotation.date_planned = self._in(20)
        self.assertEqual(other.date_deadline, quotation.date_planned)
        self.assertEqual(move.date_deadline, order.commitment_date)
        self.company.backorder_automation = False
        quotation.date_planned = self._in(25)
        self.assertEqual(move.date_deadline, quotation.date_planned)

    def test_purchase_to_order_moves_no_promise(self):
        order, quotation = self._made_to_order()
        quotation.order_id.button_confirm()
        quotation.date_planned = self._in(20)
        self.assertEqual(order.order_line.move_ids.date_deadline, order.commitment_date)
