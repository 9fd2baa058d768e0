from datetime import timedelta

from odoo.tests import tagged

from .test_report import START, ReportCommon


@tagged("post_install", "-at_install")
class TestReportSample(ReportCommon):
    """Twenty orders, their numbers worked out by hand on day 70."""

    def _sample(self):
        for _number in range(8):
            self._sell(0, 10, 10)  # 80 units at once
        on_time = self._sell(0, 533, 500, promised=10)
        self._deliver(self._release(on_time, 4), 5)
        late = self._sell(0, 20, 15, promised=10)
        self._deliver(self._release(late, 15), 20)
        cancelled = self._sell(0, 20, 15)
        with self._day(3):
            cancelled._action_cancel()
        self._sell(0, 8, 0, promised=1)  # late by now
        for day in (30, 50, 65):
            self._sell(day, 6, 2)
        self._sell_two_lines(65)
        self._sell_and_drop(0)
        self._release(self._sell(65, 12, 2), 68)
        self._order((self._sample_product(), 7))  # not shipped yet
        self._order((self._sample_product(), 7), confirm=False)

    def _sell_two_lines(self, day):
        """Ship 10 of the first line, nothing of the second."""
        with self._day(day):
            there, missing = self._sample_product(), self._sample_product()
            self._stock(there, 10)
            order = self._order(
                (there, 10), (missing, 10), commitment_date=START + timedelta(days=100)
            )
            self._ship(order.picking_ids, 10, there).process()

    def _sell_and_drop(self, day):
        """Ship 15 of 20, cancel the rest, and lower the line afterwards."""
        with self._day(day):
            product = self._sample_product()
            self._stock(product, 15)
            order = self._order((product, 20))
            wizard = self._ship(order.picking_ids, 15)
            wizard.shortfall_line_ids.decision = "cancel"
            wizard.process()
            order.order_line.product_uom_qty = 15

    def test_numbers_of_the_sample(self):
        self._sample()
        self.assertEqual(
            self._total("quantity:sum", "__count", groupby=["state"]),
            [("cancelled", 5, 1), ("delivered", 38, 2), ("released", 10, 1), ("waiting", 30, 5)],
        )
        self.assertEqual(
            self._total("open_quantity:sum", groupby=["age"]),
            [("d07", 24), ("d30", 4), ("d60", 4), ("over", 8), (False, 0)],
        )
        ((open_quantity, open_value, days, on_time),) = self._total(
            "open_quantity:sum", "open_value:sum", "days_to_fill:avg", "on_time_rate:avg"
        )
        self.assertEqual((open_quantity, open_value), (40, 400))
        self.assertAlmostEqual(days, 12.5)  # 5 and 20 days
        self.assertAlmostEqual(on_time, 100 / 3)  # one of three whose promise is decided

    def test_fill_rates_of_the_sample(self):
        self._sample()
        ((ordered, first, unit, line, order, backorder),) = self._total(
            "qty_ordered:sum",
            "qty_first:sum",
            "unit_fill_rate:avg",
            "line_fill_rate:avg",
            "order_fill_rate:avg",
            "backorder_rate:avg",
            model="backorder.fill.report",
        )
        self.assertEqual((ordered, first), (731 + 7, 643))
        self.assertAlmostEqual(unit, 100 * 643 / 731)
        self.assertAlmostEqual(line, 100 * 9 / 19)
        self.assertAlmostEqual(order, 100 * 8 / 18)
        self.assertAlmostEqual(backorder, 100 * 9 / 19)
