from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..const import CTX_ASK
from .test_confirm import ConfirmCommon


@tagged("post_install", "-at_install")
class TestConfirmAsk(ConfirmCommon):
    """Whoever confirms an order in its form is asked about the short lines."""

    at_confirm = "ask"

    def _ask(self, *lines, user=None, **values):
        """Confirm in the form; return the order and what the button returns."""
        order = self._order(*lines, confirm=False, **values)
        form = order.with_user(user or self.env.user).with_context(**{CTX_ASK: True})
        return order, form.action_confirm()

    def _dialog(self, action, user=None):
        self.assertEqual(action["res_model"], "backorder.confirm")
        dialog = self.env["backorder.confirm"].browse(action["res_id"])
        return dialog.with_user(user or self.env.user)

    def test_both_confirm_buttons_ask(self):
        arch = self.env["sale.order"].get_view(view_type="form")["arch"]
        self.assertEqual(arch.count(f"'{CTX_ASK}': True"), 2)

    def test_dialog_lists_what_is_short(self):
        self._stock(self.gadget, 5)
        self._stock(self.gizmo, 5)
        receipt = self._incoming(self.gadget, 20)
        order, action = self._ask((self.gadget, 8), (self.gizmo, 5))
        self.assertEqual(order.state, "sale")
        self.assertRecordValues(
            self._dialog(action).line_ids,
            [
                {
                    "product_id": self.gadget.id,
                    "demand": 8,
                    "available_now": 5,
                    "short": 3,
                    "expected_date": receipt.move_ids.date,
                    "decision": "backorder",
                }
            ],
        )

    def test_nothing_happens_before_the_answer(self):
        order, _action = self._ask((self.gadget, 8))
        self.assertEqual(self._open_demand(order), [(8, False)])

    def test_each_line_has_its_decision(self):
        self._stock(self.gizmo, 6)
        other = self._product("Other")
        order, action = self._ask((self.gadget, 8), (self.gizmo, 10), (other, 2))
        dialog = self._dialog(action)
        dialog.line_ids[1].decision = "cancel"
        dialog.line_ids[2].decision = "native"
        dialog.action_apply()
        self.assertEqual(self._held(order).product_id, self.gadget)
        self.assertHeld(order, 8)
        self.assertEqual(self._open_demand(order), [(6, False), (2, False), (8, True)])
        self.assertWhole(order, given_up=4)

    def test_order_shipping_complete_is_held_whole_without_what_is_cancelled(self):
        self._stock(self.gizmo, 6)
        order, action = self._ask((self.gadget, 8), (self.gizmo, 10), picking_policy="one")
        dialog = self._dialog(action)
        dialog.line_ids[1].decision = "cancel"
        dialog.action_apply()
        self.assertHeld(order, 14)
        self.assertWhole(order, given_up=4)

    def test_salesperson_may_decide(self):
        self._stock(self.gadget, 5)
        order, action = self._ask((self.gadget, 8), user=self.salesperson)
        dialog = self._dialog(action, self.salesperson)
        self.assertEqual(dialog.line_ids.mapped("available_now"), [5])
        dialog.action_apply()
        self.assertHeld(order, 3)

    def test_who_may_not_change_the_order_may_not_decide(self):
        order, action = self._ask((self.gadget, 8))
        with self.assertRaises(AccessError):
            self._dialog(
                action, self._user("bo_own", "sales_team.group_sale_salesman")
            ).action_apply()
        self.assertFalse(order.is_backordered)

    def test_answer_counts_only_while_the_company_asks(self):
        _order, action = self._ask((self.gadget, 8))
        self.company.backorder_at_confirm = "off"
        with self.assertRaises(UserError):
            self._dialog(action).action_apply()

    def test_late_answer_holds_only_what_is_still_short(self):
        order, action = self._ask((self.gadget, 8))
        self._stock(self.gadget, 6)
        order.picking_ids.action_assign()
        self._dialog(action).action_apply()
        self.assertHeld(order, 2)

    # Nobody is asked

    def test_order_in_stock_asks_nothing(self):
        self._stock(self.gadget, 8)
        self.assertIs(self._ask((self.gadget, 8))[1], True)

    def test_without_the_form_nobody_is_asked(self):
        """Imports, portal payments and automatic confirmations get what Odoo returns."""
        order = self._order((self.gadget, 8), confirm=False)
        self.assertIs(order.action_confirm(), True)
        self.assertEqual(self._open_demand(order), [(8, False)])
        signed = self._order((self.gadget, 8), confirm=False)
        signed._validate_order()
        self.assertEqual(self._open_demand(signed), [(8, False)])

    def test_several_orders_ask_nothing(self):
        orders = self._order((self.gadget, 8), confirm=False)
        orders |= self._order((self.gadget, 8), confirm=False)
        self.assertIs(orders.with_context(**{CTX_ASK: True}).action_confirm(), True)
        self.assertEqual(orders.mapped("state"), ["sale", "sale"])
