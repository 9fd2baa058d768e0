from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import format_date

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestPaper(BackorderCommon):
    """What is back ordered, and when it comes, on what the customer holds in hand."""

    def _print(self, report, record):
        content, _type = self.env["ir.actions.report"]._render_qweb_html(report, record.ids)
        return html.fromstring(content)

    def _texts(self, page, path):
        return [" ".join(cell.text_content().split()) for cell in page.xpath(path)]

    def _expect(self, days):
        receipt = self._incoming(self.gadget, 33)
        receipt.move_ids.date = fields.Datetime.now() + timedelta(days=days)
        return format_date(self.env, receipt.move_ids.date)

    def _slip(self, picking):
        page = self._print("stock.action_report_delivery", picking)
        return self._texts(page, "//table[@name='backorder_held_table']//td")

    def test_slip_says_when_the_rest_is_expected(self):
        date = self._expect(9)
        order = self._short()
        self.assertEqual(self._slip(order.picking_ids)[1:], ["33 Units", date])

    def test_slip_says_when_no_date_is_known(self):
        order = self._short()
        self.assertEqual(self._slip(order.picking_ids)[2], "No date known yet")

    def test_slip_of_a_whole_delivery_says_nothing(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 5))
        self._ship(order.picking_ids, 5)
        self.assertFalse(self._slip(order.picking_ids))

    def _columns(self, order):
        page = self._print("sale.action_report_saleorder", order)
        self.assertTrue(page.xpath("//th[@name='th_quantity']"))
        return self._texts(page, "//th[@name='th_backordered']"), self._texts(
            page, "//td[@name='td_backordered']"
        )

    def test_order_has_the_column_while_something_is_back_ordered(self):
        self._stock(self.gizmo, 4)
        order = self._order((self.gizmo, 4), (self.gadget, 33))
        self.assertEqual(self._columns(order), ([], []))
        self._ship(order.picking_ids, 4, self.gizmo).process()
        date = self._expect(9)
        self.assertEqual(
            self._columns(order), (["Back Ordered Expected"], ["", f"33.00 Units {date}"])
        )
        order.action_unmark_backordered()
        self.assertEqual(self._columns(order), ([], []))

    def test_order_says_dozens_where_dozens_are_ordered(self):
        order = self._order((self.gadget, 2), confirm=False)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        order.action_confirm()
        order.action_mark_backordered()
        self.assertEqual(self._columns(order)[1], ["2.00 Dozens No date known yet"])

    def test_rows_of_an_order_with_a_section_are_equally_wide(self):
        order = self._order((self.gadget, 33), confirm=False)
        order.order_line = [
            Command.create({"display_type": "line_section", "name": "Section", "sequence": 1})
        ]
        order.action_confirm()
        for back_ordered in (False, True):
            if back_ordered:
                order.action_mark_backordered()
            page = self._print("sale.action_report_saleorder", order)
            table = page.xpath("//table[hasclass('o_main_table')]")[0]
            widths = {
                sum(int(cell.get("colspan", 1)) for cell in row.xpath("./td|./th"))
                for row in table.xpath("./thead/tr|./tbody/tr")
            }
            self.assertEqual(len(widths), 1, widths)
