from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_report import TODAY, ReportCommon


@tagged("post_install", "-at_install")
class TestDashboard(ReportCommon):
    """The figures of the dashboard are those of the reports, and each leads to its rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A company of its own: other tests and demo data have back orders too.
        cls.company = cls.env["res.company"].create(
            {"name": "Dashboard Inc.", "backorder_automation": True}
        )
        cls.env.user.company_ids += cls.company
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)])
        cls.stock = cls.warehouse.lot_stock_id
        (cls.salesperson | cls.manager).company_ids += cls.company
        cls.category = cls.category.with_env(cls.env)
        cls.customer = cls.customer.with_env(cls.env)

    def _figures(self, day=TODAY, days=90):
        """Return {key: figure} of the dashboard on a day."""
        self.env.flush_all()
        self.env.invalidate_all()
        with self._day(day):
            result = self.env["backorder.dashboard"].get_figures(days)
        self.result = result
        return {
            figure["key"]: figure for figure in [*result["open"], *result["ages"], *result["rates"]]
        }

    def _behind(self, figure, day=TODAY):
        with self._day(day):
            return self.env[figure["model"]].search(figure["domain"])

    def test_nothing_yet(self):
        figures = self._figures()
        self.assertTrue(self.result["is_empty"])
        self.assertTrue(self.result["is_on"])
        self.assertEqual(figures["count"]["value"], "0")
        self.assertEqual(figures["unit_fill_rate"]["value"], "-")

    def test_open_figures(self):
        first = self._sell(0, 8, 5, promised=10)  # 3 open, over 60 days old, late
        second = self._sell(65, 20, 10)  # 10 open
        figures = self._figures()
        self.assertFalse(self.result["is_empty"])
        shown = {
            key: figures[key]["value"] for key in ("count", "order_id", "partner_id", "overdue")
        }
        self.assertEqual(shown, {"count": "2", "order_id": "2", "partner_id": "1", "overdue": "1"})
        self.assertEqual(figures["open_quantity"]["value"], "13")
        self.assertIn("130", figures["open_value"]["value"])
        self.assertIn(self.company.currency_id.symbol, figures["open_value"]["value"])
        self.assertEqual(self._behind(figures["count"]).order_id, first | second)
        self.assertEqual(self._behind(figures["overdue"]).order_id, first)
        self.assertTrue(figures["overdue"]["is_bad"])

    def test_ages(self):
        old, new = self._sell(0, 8, 5), self._sell(65, 20, 10)
        figures = self._figures()
        lines = {age: figures[age]["value"] for age in ("d07", "d30", "d60", "over")}
        self.assertEqual(lines, {"d07": "1", "d30": "0", "d60": "0", "over": "1"})
        self.assertIn("30", figures["over"]["note"])
        self.assertEqual(self._behind(figures["over"]).order_id, old)
        self.assertEqual(self._behind(figures["d07"]).order_id, new)

    def test_rates_are_those_of_the_reports(self):
        short, _whole = self._sell(10, 8, 4), self._sell(11, 10, 10)
        figures = self._figures()
        shown = {
            key: figures[key]["value"]
            for key in ("backorder_rate", "unit_fill_rate", "line_fill_rate", "otif_rate")
        }
        self.assertEqual(
            shown,
            {
                "backorder_rate": "50.0 %",
                "unit_fill_rate": "77.8 %",
                "line_fill_rate": "50.0 %",
                "otif_rate": "50.0 %",
            },
        )
        for key in (*shown, "order_fill_rate"):
            self.assertEqual(self._behind(figures[key]).order_id, short)

    def test_rates_look_back_as_far_as_asked(self):
        self._sell(0, 8, 4)
        self._sell(60, 10, 10)
        self.assertEqual(self._figures(days=30)["backorder_rate"]["value"], "0.0 %")
        self.assertEqual(self._figures(days=90)["backorder_rate"]["value"], "50.0 %")

    def test_kept_promises(self):
        kept, broken = self._sell(10, 8, 5, promised=20), self._sell(10, 8, 5, promised=12)
        for order in (kept, broken):
            self._deliver(self._release(order, 15), 15)
        figures = self._figures()
        self.assertEqual(figures["on_time_rate"]["value"], "50.0 %")
        self.assertEqual(self._behind(figures["on_time_rate"]).order_id, broken)

    def test_in_full_but_late_is_not_on_time_in_full(self):
        for promised, rate in ((5, 0), (30, 100)):
            with self._day(10):
                product = self._sample_product()
                self._stock(product, 5)
                order = self._order((product, 5), confirm=False)
                order.commitment_date = self._at(promised)
                order.action_confirm()
            self._deliver(order.picking_ids, 12)
            row = self._rows("backorder.fill.report", order_id=order.id)
            self.assertEqual((row.line_fill_rate, row.otif_rate), (100, rate))

    def _at(self, day):
        with self._day(day):
            return fields.Datetime.now()

    def test_two_currencies_are_not_added(self):
        self._sell(60, 8, 5)
        other = self.env["res.company"].create({"name": "Abroad", "backorder_automation": True})
        other.currency_id = self.env["res.currency"].create({"name": "XBO", "symbol": "xbo"})
        self.env.user.company_ids += other
        abroad = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        self.env = self.env(context={"allowed_company_ids": [self.company.id, other.id]})
        with self._day(60):
            product = self._sample_product()
            order = (
                self.env["sale.order"]
                .with_company(other)
                .create(
                    {
                        "partner_id": self.customer.id,
                        "warehouse_id": abroad.id,
                        "company_id": other.id,
                        "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 7})],
                    }
                )
            )
            order.action_confirm()
            order.action_mark_backordered()
        self.assertRegex(self._figures()["open_value"]["value"], r"30.*\+.*70|70.*\+.*30")

    def test_a_handful_of_queries(self):
        for number in range(6):
            self._sell(60 + number, 8, 5)
        self._figures()
        before = self.env.cr.sql_log_count
        self._figures()
        self.assertLessEqual(self.env.cr.sql_log_count - before, 20)

    def test_only_who_may_read_the_reports_sees_it(self):
        dashboard = self.env["backorder.dashboard"]
        self.assertTrue(dashboard.with_user(self.manager).get_figures())
        with self.assertRaises(AccessError):
            dashboard.with_user(self.salesperson).get_figures()
