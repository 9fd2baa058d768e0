from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.tests import tagged
from odoo.tools import format_date

from .common_roads import RoadsCommon


@tagged("post_install", "-at_install")
class TestFactsSlip(RoadsCommon):
    """Every delivery slip says what is still missing, the later ones too."""

    def _missing(self, picking):
        """Return the rows of what the slip says is back ordered."""
        content, _type = self.env["ir.actions.report"]._render_qweb_html(
            "stock.action_report_delivery", picking.ids
        )
        rows = html.fromstring(content).xpath("//table[@name='backorder_held_table']/tbody/tr")
        return [[" ".join(c.text_content().split()) for c in row.xpath("./td")] for row in rows]

    def _ordered(self, picking):
        lines = picking.move_line_ids._get_aggregated_product_quantities().values()
        return [(line["qty_ordered"], line["quantity"]) for line in lines]

    def _done(self, order):
        return order.picking_ids.filtered(
            lambda p: p.state == "done" and p.location_dest_id.usage == "customer"
        ).sorted("id")

    def _ship_next(self, order, quantity):
        """Put so many in stock, release them and send them to the customer."""
        self._stock(self.gadget, quantity)
        self._release()
        self._walk_to_customer(order)
        return self._done(order)[-1:]

    def _deliver(self, steps):
        """75 ordered, 50 shipped, 14 released and shipped; return the order and its two slips."""
        self.warehouse.delivery_steps = steps
        self.gadget = self._product("Gadget")
        order = self._short(75, 50)
        self._walk_to_customer(order)
        first = self._done(order)
        return order, first, self._ship_next(order, 14)

    def test_second_slip_names_what_is_still_missing(self):
        for steps in ("ship_only", "pick_ship", "pick_pack_ship"):
            with self.subTest(steps=steps):
                _order, first, second = self._deliver(steps)
                missing = [["Gadget", "11 Units", "No date known yet"]]
                self.assertEqual(self._ordered(second), [(25, 14)])
                self.assertEqual(self._missing(second), missing)
                self.assertEqual(self._ordered(first), [(75, 50)])
                self.assertEqual(self._missing(first), missing)

    def test_slip_says_when_it_is_expected(self):
        _order, _first, second = self._deliver("ship_only")
        receipt = self._incoming(self.gadget, 11)
        receipt.move_ids.date = fields.Datetime.now() + timedelta(days=9)
        date = format_date(self.env, receipt.move_ids.date)
        self.assertEqual(self._missing(second), [["Gadget", "11 Units", date]])

    def test_third_slip_names_the_rest_and_the_last_none(self):
        order, _first, _second = self._deliver("ship_only")
        third = self._ship_next(order, 6)
        self.assertEqual(self._ordered(third), [(11, 6)])
        self.assertEqual(self._missing(third)[0][1], "5 Units")
        last = self._ship_next(order, 5)
        self.assertEqual(self._ordered(last), [(5, 5)])
        self.assertFalse(self._missing(last))

    def test_slip_printed_again_says_what_was_ordered_then(self):
        order, first, second = self._deliver("ship_only")
        self._ship_next(order, 11)
        self.assertEqual(self._ordered(first), [(75, 50)])
        self.assertEqual(self._ordered(second), [(25, 14)])
        self.assertFalse(self._missing(second))

    def test_slip_names_what_another_transfer_is_about_to_bring(self):
        order, _first, second = self._deliver("ship_only")
        self._stock(self.gadget, 4)
        self._release()
        rows = [["Gadget", "7 Units", "No date known yet"], ["Gadget", "4 Units", "Being prepared"]]
        self.assertCountEqual(self._missing(second), rows)
        self.assertEqual(self._ordered(second), [(25, 14)])
        self.assertEqual(self._missing(self._released(order))[0][1], "7 Units")

    def test_slip_of_a_short_second_delivery(self):
        order = self._short(75, 50)
        self._stock(self.gadget, 14)
        self._release()
        second = self._released(order)
        self._ship(second, 10).process()
        self._walk_to_customer(order)
        self.assertEqual(sum(int(row[1].split()[0]) for row in self._missing(second)), 15)

    def test_slip_names_other_lines_that_wait(self):
        self._stock(self.gizmo, 1)
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 9), (self.gizmo, 3))
        first = order.picking_ids
        first.move_ids.picked = True
        self._validate(first).process()
        second = self._ship_next(order, 4)
        self.assertEqual(self._missing(second), [["Gizmo", "2 Units", "No date known yet"]])

    def test_slip_of_an_order_without_back_orders_says_nothing(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 9))
        first = order.picking_ids
        first.move_ids.write({"quantity": 5, "picked": True})
        dialog = self._validate(first)
        dialog.shortfall_line_ids.decision = "native"
        dialog.process()
        self.assertEqual(self._ordered(first), [(9, 5)])
        self.assertFalse(self._missing(first))

    def test_slip_of_a_return_says_nothing(self):
        order = self._short(9, 5)
        back = self._return(order.picking_ids, 2, to_refund=False)
        self.assertFalse(self._missing(back))
