from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Datetime
from odoo.tests import tagged

from .common import BackorderCommon

START = Datetime.to_datetime("2026-01-01 08:00:00")
TODAY = 70


class ReportCommon(BackorderCommon):
    """Orders on days of a calendar that starts on day 0, each of a product of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["product.category"].create({"name": "Sample"})

    def _day(self, day):
        return freeze_time(START + timedelta(days=day))

    def _sample_product(self):
        return self._product("Sample", categ_id=self.category.id, list_price=10, taxes_id=False)

    def _sell(self, day, ordered, shipped, promised=100):
        """Order and ship on a day; mark the rest as back ordered."""
        with self._day(day):
            product = self._sample_product()
            if shipped < ordered:
                commitment = promised and START + timedelta(days=promised)
                return self._short(ordered, shipped, product, commitment_date=commitment)
            self._stock(product, ordered)
            order = self._order((product, ordered))
            self._ship(order.picking_ids, shipped)
            return order

    def _release(self, order, day):
        """Stock arrives for what the order waits for, and it is released."""
        with self._day(day):
            held = self._held(order)
            self._stock(held.product_id, held.product_qty)
            held.action_backorder_release()
            return self._released(order).filtered(lambda picking: picking.state == "assigned")

    def _deliver(self, picking, day):
        with self._day(day):
            picking.move_ids.picked = True
            picking.button_validate()
            self.assertEqual(picking.state, "done")

    def _rows(self, model="backorder.report", day=TODAY, **domain):
        self.env.flush_all()
        self.env.invalidate_all()  # what a report showed before is not what it shows now
        with self._day(day):
            rows = self.env[model].search(
                [("categ_id", "=", self.category.id)]
                + [(name, "=", value) for name, value in domain.items()]
            )
            rows.mapped("company_id")  # read them on that day
            return rows

    def _total(self, *aggregates, model="backorder.report", day=TODAY, groupby=()):
        with self._day(day):
            return self.env[model]._read_group(
                [("categ_id", "=", self.category.id)], groupby, aggregates
            )


@tagged("post_install", "-at_install")
class TestReport(ReportCommon):
    """Each quantity once, whatever happens to it."""

    def test_row_says_what_it_is_about(self):
        order = self._sell(0, 8, 5, promised=10)
        row = self._rows(day=1)
        self.assertEqual(row.order_id, order)
        self.assertEqual(row.partner_id, self.customer)
        self.assertEqual(row.user_id, self.salesperson)
        self.assertEqual(row.warehouse_id, self.warehouse)
        self.assertEqual(row.product_id, order.order_line.product_id)
        self.assertEqual(row.backorder_date, START)
        self.assertEqual(row.promised_date, START + timedelta(days=10))
        self.assertEqual(row.action_open_order()["res_id"], order.id)

    def test_delivered_in_two_parts_is_two_rows(self):
        order = self._sell(0, 8, 5)
        with self._day(2):
            held = self._held(order)
            self._stock(held.product_id, 1)
            held.action_backorder_release()
        self._deliver(self._released(order).filtered(lambda p: p.state == "assigned"), 2)
        self.assertEqual(self._rows(state="delivered").quantity, 1)
        self.assertEqual(self._rows(state="waiting").quantity, 2)

    def test_three_steps_count_once(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self._sell(0, 8, 5)
        self._deliver_all(order, 1)
        self.assertEqual(self._seen(), ("waiting", 3))
        self._release(order, 3)
        self.assertEqual(self._seen(), ("released", 3))
        for state in ("released", "released", "delivered"):
            self._deliver(self._ready(order), 6)
            self.assertEqual(self._seen(), (state, 3))
        self.assertAlmostEqual(self._rows().days_to_fill, 6)

    def _seen(self):
        row = self._rows()
        return row.state, row.quantity

    def _ready(self, order):
        return order.picking_ids.filtered(lambda picking: picking.state == "assigned")

    def _deliver_all(self, order, day):
        while ready := self._ready(order):
            self._deliver(ready[:1], day)

    def test_two_steps_fill_rate_is_read_at_the_last_step(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._sell(0, 8, 5)
        self.assertFalse(self._rows("backorder.fill.report").first_date)
        self._deliver_all(order, 1)
        self._assert_fill(8, 5, 3)
        self._release(order, 2)
        self._deliver_all(order, 2)
        self.assertEqual(order.order_line.qty_delivered, 8)
        self._assert_fill(8, 5, 3)

    def _assert_fill(self, ordered, first, backordered):
        row = self._rows("backorder.fill.report")
        self.assertEqual(
            (row.qty_ordered, row.qty_first, row.qty_backordered), (ordered, first, backordered)
        )

    def test_cancelled_order_keeps_its_history(self):
        order = self._sell(0, 8, 5)
        with self._day(1):
            order._action_cancel()
        self.assertEqual((self._rows().state, self._rows().quantity), ("cancelled", 3))
        self.assertEqual(self._rows("backorder.fill.report").qty_first, 5)
        self.assertEqual(self._rows("backorder.fill.report").backorder_rate, 100)

    def test_dropped_without_backorder_keeps_its_history(self):
        """Odoo's No Backorder cancels no move: it leaves the done one below its demand."""
        order = self._sell(0, 8, 5)
        picking = self._release(order, 1)
        picking.move_ids.quantity = 1
        picking.move_ids.picked = True
        with self._day(2):
            self._validate(picking).process_cancel_backorder()
        self.assertEqual(self._rows(state="delivered").quantity, 1)
        self.assertEqual(self._rows(state="cancelled").quantity, 2)
        order.order_line.product_uom_qty = 6
        self._assert_fill(8, 5, 3)

    def test_dropped_at_the_first_delivery_still_counts_as_ordered(self):
        with self._day(0):
            product = self._sample_product()
            self._stock(product, 5)
            order = self._order((product, 8))
            self._ship(order.picking_ids, 5).process_cancel_backorder()
        order.order_line.product_uom_qty = 5
        self.assertFalse(self._rows())
        self._assert_fill(8, 5, 0)

    def test_given_back_is_no_back_order(self):
        order = self._sell(0, 8, 5)
        order.action_unmark_backordered()
        self.assertFalse(self._rows())
        self.assertEqual(self._rows("backorder.fill.report").qty_first, 5)

    def test_order_in_dozens_counts_units(self):
        product = self._sample_product()
        self._stock(product, 12)
        order = self._order((product, 2), confirm=False)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        order.order_line.price_unit = 60
        order.action_confirm()
        self._ship(order.picking_ids, 12).process()
        self.assertEqual(self._rows(day=0).quantity, 12)
        self.assertEqual(self._rows(day=0).open_value, 60)
        self._assert_fill(24, 12, 12)

    def test_value_is_in_company_currency(self):
        currency = self.env["res.currency"].create({"name": "XBO", "symbol": "x"})
        currency.rate_ids = [(0, 0, {"name": "2020-01-01", "rate": 4})]
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id}
        )
        product = self._sample_product()
        order = self._order((product, 3), pricelist_id=pricelist.id)
        order.action_mark_backordered()
        self.assertAlmostEqual(order.order_line.price_unit, 40)
        self.assertAlmostEqual(self._rows().open_value, 30)

    def test_delivered_on_the_promised_day_is_on_time(self):
        order = self._sell(0, 8, 5, promised=4)
        picking = self._release(order, 4)
        self._deliver(picking, 4.25)
        self.assertEqual(self._rows().on_time, "yes")

    def test_no_back_order_no_row(self):
        self._sell(0, 8, 8)
        self.assertFalse(self._rows())
        self.assertEqual(self._rows("backorder.fill.report").order_fill_rate, 100)

    def test_rows_of_other_companies_are_hidden(self):
        self._sell(0, 8, 5)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._user("bo_stranger", "stock.group_stock_user")
        stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        for model in ("backorder.report", "backorder.fill.report"):
            self.assertTrue(self.env[model].with_user(self.shipper).search([]))
            self.assertFalse(self.env[model].with_user(stranger).search([]))

    def test_salesperson_has_no_report_but_the_manager_has(self):
        self._sell(0, 8, 5)
        boss = self._user("bo_boss", "sales_team.group_sale_manager")
        self.assertTrue(self.env["backorder.report"].with_user(boss).search([]))
        with self.assertRaises(AccessError):
            self.env["backorder.report"].with_user(self.salesperson).search([])
