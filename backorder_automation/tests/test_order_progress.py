from datetime import timedelta

from odoo import fields
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestOrderProgress(BackorderCommon):
    """The salesperson sees on the order how far it is, and when the rest comes."""

    def _progress(self, order):
        order.invalidate_recordset()
        return " ".join(html2plaintext(order.backorder_progress).split())

    def _expect(self, product, quantity, days):
        receipt = self._incoming(product, quantity)
        receipt.move_ids.date = fields.Datetime.now() + timedelta(days=days)
        return receipt.move_ids.date

    def test_progress_from_short_to_delivered(self):
        order = self._short()
        self.assertEqual(
            self._progress(order),
            "533.00 Units ordered: 500.00 delivered, 0.00 ready, 33.00 back ordered and waiting",
        )
        self._stock(self.gadget, 13)
        self._run()
        self.assertEqual(order.order_line.qty_ready, 13)
        self.assertEqual(
            self._progress(order),
            "533.00 Units ordered: 500.00 delivered, 13.00 ready, 20.00 back ordered and waiting",
        )
        self._stock(self.gadget, 20)
        self._run()
        for picking in order.picking_ids.filtered(lambda picking: picking.state == "assigned"):
            picking.move_ids.picked = True
            picking.button_validate()
        order.invalidate_recordset()
        self.assertFalse(order.backorder_progress)
        self.assertEqual(order.order_line.qty_ready, 0)

    def test_units_are_added_up_separately(self):
        order = self._order((self.gadget, 3), (self.gizmo, 2), (self.gizmo, 4), confirm=False)
        order.order_line[0].product_uom_id = self.env.ref("uom.product_uom_dozen")
        order.action_confirm()
        order.action_mark_backordered()
        rows = order._get_backorder_progress()
        self.assertEqual([(row["ordered"], row["waiting"]) for row in rows], [(3, 3), (6, 6)])

    def test_ready_in_two_steps_counts_once(self):
        self.warehouse.delivery_steps = "pick_ship"
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 5))
        self.assertEqual(order.order_line.qty_ready, 5)
        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()
        order.invalidate_recordset()
        self.assertEqual(order.order_line.qty_ready, 5)

    def test_returned_goods_are_not_ready(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 5))
        self._ship(order.picking_ids, 5)
        wizard = self.env["stock.return.picking"].with_context(
            active_id=order.picking_ids.id, active_model="stock.picking"
        )
        wizard = wizard.create({})
        wizard.product_return_moves.quantity = 5
        wizard.action_create_returns()
        self.assertEqual(order.order_line.qty_ready, 0)

    def test_order_without_back_order_shows_nothing(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8))
        self.assertFalse(order.backorder_progress)
        self.assertFalse(order.backorder_expected_date)

    def test_expected_date_is_that_of_the_last_line(self):
        order = self._order((self.gadget, 3), (self.gizmo, 4))
        order.action_mark_backordered()
        self._expect(self.gadget, 3, 5)
        self.assertFalse(self._read_expected(order))
        last = self._expect(self.gizmo, 4, 9)
        self.assertEqual(self._read_expected(order), last)

    def _read_expected(self, order):
        order.invalidate_recordset()
        order.order_line.invalidate_recordset()
        return order.backorder_expected_date

    def test_expected_within_the_promise_is_not_late(self):
        promised = fields.Datetime.now() + timedelta(days=10)
        order = self._order((self.gadget, 3), commitment_date=promised)
        order.action_mark_backordered()
        self._expect(self.gadget, 3, 5)
        self._read_expected(order)
        self.assertFalse(order.backorder_is_late)

    def test_expected_after_the_promise_is_late(self):
        promised = fields.Datetime.now() + timedelta(days=3)
        order = self._order((self.gadget, 3), commitment_date=promised)
        order.action_mark_backordered()
        self._expect(self.gadget, 3, 5)
        self._read_expected(order)
        self.assertTrue(order.backorder_is_late)
        self.assertTrue(order.order_line.backorder_is_late)

    def test_without_a_promise_the_lead_time_counts_where_the_company_promises_by_it(self):
        self.company.backorder_promise_by_lead = True
        order = self._order((self.gadget, 3), confirm=False)
        order.order_line.customer_lead = 7
        order.action_confirm()
        order.action_mark_backordered()
        self._expect(self.gadget, 3, 5)
        self._read_expected(order)
        self.assertFalse(order.backorder_is_late)

    def test_what_is_free_now_is_expected_now(self):
        order = self._short(8, 5)
        self._stock(self.gadget, 3)
        self.assertLessEqual(self._read_expected(order), fields.Datetime.now())

    def test_salesperson_opens_the_form(self):
        order = self._short(8, 5)
        self._expect(self.gadget, 3, 5)
        with Form(order.with_user(self.salesperson)) as form:
            self.assertTrue(form.backorder_expected_date)
            self.assertIn("3.00", form.backorder_progress)
            form.client_order_ref = "seen"
