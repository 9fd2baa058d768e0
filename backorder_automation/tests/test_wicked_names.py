from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import QueueCommon

WICKED = 'X <a href="https://evil.example">click me</a>'
HARMLESS = "Smith & Sons"
REPORTS = ("stock.report_deliveryslip", "sale.report_saleorder")


@tagged("post_install", "-at_install")
class TestWickedNames(QueueCommon, HttpCase):
    """What people call themselves and their things is text, wherever we write it."""

    def setUp(self):
        super().setUp()
        self.guest = self._user("bo_guest", "base.group_portal")
        self.customer = self.guest.partner_id
        self.customer.user_id = self.salesperson
        switches = ("mail_held", "mail_released", "mail_cancelled", "mail_date", "portal_wait")
        self.company.write({f"backorder_{name}": True for name in switches})
        self.company.backorder_activity_nothing = True

    def _name(self, name):
        """Give everything that has a name this one."""
        self.name = name
        self.customer.name = name
        self.warehouse.name = name
        unit = self.env["uom.uom"].create({"name": name, "relative_factor": 1.0})
        self.product = self._product(name, uom_id=unit.id, tracking="lot")
        self.other = self._product(name, uom_id=unit.id)
        self.lot = self.env["stock.lot"].create({"name": name, "product_id": self.product.id})
        self.orders = self.env["sale.order"]
        self.shown = []

    def _sell(self, product, quantity, promised=1, **values):
        date = fields.Datetime.now() + timedelta(days=promised)
        order = self._order((product, quantity), commitment_date=date, **values)
        self.orders |= order
        return order

    def _fill(self, quantity):
        self.env["stock.quant"]._update_available_quantity(
            self.product, self.stock, quantity, lot_id=self.lot
        )

    def _walk(self, name):
        """Walk every road on which we write something; return all HTML that came of it."""
        self._name(name)
        order = self._walk_shipment()
        self._walk_queue(order)
        self._walk_ends()
        self._walk_donor()
        pickings = self.env["stock.picking"].search([("sale_id", "in", self.orders.ids)])
        return [*self.shown, *self._read_written(self.orders), *self._read_written(pickings)]

    def _walk_shipment(self):
        """The dialog with its preview, the mail, the message, the slip, the page of the order."""
        self._fill(5)
        order = self._sell(self.product, 9)
        dialog = self._ship(order.picking_ids, 5)
        self.assertTrue(dialog.backorder_mail_preview)
        self.shown.append(dialog.backorder_mail_preview)
        dialog.process()
        self.shown.append(order.backorder_progress)
        for report, records in zip(REPORTS, (order.picking_ids, order), strict=True):
            content, _type = self.env["ir.actions.report"]._render_qweb_html(report, records.ids)
            self.shown.append(content.decode())
        self.authenticate(self.guest.login, self.guest.login)
        self.shown.append(self.url_open(f"/my/orders/{order.id}").text)
        return order

    def _walk_queue(self, order):
        """Pause, wish, activity, expected date, release, hold again, correction."""
        dialog = self._dialog(self._held(order).action_backorder_pause())
        dialog.reason = self.name
        dialog.action_pause()
        self.assertIn(self.name, self._held(order).backorder_reason)
        self._held(order).action_backorder_resume()
        order._backorder_ask("wait", self.customer)
        self._run(self.secondary)
        self.assertGreaterEqual(len(order.activity_ids), 3)
        self._incoming(self.product, 9).move_ids.date = fields.Datetime.now() + timedelta(days=20)
        self._run(self.secondary)
        self._fill(2)
        self._run(self.secondary)
        done = order.picking_ids.filtered(lambda picking: picking.state == "done")
        self._fill(1)
        done.move_line_ids.quantity += 1
        dialog = self._dialog(self._released(order).move_ids.action_backorder_hold_again())
        dialog.reason = self.name
        dialog.action_pause()

    def _walk_ends(self):
        """What is not shipped: decided in the dialog, dropped from the list and on a transfer."""
        self._stock(self.other, 3)
        order = self._sell(self.other, 9)
        dialog = self._ship(order.picking_ids, 1)
        dialog.shortfall_line_ids.decision = "cancel"
        dialog.process()
        held = self._sell(self.other, 5)
        held.action_mark_backordered()
        self._stock(self.other, 3)
        self._run(self.secondary)
        carried = self._released(held).filtered("backorder_is_carried")
        self._end(carried.action_backorder_cancel(), "action_wait")
        self._end(self._held(held).action_backorder_drop(), "action_drop")

    def _end(self, action, button):
        dialog = self._dialog(action)
        dialog.reason = self.name
        getattr(dialog, button)()

    def _walk_donor(self):
        """Stock taken from a transfer behind, and past those ahead."""
        product = self._product(self.name, uom_id=self.other.uom_id.id)
        self._stock(product, 3)
        behind = self._sell(product, 3, promised=50)
        ahead = self._sell(product, 3)
        ahead.action_mark_backordered()
        dialog = self._dialog(self._held(ahead).action_backorder_find_stock())
        dialog.line_ids.take = 2
        dialog.action_take()
        late = self._sell(product, 4, promised=99)
        self._stock(product, 2)
        late.picking_ids.action_backorder_take_anyway()
        self.assertTrue(self._held(behind))

    def _read_written(self, records):
        """Return the messages, activities and mails about some records."""
        about = [("model", "=", records._name), ("res_id", "in", records.ids)]
        activities = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        return [
            *self.env["mail.message"].search(about).mapped("body"),
            *filter(None, self.env["mail.activity"].search(activities).mapped("note")),
            *self.env["mail.mail"].search(about).mapped("body_html"),
        ]

    def test_wicked_name_is_no_link(self):
        texts = self._walk(WICKED)
        for text in texts:
            tree = html.fromstring(f"<div>{text}</div>")
            links = tree.xpath("//a[contains(@href, 'evil.example')]")
            self.assertFalse(links, text)
            self.assertNotIn("&amp;lt;", text)
        named = [text for text in texts if "click me" in text]
        self.assertGreater(len(named), 20)

    def test_harmless_name_reads_right(self):
        texts = self._walk(HARMLESS)
        for text in texts:
            self.assertNotIn("&amp;amp;", text)
        read = [html.fromstring(f"<div>{text}</div>").text_content() for text in texts]
        self.assertGreater(len([text for text in read if HARMLESS in text]), 20)

    def test_wish_of_a_wicked_customer_is_text_in_the_activity(self):
        self._name(WICKED)
        order = self._sell(self.other, 3)
        order.action_mark_backordered()
        order._backorder_ask("wait", self.customer)
        note = order.activity_ids[-1:].note
        self.assertIn("&lt;a href", note)
        self.assertIn("I wait", note)

    def test_route_that_is_gone_is_told_in_text(self):
        self._name(WICKED)
        order = self._sell(self.other, 3)
        order.action_mark_backordered()
        rule = self._held(order).rule_id
        rule.copy({"action": "pull", "procure_method": "make_to_order", "name": "Other"})
        rule.active = False
        self.env["stock.route"].create(
            {
                "name": "Make",
                "rule_ids": [
                    Command.create(
                        {
                            "name": "Bring",
                            "action": "pull",
                            "location_src_id": self.supplier_location.id,
                            "location_dest_id": self.stock.id,
                            "picking_type_id": self.warehouse.in_type_id.id,
                        }
                    )
                ],
                "product_ids": [Command.link(self.other.product_tmpl_id.id)],
            }
        )
        self.env["stock.move"]._backorder_reroute_stale()
        self.assertHeld(order, 0)
        told = [body for body in order.message_ids.mapped("body") if "new route" in body]
        self.assertIn("&lt;a href", told[0])
