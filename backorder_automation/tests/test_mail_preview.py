from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .test_mail import MailCommon


@tagged("post_install", "-at_install")
class TestMailPreview(MailCommon):
    """The shortfall dialog shows the mail to the customer, and can keep it back."""

    def _dialog(self, ordered=533, shipped=500):
        self._stock(self.gadget, shipped)
        order = self._order((self.gadget, ordered))
        return order, self._ship(order.picking_ids, shipped)

    def _sent(self):
        return self._mails("follows later")

    def test_preview_is_the_mail_that_is_sent(self):
        self._expect(5)
        _order, dialog = self._dialog()
        preview = dialog.backorder_mail_preview
        self.assertFalse(self._sent())
        dialog.process()
        self.assertIn(self._sent().subject, preview)
        for part in ("Gadget", "33.00", "expected: "):
            self.assertIn(part, preview)
        item = "".join(preview.split("<li>")[1].split("</li>")[0].split())
        self.assertIn(item, "".join(self._sent().body_html.split()))

    def test_preview_writes_nothing(self):
        order, dialog = self._dialog()
        self.assertTrue(dialog.backorder_mail_preview)
        self.assertFalse(order.is_backordered)
        self.assertEqual(order.order_line.qty_backordered, 0)

    def test_released_back_order_that_comes_up_short_again(self):
        order = self._short()
        self._stock(self.gadget, 33)
        self._run()
        dialog = self._ship(self._released(order), 20)
        self.assertIn("13.0", dialog.backorder_mail_preview)
        self.assertNotIn("33.00", dialog.backorder_mail_preview)

    def test_preview_follows_the_decision(self):
        _order, dialog = self._dialog()
        with Form(dialog) as form:
            with form.shortfall_line_ids.edit(0) as line:
                line.decision = "cancel"
            self.assertFalse(form.backorder_mail_preview)
            with form.shortfall_line_ids.edit(0) as line:
                line.decision = "backorder"
            self.assertIn("33.00", form.backorder_mail_preview)

    def test_mail_is_kept_back_this_time_only(self):
        order, dialog = self._dialog()
        dialog.backorder_mail_skip = True
        dialog.process()
        self.assertHeld(order, 33)
        self.assertFalse(self._sent())
        self.assertFalse(order.picking_ids.backorder_mail_skip)
        _order, dialog = self._dialog()
        dialog.process()
        self.assertEqual(len(self._sent()), 1)

    def test_tick_of_an_abandoned_validation_is_forgotten(self):
        self._stock(self.gadget, 500)
        order = self._order((self.gadget, 533))
        order.picking_ids.backorder_mail_skip = True
        self._ship(order.picking_ids, 500).process()
        self.assertEqual(len(self._sent()), 1)

    def test_no_preview_where_no_mail_is_sent(self):
        self.company.backorder_mail_held = False
        self.assertFalse(self._dialog()[1].backorder_mail_preview)
        self.company.backorder_mail_held = True
        self.customer.backorder_mail_opt_out = True
        self.assertFalse(self._dialog()[1].backorder_mail_preview)

    def test_broken_template_does_not_stop_the_dialog(self):
        template = self.env.ref("backorder_automation.mail_template_backorder_held")
        template.body_html = '<p t-out="object.no_such_field"/>'
        _order, dialog = self._dialog()
        with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
            self.assertFalse(dialog.backorder_mail_preview)

    def test_shipper_sees_the_preview(self):
        self._stock(self.gadget, 500)
        order = self._order((self.gadget, 533))
        order.picking_ids.move_ids.write({"quantity": 500, "picked": True})
        picking = order.picking_ids.with_user(self.shipper)
        dialog = self.env["stock.backorder.confirmation"].with_user(self.shipper)
        dialog = Form(dialog.with_context(**picking.button_validate()["context"])).save()
        self.assertIn("33.00", dialog.backorder_mail_preview)

    def test_preview_speaks_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("backorder_automation.mail_template_backorder_held")
        template.with_context(lang="fr_FR").subject = "Suite de {{ object.name }}"
        self.customer.lang = "fr_FR"
        self.assertIn("Suite de", self._dialog()[1].backorder_mail_preview)
