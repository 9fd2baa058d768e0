from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.tests import tagged
from odoo.tools import format_date
from odoo.tools.safe_eval import safe_eval

from .common import QueueCommon

FILTER = "backorder_automation.view_picking_internal_search"


@tagged("post_install", "-at_install")
class TestReleaseNotes(QueueCommon):
    """A new transfer says that it is a back order, since when, and what brought its goods."""

    def _texts(self, order):
        """Return what the notes on the open transfer of an order say about its lines."""
        bodies = self._released(order).message_ids.mapped("body")
        return [
            " ".join(item.text_content().split())
            for body in filter(None, bodies)
            for item in html.fromstring(f"<div>{body}</div>").iterfind(".//li")
        ]

    def _day(self, order, **context):
        env = self.env(context={**self.env.context, **context})
        return format_date(
            env, order.order_line.move_ids.filtered("backorder_date")[0].backorder_date
        )

    def _reserve_before_now(self, quantity):
        """Let somebody have reserved goods an hour ago; return the order."""
        self._stock(self.gadget, quantity)
        order = self._order((self.gadget, quantity))
        lines = order.picking_ids.move_line_ids
        self.assertTrue(lines)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_move_line SET create_date = create_date - INTERVAL '1 hour'"
            " WHERE id IN %s",
            (lines._ids,),
        )
        return order

    def test_receipt_that_brought_the_goods_is_named(self):
        order = self._short(533, 500)
        receipt = self._receive(self.gadget, 33)
        self._run(self.primary)
        day = self._day(order)
        self.assertEqual(
            self._texts(order),
            [f"33 Gadget back ordered on {day}, stock came with {receipt.name}"],
        )

    def test_several_lines_are_one_note(self):
        order = self._order((self.gadget, 1234.5), (self.gizmo, 2))
        order.action_mark_backordered()
        receipt = self._receive(self.gizmo, 2)
        self._stock(self.gadget, 1234.5)
        self._run(self.secondary)
        day = self._day(order)
        notes = self._released(order).message_ids.filtered(lambda m: "back ordered on" in m.body)
        self.assertEqual(len(notes), 1)
        self.assertEqual(
            self._texts(order),
            [
                f"1,234.5 Gadget back ordered on {day}",
                f"2 Gizmo back ordered on {day}, stock came with {receipt.name}",
            ],
        )

    def test_unit_is_named_where_it_says_anything(self):
        flour = self._product("Flour", uom_id=self.env.ref("uom.product_uom_kgm").id)
        order = self._waiting(2.5, product=flour)
        self._stock(flour, 2.5)
        self._run()
        self.assertEqual(self._texts(order), [f"2.5 kg Flour back ordered on {self._day(order)}"])

    def test_goods_of_others_who_wait_for_nothing_else_are_not_ours(self):
        """What was there before was reserved: what is free came with the receipt."""
        self._reserve_before_now(40)
        order = self._waiting(33)
        receipt = self._receive(self.gadget, 33)
        self._run()
        self.assertIn(receipt.name, self._texts(order)[0])

    def test_goods_that_somebody_gave_up_came_with_nothing(self):
        """Counter-test: a receipt came too, but it is not what made this one free."""
        other = self._reserve_before_now(40)
        order = self._waiting(33)
        self._receive(self.gadget, 5)
        other.picking_ids.do_unreserve()
        other.picking_ids.action_cancel()
        self._run()
        self.assertEqual(self._texts(order), [f"33 Gadget back ordered on {self._day(order)}"])

    def test_counted_goods_came_with_nothing(self):
        order = self._waiting(3)
        self._count(self.gadget, 3)
        self._run()
        self.assertEqual(self._texts(order), [f"3 Gadget back ordered on {self._day(order)}"])

    def test_receipt_of_long_ago_is_not_named(self):
        """What came before it was short did not end the wait."""
        self._receive(self.gadget, 3)
        other = self._order((self.gadget, 3))
        order = self._waiting(3)
        self._held(order).backorder_date = fields.Datetime.now() + timedelta(minutes=1)
        other.action_cancel()
        self._run()
        self.assertNotIn("came with", self._texts(order)[0])

    def test_receipt_onto_a_shelf_is_named(self):
        order = self._waiting(3)
        receipt = self._receive(self.gadget, 3, location=self.shelf)
        self._run()
        self.assertIn(receipt.name, self._texts(order)[0])

    def test_receipts_of_two_shelves_are_named(self):
        order = self._waiting(5)
        receipts = [
            self._receive(self.gadget, 3, location=self.shelf),
            self._receive(self.gadget, 2),
        ]
        self._run()
        for receipt in receipts:
            self.assertIn(receipt.name, self._texts(order)[0])

    def test_names_are_text(self):
        self.gadget.name = "<b>Bold</b>"
        order = self._waiting(3)
        receipt = self._receive(self.gadget, 3)
        receipt.name = "<i>In</i>"
        self._run()
        [note] = self._released(order).message_ids.filtered(lambda m: "back ordered on" in m.body)
        self.assertIn("&lt;b&gt;Bold", note.body)
        self.assertIn("&lt;i&gt;In", note.body)

    def test_note_is_in_the_language_of_the_company_or_of_who_acts(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.company.partner_id.lang = "fr_FR"
        texts = []
        for context in ({}, {"lang": "en_US"}):
            order = self._waiting(3)
            self._stock(self.gadget, 3)
            self._held(order).with_context(**context)._backorder_release()
            texts += self._texts(order)
            day = self._day(order, lang=context.get("lang", "fr_FR"))
            self.assertIn(day, texts[-1])

    # What the transfer looks like in lists

    def _filtered(self):
        view = self.env["stock.picking"].get_view(self.env.ref(FILTER).id, "search")
        [node] = html.fromstring(view["arch"]).xpath("//filter[@name='backorder_released']")
        return self.env["stock.picking"].search(safe_eval(node.get("domain")))

    def test_badge_and_filter_tell_released_transfers(self):
        order = self._short(8, 5)
        first = order.picking_ids
        self.assertNotIn(first, self._filtered())
        self._stock(self.gadget, 3)
        self._run()
        second = self._released(order)
        self.assertEqual(self._filtered() & order.picking_ids, second)
        self.assertEqual((first | second).mapped("backorder_badge"), [False, "Back order"])
        second.move_ids.picked = True
        second.button_validate()
        self.assertNotIn(second, self._filtered())
        self.assertEqual(second.backorder_badge, "Back order")
        self.company.backorder_automation = False
        second.invalidate_recordset()
        self.assertFalse(second.backorder_badge)

    def test_native_backorder_has_no_badge(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8))
        self._ship(order.picking_ids, 5).process_native()
        self.assertFalse(any(order.picking_ids.mapped("backorder_badge")))
        self.assertFalse(self._filtered() & order.picking_ids)

    def test_badges_of_a_page_are_one_query(self):
        orders = self.env["sale.order"].union(*(self._waiting(1) for _number in range(5)))
        self._stock(self.gadget, 5)
        self._run()
        pickings = self._released(orders)
        self.assertEqual(len(pickings), 5)
        self.env.invalidate_all()
        pickings.mapped("company_id.backorder_automation")
        with self.assertQueryCount(1):
            self.assertEqual(set(pickings.mapped("backorder_badge")), {"Back order"})
