from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common import QueueCommon

FIELDS = (
    "qty_backordered",
    "qty_waiting",
    "qty_ready",
    "backorder_place",
    "backorder_reason",
    "backorder_promised_date",
    "backorder_expected_date",
    "backorder_is_late",
)


@tagged("post_install", "-at_install")
class TestOrderLine(QueueCommon):
    """What an order line tells of what it waits for."""

    def test_line_tells_its_place_and_reason(self):
        first, second = self._waiting(5, promised=1), self._waiting(5, promised=2)
        self.assertEqual(first.order_line.backorder_place, 1)
        self.assertEqual(second.order_line.backorder_place, 2)
        self.assertEqual(second.order_line.backorder_reason, self._held(second).backorder_reason)

    def test_line_with_nothing_held_tells_nothing(self):
        self._stock(self.gadget, 5)
        line = self._order((self.gadget, 5)).order_line
        self.assertEqual(line.read(FIELDS)[0].pop("qty_ready"), 5)
        others = [field for field in FIELDS if field != "qty_ready"]
        self.assertFalse([field for field in others if line[field]])

    def test_released_part_does_not_wait(self):
        order = self._short()
        self._stock(self.gadget, 20)
        self._run()
        self.assertRecordValues(
            order.order_line, [{"qty_backordered": 33, "qty_ready": 20, "qty_waiting": 13}]
        )

    def test_waiting_dozens(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._order(confirm=False)
        order.order_line = [
            Command.create(
                {
                    "product_id": self.gadget.id,
                    "product_uom_qty": 2,
                    "product_uom_id": dozen.id,
                }
            )
        ]
        order.action_confirm()
        order.action_mark_backordered()
        self.assertEqual(order.order_line.qty_waiting, 2)

    def test_promised_is_the_promise_or_the_lead_time(self):
        """The lead time only where the company promises by it."""
        promised = self._waiting(5, promised=7)
        self.assertEqual(promised.order_line.backorder_promised_date, promised.commitment_date)
        self.company.backorder_promise_by_lead = True
        self.gadget.sale_delay = 4
        order = self._waiting(5)
        lead = order.order_line.backorder_promised_date - order.date_order
        self.assertEqual(lead.days, 4)

    def test_late_when_expected_after_the_promise(self):
        order = self._waiting(5, promised=7)
        receipt = self._incoming(self.gadget, 5)
        for days, is_late in ((5, False), (9, True)):
            receipt.move_ids.date = fields.Datetime.now() + timedelta(days=days)
            self.env.invalidate_all()
            self.assertIs(order.order_line.backorder_is_late, is_late)

    def test_salesperson_reads_it(self):
        line = self._waiting(5).order_line.with_user(self.salesperson)
        self.assertEqual(line.backorder_place, 1)
        self.assertTrue(line.backorder_reason)

    def test_reading_lines_costs_the_same_for_every_number(self):
        def cost(count):
            order = self._order(*[(self.gadget, 1)] * count)
            order.action_mark_backordered()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order.order_line.read(FIELDS)
            return self.env.cr.sql_log_count - before

        cost(1)
        few = cost(2)
        self.assertLessEqual(cost(20), few)
