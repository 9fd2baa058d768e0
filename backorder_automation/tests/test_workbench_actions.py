from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import QueueCommon


@tagged("post_install", "-at_install")
class TestWorkbenchActions(QueueCommon):
    """What people do with one line or many, and who may."""

    def _dialog(self, action, user=None):
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        return wizard.with_user(user) if user else wizard

    def _release(self, *orders):
        """Stock arrives for the orders and is released; return their lines."""
        for order in orders:
            for held in self._held(order):
                self._stock(held.product_id, held.product_qty)
        self._run(self.secondary)
        moves = self.env["stock.move"].concat(*(self._released(order).move_ids for order in orders))
        self.assertEqual(set(moves.mapped("state")), {"assigned"})
        return moves

    # Hold again

    def test_hold_again_puts_the_line_back_where_it_stood(self):
        order, rival = self._waiting(5, promised=1), self._waiting(5, promised=9)
        since = self._held(order).backorder_date
        transfer = self._release(order).picking_id
        dialog = self._dialog(
            transfer.move_ids.with_user(self.manager).action_backorder_hold_again(), self.manager
        )
        dialog.action_hold_again()
        self.assertHeld(order, 5)
        self.assertEqual(transfer.state, "cancel")
        self.assertEqual(self._held(order).backorder_date, since)
        self.assertFalse(self._held(order).backorder_release_date)
        self.assertEqual(self._places(order, rival), [1, 2])
        self.assertEqual(self._served(order, rival), [5, 0])
        self._run(self.secondary)
        self.assertTrue(self._released(order))

    def test_hold_and_pause_lets_the_next_one_have_it(self):
        order, rival = self._waiting(5, promised=1), self._waiting(5, promised=9)
        dialog = self._dialog(
            self._release(order).with_user(self.manager).action_backorder_hold_again(), self.manager
        )
        dialog.reason = "On holiday"
        dialog.action_pause()
        self._run(self.secondary)
        self.assertHeld(order, 5)
        self.assertIn("On holiday", self._held(order).backorder_reason)
        self.assertEqual(self._released(rival).move_ids.quantity, 5)

    def test_hold_again_one_line_of_a_transfer(self):
        order = self._order((self.gadget, 5), (self.gizmo, 3))
        order.action_mark_backordered()
        gizmos = self._release(order).filtered(lambda move: move.product_id == self.gizmo)
        self._dialog(gizmos.action_backorder_hold_again()).action_hold_again()
        self.assertHeld(order, 3)
        self.assertEqual(self._released(order).move_ids.product_id, self.gadget)
        self.assertEqual(self._released(order).state, "assigned")

    def test_hold_again_many_lines_of_many_orders(self):
        orders = [self._waiting(5), self._waiting(4)]
        lines = self._release(*orders)
        self._dialog(lines.action_backorder_hold_again()).action_hold_again()
        self.assertHeld(orders[0], 5)
        self.assertHeld(orders[1], 4)

    def test_what_is_packed_cannot_wait_again(self):
        moves = self._release(self._waiting(5))
        moves.picked = True
        for button in (moves.action_backorder_hold_again, moves.action_backorder_drop):
            with self.assertRaisesRegex(UserError, "being packed"):
                button()

    def test_what_was_packed_meanwhile_cannot_wait_again(self):
        moves = self._release(self._waiting(5))
        dialog = self._dialog(moves.action_backorder_hold_again())
        moves.picked = True
        with self.assertRaisesRegex(UserError, "being packed"):
            dialog.action_hold_again()

    def test_what_left_its_shelf_cannot_wait_again(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._waiting(5)
        pick = self._release(order).picking_id
        pick.move_ids.picked = True
        pick.button_validate()
        ship = self._released(order).move_ids
        self.assertEqual(ship.state, "assigned")
        dialog = self._dialog(ship.action_backorder_hold_again())
        with self.assertRaisesRegex(UserError, "left their shelf"):
            dialog.action_hold_again()
        self.assertEqual(ship.state, "assigned")

    def test_nothing_released_says_so(self):
        with self.assertRaisesRegex(UserError, "released"):
            self._held(self._waiting(5)).action_backorder_hold_again()

    # Cancel with a reason

    def test_drop_a_released_line_tells_order_and_transfer_why(self):
        order = self._order((self.gadget, 5), (self.gizmo, 3))
        order.action_mark_backordered()
        moves = self._release(order)
        transfer = moves.picking_id
        gizmo = moves.filtered(lambda move: move.product_id == self.gizmo)
        dialog = self._dialog(gizmo.with_user(self.manager).action_backorder_drop(), self.manager)
        dialog.reason = "Changed their mind"
        dialog.action_drop()
        self.assertEqual(gizmo.state, "cancel")
        self.assertEqual(transfer.state, "assigned")
        self.assertTrue(order.is_backordered)
        for record in (order, transfer):
            self.assertIn("Changed their mind", record.message_ids[0].body)
            self.assertIn("Gizmo", record.message_ids[0].body)
        self.assertIn("Changed their mind", order.activity_ids.note)

    def test_drop_many_lines_at_once(self):
        held, released = self._waiting(5, product=self.gizmo), self._waiting(5)
        lines = self._release(released) | self._held(held)
        dialog = self._dialog(lines.action_backorder_drop())
        dialog.reason = "Recalled"
        dialog.action_drop()
        self.assertFalse(held.is_backordered)
        self.assertFalse(released.is_backordered)
        for order in (held, released):
            self.assertIn("Recalled", order.message_ids[0].body)

    def test_the_dialog_asks_why(self):
        action = self._held(self._waiting(5)).action_backorder_drop()
        with self.assertRaisesRegex(AssertionError, "reason"):
            Form(self._dialog(action)).save()

    # Who may

    def _rights(self, lines, button):
        """Return which users may press a button on the lines."""
        allowed = []
        for user in (self.shipper, self.manager, self.salesperson):
            try:
                with self.env.cr.savepoint():
                    getattr(lines.with_user(user), f"action_backorder_{button}")()
                    allowed.append(user.login)
            except AccessError:
                continue
        return allowed

    def test_only_managers_decide(self):
        held = self._held(self._waiting(5, product=self.gizmo))
        released = self._release(self._waiting(5))
        for button in ("find_stock", "pause", "resume", "drop", "release", "give_back"):
            self.assertEqual(self._rights(held, button), ["bo_manager"], button)
        for button in ("hold_again", "drop"):
            self.assertEqual(self._rights(released, button), ["bo_manager"], button)

    def test_dialogs_cannot_be_confirmed_by_others(self):
        released = self._release(self._waiting(5))
        for button in ("hold_again", "drop"):
            action = getattr(released, f"action_backorder_{button}")()
            for user in (self.shipper, self.salesperson):
                wizard = self._dialog(action, user)
                with self.assertRaises(AccessError):
                    wizard.action_hold_again() if button == "hold_again" else wizard.action_drop()
        self.assertEqual(released.state, "assigned")

    def test_who_works_with_stock_or_sells_may_star(self):
        first, second = self._waiting(5, promised=1), self._waiting(5, promised=2)
        for user in (self.shipper, self.manager, self.salesperson):
            self._held(second).with_user(user).priority = "1"
            self.assertEqual(self._places(first, second), [2, 1])
            self._held(second).priority = "0"
            self.assertEqual(self._places(first, second), [1, 2])

    def test_salespeople_open_the_order_and_others_the_transfer(self):
        """The form of an order has its invoices in it; see `test_access_orders.py`."""
        order = self._waiting(5)
        held = self._held(order)
        for user, document in (
            (self.shipper, held.backorder_origin_id),
            (self.manager, held.backorder_origin_id),
            (self.salesperson, order),
        ):
            action = held.with_user(user).action_open_backorder_document()
            self.assertEqual((action["res_model"], action["res_id"]), (document._name, document.id))
