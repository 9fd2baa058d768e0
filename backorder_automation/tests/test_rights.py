import ast

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestRights(BackorderCommon):
    """Shippers decide, managers release, salespeople see; nobody writes the truth by hand."""

    def test_shipper_marks_in_the_dialog(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8))
        picking = order.picking_ids.with_user(self.shipper)
        picking.move_ids.write({"quantity": 5, "picked": True})
        action = picking.button_validate()
        wizard = self.env[action["res_model"]].with_user(self.shipper)
        wizard.with_context(**action["context"]).create({}).process()
        self.assertHeld(order, 3)
        held = self._held(order).with_user(self.shipper)
        self.assertTrue(held.backorder_reason)

    def test_shipper_ships_a_released_transfer_short(self):
        order = self._short(8, 5)
        self._receive(self.gadget, 3)
        self._run(self.primary)
        picking = self._released(order).with_user(self.shipper)
        picking.move_ids.write({"quantity": 2, "picked": True})
        action = picking.button_validate()
        wizard = self.env[action["res_model"]].with_user(self.shipper)
        wizard.with_context(**action["context"]).create({}).process()
        self.assertHeld(order, 0)
        self.assertEqual(order.order_line.qty_backordered, 1)
        self.assertEqual(self._released(order).state, "assigned")

    def test_nobody_creates_held_demand_by_hand(self):
        with self.assertRaises(AccessError):
            self.env["stock.move"].with_user(self.manager).create(
                {
                    "product_id": self.gadget.id,
                    "product_uom_qty": 5,
                    "location_id": self.stock.id,
                    "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                    "backorder_held": True,
                }
            )

    def test_shipper_marks_an_order(self):
        order = self._order((self.gadget, 8))
        order.with_user(self.shipper).action_mark_backordered()
        self.assertHeld(order, 8)

    def test_salesperson_sees_flag_and_quantity(self):
        order = self._short(8, 5).with_user(self.salesperson)
        self.assertTrue(order.is_backordered)
        self.assertEqual(order.order_line.qty_backordered, 3)
        self.assertEqual(order.backorder_move_count, 1)

    def test_salesperson_reads_the_back_orders_list(self):
        order = self._short(8, 5)
        moves = self.env["stock.move"].with_user(self.salesperson)
        view = moves.get_view(
            self.env.ref("backorder_automation.backorder_move_view_list").id, "list"
        )
        names = {node.get("name") for node in etree.fromstring(view["arch"]).iter("field")}
        action = order.with_user(self.salesperson).action_view_backorders()
        lines = moves.web_search_read(
            ast.literal_eval(action["domain"]), {name: {} for name in names}
        )
        self.assertEqual(lines["records"][0]["reference"], order.name)
        self.assertTrue(lines["records"][0]["backorder_reason"])

    def test_salesperson_cannot_mark(self):
        order = self._order((self.gadget, 8))
        with self.assertRaises(AccessError):
            order.with_user(self.salesperson).action_mark_backordered()

    def test_shipper_cannot_give_back(self):
        order = self._short(8, 5)
        with self.assertRaises(AccessError):
            order.with_user(self.shipper).action_unmark_backordered()
        with self.assertRaises(AccessError):
            self._held(order).with_user(self.shipper).action_backorder_give_back()

    def test_shipper_cannot_release(self):
        order = self._short(8, 5)
        with self.assertRaises(AccessError):
            self._held(order).with_user(self.shipper).action_backorder_release()

    def test_manager_releases_now(self):
        order = self._short(8, 5)
        self._stock(self.gadget, 3)
        self._held(order).with_user(self.manager).action_backorder_release()
        self.assertEqual(self._released(order).state, "assigned")

    def test_manager_gives_back(self):
        order = self._short(8, 5)
        order.with_user(self.manager).action_unmark_backordered()
        self.assertFalse(order.is_backordered)

    def test_only_managers_pause(self):
        held = self._held(self._short(8, 5))
        for user in (self.shipper, self.salesperson):
            with self.assertRaises(AccessError):
                held.with_user(user).backorder_paused = True
        held.with_user(self.manager).backorder_paused = True

    def test_nobody_holds_by_hand(self):
        order = self._short(8, 5)
        for user in (self.shipper, self.manager):
            with self.assertRaises(AccessError):
                self._held(order).with_user(user).write({"backorder_held": False})
            with self.assertRaises(AccessError):
                self._held(order).with_user(user).backorder_date = False

    def test_salesperson_cancels_the_order(self):
        order = self._short(8, 5)
        order.with_user(self.salesperson).sudo(False)._get_backorder_held_moves()._action_cancel()
        self.assertHeld(order, 0)
