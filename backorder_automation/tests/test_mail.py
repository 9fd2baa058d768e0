from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import BackorderCommon

SWITCHES = (
    "backorder_mail_held",
    "backorder_mail_released",
    "backorder_mail_cancelled",
    "backorder_mail_date",
)


class MailCommon(BackorderCommon):
    """A customer with an address, and a company that sends every mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "customer@example.com"
        cls.company.write(dict.fromkeys(SWITCHES, True))

    def _mails(self, subject):
        """Return what waits in the mail queue for the customer."""
        return self.env["mail.mail"].search(
            [
                ("recipient_ids", "in", self.customer.ids),
                ("subject", "ilike", subject),
                ("state", "=", "outgoing"),
            ]
        )

    def _expect(self, days, quantity=33):
        receipt = self._incoming(self.gadget, quantity)
        receipt.move_ids.date = fields.Datetime.now() + timedelta(days=days)
        return receipt

    def _sweep(self):
        """Run the secondary process and return how many date mails wait."""
        self._run(self.secondary)
        return len(self._mails("new date"))


@tagged("post_install", "-at_install")
class TestMail(MailCommon):
    """Customers are told what happens to their back orders, if the company wants it."""

    def test_settings_write_the_company(self):
        self.company.write(dict.fromkeys(SWITCHES, False))
        with Form(self.env["res.config.settings"]) as form:
            form.backorder_mail_date = True
            form.backorder_mail_date_days = 7
            form.backorder_portal_wait = True
        form.record.execute()
        self.assertTrue(self.company.backorder_mail_date)
        self.assertEqual(self.company.backorder_mail_date_days, 7)
        self.assertTrue(self.company.backorder_portal_wait)
        self.assertFalse(self.company.backorder_mail_held)

    def test_threshold_cannot_be_negative(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.company.backorder_mail_date_days = -1
            self.env.flush_all()

    # Back ordered

    def test_back_ordered_customer_is_told(self):
        self._expect(9)
        order = self._short()
        mail = self._mails("follows later")
        self.assertEqual(len(mail), 1)
        self.assertEqual((mail.model, mail.res_id), ("sale.order", order.id))
        self.assertIn("33.00", mail.body_html)
        self.assertIn("Gadget", mail.body_html)
        self.assertNotIn("No date known", mail.body_html)
        self.assertIn(self.salesperson.email, mail.email_from)

    def test_mark_on_the_order_tells_too(self):
        self._order((self.gadget, 3)).action_mark_backordered()
        self.assertIn("No date known", self._mails("follows later").body_html)

    def test_two_lines_are_one_mail(self):
        order = self._order((self.gadget, 3), (self.gizmo, 4))
        order.action_mark_backordered()
        self.assertEqual(len(self._mails("follows later")), 1)

    def test_every_mail_is_off_at_first(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.assertFalse(any(other[switch] for switch in SWITCHES))

    def test_switched_off_nobody_is_told(self):
        self.company.write(dict.fromkeys(SWITCHES, False))
        order = self._short()
        self._stock(self.gadget, 33)
        self._run()
        self.assertEqual(self._released(order).state, "assigned")
        self.assertFalse(self._mails(""))

    def test_switched_off_costs_no_query(self):
        self.company.write(dict.fromkeys(SWITCHES, False))
        held = self._held(self._short())
        self.env.flush_all()
        self.assertFalse(held.company_id.backorder_mail_held)
        with self.assertQueries([]):
            held._backorder_mail_held()
            held._backorder_mail_released()
            held._backorder_mail_cancelled()

    def test_opted_out_customer_gets_none(self):
        self.customer.backorder_mail_opt_out = True
        self._short()
        self.assertFalse(self._mails(""))

    def test_contact_of_an_opted_out_company_gets_none(self):
        parent = self.env["res.partner"].create(
            {"name": "Parent", "is_company": True, "backorder_mail_opt_out": True}
        )
        self.customer.parent_id = parent
        self._short()
        self.assertFalse(self._mails(""))

    def test_customer_without_address_gets_none(self):
        self.customer.email = False
        self._short()
        self.assertFalse(self._mails(""))

    def test_mail_is_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("backorder_automation.mail_template_backorder_held")
        template.with_context(lang="fr_FR").subject = "Suite de votre commande"
        self.customer.lang = "fr_FR"
        self._short()
        self.assertTrue(self._mails("Suite de votre commande"))

    def test_broken_template_does_not_stop_the_shipment(self):
        template = self.env.ref("backorder_automation.mail_template_backorder_held")
        template.body_html = '<p t-out="object.no_such_field"/>'
        with self.assertLogs("odoo.addons.mail.models.mail_render_mixin"):
            self.assertHeld(self._short(), 33)
        self.assertFalse(self._mails(""))

    def test_deleted_template_does_not_stop_the_shipment(self):
        self.env.ref("backorder_automation.mail_template_backorder_held").unlink()
        self.assertHeld(self._short(), 33)

    def test_shipper_sends_the_mail(self):
        self._order((self.gadget, 3)).with_user(self.shipper).action_mark_backordered()
        self.assertEqual(len(self._mails("follows later")), 1)

    # On its way

    def test_released_customer_is_told_once(self):
        order = self._short()
        self._stock(self.gadget, 33)
        self._run()
        self._run()
        mail = self._mails("on its way")
        self.assertEqual(len(mail), 1)
        self.assertEqual((mail.model, mail.res_id), ("stock.picking", self._released(order).id))
        self.assertIn("33.00", mail.body_html)

    def test_nothing_released_nobody_is_told(self):
        self._short()
        self._run()
        self.assertFalse(self._mails("on its way"))

    # Cancelled

    def test_cancelled_in_the_dialog(self):
        self._stock(self.gadget, 500)
        wizard = self._ship(self._order((self.gadget, 533)).picking_ids, 500)
        wizard.shortfall_line_ids.decision = "cancel"
        wizard.process()
        self.assertIn("33.00", self._mails("is not shipped").body_html)
        self.assertFalse(self._mails("follows later"))

    def test_no_backorder_button_tells_too(self):
        self._stock(self.gadget, 500)
        self._ship(self._order((self.gadget, 533)).picking_ids, 500).process_cancel_backorder()
        self.assertIn("33.00", self._mails("is not shipped").body_html)

    def test_dropped_held_demand_tells_too(self):
        order = self._short()
        action = self._held(order).action_backorder_drop()
        self.env["backorder.drop"].browse(action["res_id"]).action_drop()
        self.assertIn("33.00", self._mails("is not shipped").body_html)

    def test_standard_backorder_tells_nobody(self):
        self._stock(self.gadget, 500)
        self._ship(self._order((self.gadget, 533)).picking_ids, 500).process_native()
        self.assertFalse(self._mails(""))
