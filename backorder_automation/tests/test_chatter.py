from datetime import timedelta

from markupsafe import escape

from odoo import fields
from odoo.tests import tagged
from odoo.tools import html2plaintext

from ..const import CTX_ASK
from ..texts import format_day, format_goods, format_quantity
from .common import QueueCommon


@tagged("post_install", "-at_install")
class TestChatter(QueueCommon):
    """The order says what happened to its back orders, in words, once for each."""

    def setUp(self):
        super().setUp()
        self.receipt = self._incoming(self.gadget, 100)
        self.receipt.move_ids.date = fields.Datetime.now() + timedelta(days=2)
        self.day = format_day(self.env, self.receipt.move_ids.date)

    def _said(self, order):
        """Return the notes of an order since this was asked last, as people read them."""
        self._flush_tracking()
        messages = order.message_ids.sorted("id").filtered(
            lambda message: message.id > self._last_of(order)
        )
        self._read[order] = max(order.message_ids.ids, default=0)
        return [
            text for message in messages if (text := html2plaintext(message.body or "").strip())
        ]

    def _last_of(self, order):
        if not hasattr(self, "_read"):
            self._read = {}
        return self._read.get(order, 0)

    def _silent(self, order):
        """Forget what an order said so far."""
        self._said(order)
        return order

    def _shown_changes(self, order):
        """Return the changes of fields that people are shown on an order."""
        changes = order.message_ids.sudo().tracking_value_ids
        return order._track_filter_for_display(changes).field_id.mapped("name")

    def test_held_released_shipped(self):
        """Scenario: 533 ordered, 500 shipped, the 33 held, released and shipped.

        Expected: the order says each in a line of text, and shows no flag that went on and off.
        """
        self._stock(self.gadget, 500)
        order = self._silent(self._order((self.gadget, 533), confirm=False))
        order.action_confirm()
        self.assertIn(f"33 Gadget will wait, expected {self.day}", self._said(order))
        self._ship(order.picking_ids, 500).process()
        self.assertEqual(self._said(order), [f"33 Gadget back ordered, expected {self.day}"])
        self._stock(self.gadget, 33)
        self._run(self.secondary)
        released = self._released(order)
        self.assertEqual(self._said(order), [f"33 Gadget released in {released.name}"])
        self._ship(released, 33)
        self.assertEqual(self._said(order), [f"33 Gadget shipped in {released.name}"])
        self.assertFalse(order.is_backordered)
        self.assertNotIn("is_backordered", self._shown_changes(order))
        flags = order.message_ids.tracking_value_ids.filtered(
            lambda change: change.field_id.name == "is_backordered"
        )
        self.assertEqual(sorted(flags.mapped("new_value_integer")), [0, 1])

    def test_note_comes_with_the_change_of_the_flag(self):
        """One message, not a silent one beside it."""
        order = self._silent(self._order((self.gadget, 3)))
        order.action_mark_backordered()
        self._flush_tracking()
        [change] = order.message_ids.tracking_value_ids.filtered(
            lambda change: change.field_id.name == "is_backordered"
        )
        self.assertIn("3 Gadget back ordered", change.mail_message_id.body)

    def test_given_back(self):
        order = self._silent(self._waiting(3))
        order.action_unmark_backordered()
        transfer = order.picking_ids.filtered("move_ids")
        self.assertEqual(self._said(order), [f"3 Gadget given back, now in {transfer.name}"])

    def test_each_product_has_its_line_and_the_order_one_note(self):
        order = self._silent(self._order((self.gadget, 3), (self.gizmo, 2)))
        order.action_mark_backordered()
        [note] = self._said(order)
        self.assertEqual(
            note.splitlines(),
            [
                f"3 Gadget back ordered, expected {self.day}",
                "2 Gizmo back ordered, no date known yet",
            ],
        )

    def test_unit_is_said_where_it_is_not_counted_in_units(self):
        unit = self.env.ref("uom.product_uom_kgm")
        flour = self._product("Flour", uom_id=unit.id)
        order = self._silent(self._order((flour, 2.5)))
        order.action_mark_backordered()
        self.assertEqual(
            self._said(order), [f"2.5 {unit.name} Flour back ordered, no date known yet"]
        )

    def test_quantities_as_people_write_them(self):
        unit = self.env.ref("uom.product_uom_unit")
        quantities = (33.0, 1500000.0, 0.25, 0.0, 1e-9)
        texts = [format_quantity(self.env, quantity, unit) for quantity in quantities]
        self.assertEqual(texts, ["33", "1,500,000", "0.25", "0", "0"])
        self.gadget.default_code = "G1"
        self.assertEqual(format_goods(self.env, 100, unit, self.gadget), "100 Gadget")

    def test_name_is_text(self):
        self.gadget.name = "<b>Bold & Sons</b>"
        order = self._waiting(3)
        self._flush_tracking()
        bodies = "".join(order.message_ids.mapped("body"))
        self.assertIn(str(escape(self.gadget.name)), bodies)
        self.assertNotIn("<b>Bold", bodies)

    def test_lost_goods_are_told_once(self):
        order = self._waiting(3)
        self._stock(self.gadget, 3)
        self._run(self.secondary)
        self._silent(order)
        self._stock(self.gadget, -3)
        self._released(order).do_unreserve()
        self._run(self.secondary)
        [note] = self._said(order)
        self.assertIn("It waits again", note)

    def test_what_failed_says_nothing(self):
        """What is rolled back did not happen."""
        order = self._silent(self._waiting(3))
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            order.action_unmark_backordered()
            1 / 0  # noqa: B018
        self.assertEqual(self._said(order), [])

    # At the moment of confirming

    def _confirm(self, *lines, **values):
        """Confirm in the form; return the order and what the button returns."""
        order = self._silent(self._order(*lines, confirm=False, **values))
        return order, order.with_context(**{CTX_ASK: True}).action_confirm()

    def test_confirming_says_what_will_wait(self):
        self._stock(self.gadget, 5)
        order, action = self._confirm((self.gadget, 8), (self.gizmo, 1))
        lines = [
            f"3 Gadget will wait, expected {self.day}",
            "1 Gizmo will wait, no date known yet",
        ]
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(action["params"]["message"], "; ".join(lines))
        notes = self._said(order)
        self.assertEqual(notes[-1].splitlines(), lines)

    def test_notification_is_short_and_the_chatter_says_all(self):
        lines = [(self._product(f"Part {number}"), 1) for number in range(5)]
        order, action = self._confirm(*lines)
        self.assertRegex(action["params"]["message"], r"^1 Part 0 .*1 Part 2 .*, and 2 more$")
        self.assertEqual(len(self._said(order)[-1].splitlines()), 5)

    def test_held_at_confirmation_is_said_in_the_same_way(self):
        self.company.backorder_at_confirm = "always"
        order, action = self._confirm((self.gadget, 8))
        line = f"8 Gadget back ordered, expected {self.day}"
        self.assertEqual(action["params"]["message"], line)
        self.assertEqual(self._said(order)[-1], line)

    def test_where_the_company_asks_the_dialog_says_it(self):
        self.company.backorder_at_confirm = "ask"
        order, action = self._confirm((self.gadget, 8))
        self.assertEqual(action["res_model"], "backorder.confirm")
        self.assertNotIn("will wait", " ".join(self._said(order)))

    def test_nothing_short_says_nothing(self):
        self._stock(self.gadget, 8)
        order, action = self._confirm((self.gadget, 8))
        self.assertIs(action, True)
        self.assertNotIn("Gadget", " ".join(self._said(order)))

    def test_feature_off_says_nothing(self):
        self.company.backorder_automation = False
        order, action = self._confirm((self.gadget, 8))
        self.assertIs(action, True)
        self.assertNotIn("Gadget", " ".join(self._said(order)))

    def test_who_confirms_otherwise_gets_what_odoo_returns(self):
        order = self._order((self.gadget, 8), confirm=False)
        self.assertIs(order.action_confirm(), True)
        self.assertIn(f"8 Gadget will wait, expected {self.day}", self._said(order))

    # Activities

    def test_activities_close_with_their_cause(self):
        """Scenario: a promise is not covered, and the line is given back, cancelled, released.

        Expected: the activity about it is gone at once, before any job runs.
        """
        promise = self.env.ref("backorder_automation.mail_activity_backorder_promise")
        for end in ("action_unmark_backordered", "action_cancel", None):
            product = self._product("Gear")
            order = self._waiting(3, product=product, promised=1)
            self.env["sale.order"]._backorder_update_alerts()
            self.assertIn(promise, order.activity_ids.activity_type_id)
            if end:
                getattr(order, end)()
            else:
                self._stock(product, 3)
                self._held(order).with_user(self.manager).action_backorder_release()
            self._flush_tracking()
            self.assertNotIn(promise, order.activity_ids.activity_type_id)
            self.assertFalse(order.backorder_alerts)

    def test_activity_stays_while_anything_waits(self):
        order = self._waiting(3, product=self.gizmo, promised=1)
        self.env["sale.order"]._backorder_update_alerts()
        self._stock(self.gizmo, 1)
        self._held(order).with_user(self.manager).action_backorder_release()
        self._flush_tracking()
        self.assertTrue(order.backorder_alerts)
        self.assertTrue(order.activity_ids)

    def test_activity_about_lost_goods_closes_when_they_are_found(self):
        order = self._waiting(3)
        self._stock(self.gadget, 3)
        self._run(self.secondary)
        self._stock(self.gadget, -3)
        self._released(order).do_unreserve()
        self._run(self.secondary)
        lost = self.env.ref("backorder_automation.mail_activity_backorder_lost")
        self.assertEqual(order.activity_ids.activity_type_id, lost)
        self._stock(self.gadget, 3)
        self._run(self.secondary)
        self._flush_tracking()
        self.assertFalse(order.activity_ids)

    def test_wish_closes_with_the_last_back_order(self):
        """Not before: what is released is not shipped."""
        order = self._waiting(3)
        order.activity_schedule("backorder_automation.mail_activity_backorder_wish")
        self._stock(self.gadget, 3)
        self._run(self.secondary)
        self._flush_tracking()
        self.assertTrue(order.activity_ids)
        self._ship(self._released(order), 3)
        self._flush_tracking()
        self.assertFalse(order.activity_ids)

    def test_notes_of_a_batch_cost_the_same_for_every_number_of_orders(self):
        """One INSERT for the notes of twelve orders, as for those of two."""

        def cost(count):
            for _number in range(count):
                self._waiting(1)
            self._stock(self.gadget, count)
            self._flush_tracking()
            self.env["stock.move"]._cron_backorder_secondary()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env.cr.flush()
            return self.env.cr.sql_log_count - before

        cost(1)
        few = cost(2)
        self.assertEqual(few, cost(12))
