from odoo.tests import tagged

from odoo.addons.backorder_automation.const import CTX_ASK

from .common import KitCommon


@tagged("post_install", "-at_install")
class TestKitConfirm(KitCommon):
    """At confirmation kits are held, cancelled and shown in their proportion."""

    def _lopsided(self):
        """Put all gadgets of ten kits in stock, and gizmos for seven."""
        self._stock(self.gadget, 20)
        self._stock(self.gizmo, 7)

    def _ask(self):
        self.company.backorder_at_confirm = "ask"
        self._lopsided()
        order = self._order((self.kit, 10), confirm=False)
        action = order.with_context(**{CTX_ASK: True}).action_confirm()
        return order, self.env["backorder.confirm"].browse(action["res_id"])

    def test_always_holds_whole_kits(self):
        self.company.backorder_at_confirm = "always"
        self._lopsided()
        order = self._order((self.kit, 10))
        self.assertKitsHeld(order, 6, 3)
        self.assertEqual(self._released_quantities(order), (14, 7))
        self.assertEqual(order.order_line.qty_waiting, 3)

    def test_dialog_lists_only_the_short_component(self):
        _order, dialog = self._ask()
        self.assertEqual(dialog.line_ids.product_id, self.gizmo)
        self.assertEqual(dialog.line_ids.short, 3)

    def test_answer_counts_for_the_whole_kit(self):
        order, dialog = self._ask()
        dialog.action_apply()
        self.assertKitsHeld(order, 6, 3)

    def test_cancelled_rest_leaves_whole_kits(self):
        order, dialog = self._ask()
        dialog.line_ids.decision = "cancel"
        dialog.action_apply()
        self.assertKitsHeld(order, 0, 0)
        self.assertEqual(self._released_quantities(order), (14, 7))

    def test_mail_preview_counts_kits(self):
        self.company.backorder_mail_held = True
        self.customer.email = "customer@example.com"
        self._stock_kits(7)
        order = self._order((self.kit, 10))
        dialog = self._ship_components(order.picking_ids, gadget=14, gizmo=7)
        self.assertIn("3.0", dialog.backorder_mail_preview)
        self.assertNotIn("6.0", dialog.backorder_mail_preview)
