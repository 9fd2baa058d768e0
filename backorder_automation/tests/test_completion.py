from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestCompletion(BackorderCommon):
    """The last delivery takes the flag off."""

    def _arrive(self, order, quantity):
        self._receive(self.gadget, quantity)
        self._run(self.primary)
        return self._released(order)

    def test_flag_goes_with_the_last_delivery(self):
        order = self._short()
        new = self._arrive(order, 33)
        self.assertTrue(order.is_backordered)
        self.assertTrue(new.is_backordered)
        new.button_validate()
        self.assertEqual(order.order_line.qty_delivered, 533)
        self.assertEqual(order.order_line.qty_backordered, 0)
        self.assertFalse(order.is_backordered)
        self.assertFalse(any(order.picking_ids.mapped("is_backordered")))
        self.assertEqual(order.delivery_status, "full")

    def test_second_shortfall(self):
        """33 -> 30 -> 3: held again, and the last one completes the order."""
        order = self._short()
        second = self._arrive(order, 33)
        self._count(self.gadget, 30)
        self._ship(second, 30).process()
        self.assertHeld(order, 3)
        self.assertEqual(self._held(order).backorder_origin_id, second)
        third = self._arrive(order, 3)
        third.button_validate()
        self.assertEqual(order.delivery_status, "full")
        self.assertFalse(order.is_backordered)

    def _walk_steps(self, steps):
        """Ship 500 of 533 in several steps, hold at the Pick, and walk the rest to the end."""
        self.warehouse.delivery_steps = steps
        self._stock(self.gadget, 500)
        order = self._order((self.gadget, 533))
        pick = order.picking_ids
        self.assertEqual(pick.picking_type_id.code, "internal")
        self._ship(pick, 500).process()
        self.assertHeld(order, 33)
        self.assertEqual(self._forecast(self.gadget), -33)
        while transfer := self._released(order):
            transfer.button_validate()
        self.assertEqual(order.order_line.qty_delivered, 500)
        self.assertEqual(order.delivery_status, "partial")
        pick = self._arrive(order, 33)
        self.assertEqual(pick.picking_type_id.code, "internal")
        while transfer := self._released(order):
            self.assertTrue(order.is_backordered)
            self.assertEqual(order.order_line.qty_backordered, 33)
            transfer.button_validate()
        self.assertEqual(order.order_line.qty_delivered, 533)
        self.assertFalse(order.is_backordered)
        self.assertEqual(order.delivery_status, "full")

    def test_two_steps(self):
        self._walk_steps("pick_ship")

    def test_three_steps(self):
        self._walk_steps("pick_pack_ship")

    def test_short_ship_step_stays_native(self):
        """The goods of a short Ship step stand in Output: a standard backorder, nothing held."""
        self.warehouse.delivery_steps = "pick_ship"
        self._stock(self.gadget, 500)
        order = self._order((self.gadget, 500))
        order.picking_ids.button_validate()
        ship = self._released(order)
        self._ship(ship, 480).process()
        self.assertHeld(order, 0)
        self.assertEqual(self._released(order).move_ids.product_uom_qty, 20)
        self.assertEqual(self._released(order).state, "assigned")
