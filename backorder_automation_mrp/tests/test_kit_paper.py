from lxml import html

from odoo.tests import tagged

from .common import KitCommon


@tagged("post_install", "-at_install")
class TestKitPaper(KitCommon):
    """What the customer sees of kits: what was ordered, not what it is made of."""

    def _print(self, report, record):
        content, _type = self.env["ir.actions.report"]._render_qweb_html(report, record.ids)
        return html.fromstring(content)

    def _texts(self, page, path):
        return [" ".join(cell.text_content().split()) for cell in page.xpath(path)]

    def _slip(self, order):
        done = order.picking_ids.filtered(lambda picking: picking.state == "done")
        return self._print("stock.action_report_delivery", done)

    def test_slip_names_the_kit(self):
        page = self._slip(self._short_kits())
        cells = self._texts(page, "//table[@name='backorder_held_table']//td")
        self.assertEqual(cells[0], "Kit")
        self.assertIn(cells[1], ("3", "3 Units"))
        self.assertEqual(len(cells), 3)

    def test_slip_counts_components_in_the_section_of_their_kit(self):
        """Ordered 20 and 10, shipped 14 and 7; a gadget of its own is no component."""
        self._stock_kits(7)
        self._stock(self.gadget, 1)
        order = self._order((self.kit, 10), (self.gadget, 4))
        kit, alone = order.order_line
        kit.move_ids[0].write({"quantity": 14, "picked": True})
        kit.move_ids[1].write({"quantity": 7, "picked": True})
        alone.move_ids.write({"quantity": 1, "picked": True})
        self._validate(order.picking_ids).process()
        done = order.picking_ids.filtered(lambda picking: picking.state == "done")
        lines = done.move_line_ids
        section = lines._get_aggregated_product_quantities(kit_name="Kit")
        self.assertEqual(
            {line["product"]: line["qty_ordered"] for line in section.values()},
            {self.gadget: 20, self.gizmo: 10},
        )
        rest = lines._get_aggregated_product_quantities()
        self.assertEqual(
            {line["product"]: line["qty_ordered"] for line in rest.values()}, {self.gadget: 4}
        )

    def test_order_says_how_many_kits_wait(self):
        order = self._short_kits()
        page = self._print("sale.action_report_saleorder", order)
        self.assertIn("3", self._texts(page, "//td[@name='td_backordered']")[0].split()[0])

    def test_customer_sees_kits(self):
        order = self._short_kits()
        self.assertEqual(order._get_backorder_customer_lines(), order.order_line)
        self.assertEqual(order.order_line.qty_backordered, 3)

    def test_progress_counts_kits(self):
        order = self._short_kits()
        self._stock_kits(2)
        self._release()
        [row] = order._get_backorder_progress()
        self.assertEqual(
            [row[key] for key in ("ordered", "delivered", "ready", "waiting")], [10, 7, 2, 1]
        )

    def test_value_of_the_components_is_that_of_the_kits(self):
        self.kit.list_price = 100
        order = self._short_kits()
        self.env.flush_all()
        rows = self.env["backorder.report"].search([("order_id", "=", order.id)])
        self.assertEqual(rows.product_id, self.gadget | self.gizmo)
        self.assertEqual(sum(rows.mapped("open_value")), 300)

    def test_fill_rate_leaves_kits_out(self):
        """Components are no measure of kits."""
        self.kit.is_storable = True
        order = self._short_kits()
        self.env.flush_all()
        row = self.env["backorder.fill.report"].search([("order_id", "=", order.id)])
        self.assertEqual((row.qty_ordered, row.qty_first, row.qty_backordered), (10, 0, 0))
        [(rate,)] = row._read_group([("id", "in", row.ids)], [], ["unit_fill_rate:avg"])
        self.assertFalse(rate)

    def test_list_says_which_kit(self):
        order = self._short_kits()
        alone = self._short(6, 0)
        self.assertEqual(self._held(order).backorder_kit_id, self.kit)
        self.assertFalse(self._held(alone).backorder_kit_id)
