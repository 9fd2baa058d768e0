from odoo.tests import tagged

from .common import KitCommon


@tagged("post_install", "-at_install")
class TestKitPlaces(KitCommon):
    """Deliveries in several steps: the shortage of a kit surfaces on the Pick."""

    def _walk(self, steps):
        self.warehouse.delivery_steps = steps
        order = self._short_kits()
        line = order.order_line
        self.assertKitsHeld(order, 6, 3)
        self.assertEqual(line.qty_backordered, 3)
        self._walk_to_customer(order)
        self.assertEqual((line.qty_delivered, line.qty_backordered), (7, 3))
        self.assertEqual(order.delivery_status, "partial")
        self._receive(self.gadget, 6)
        self._release()
        self.assertFalse(self._released(order))
        self._receive(self.gizmo, 2)
        self._release()
        self.assertEqual(self._released_quantities(order), (4, 2))
        self._released(order).button_validate()
        self.assertTrue(order.is_backordered)
        self.assertEqual(line.qty_backordered, 3)
        self._walk_to_customer(order)
        self.assertEqual((line.qty_delivered, line.qty_backordered), (9, 1))
        self.assertKitsWhole(order)
        self._receive(self.gizmo, 1)
        self._release()
        self._walk_to_customer(order)
        self.assertKitsComplete(order)

    def test_two_steps(self):
        self._walk("pick_ship")

    def test_three_steps(self):
        self._walk("pick_pack_ship")

    def test_lowering_while_the_first_part_stands_in_output(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._short_kits()
        order.order_line.product_uom_qty = 8
        self.assertKitsHeld(order, 2, 1)
        self.assertNoReturn()
        self._walk_to_customer(order)
        self._stock_kits(1)
        self._release()
        self._walk_to_customer(order)
        self.assertKitsComplete(order)

    def test_short_ship_step_stays_native(self):
        """Goods that stand in Output are not short."""
        self.warehouse.delivery_steps = "pick_ship"
        self._stock_kits(10)
        order = self._order((self.kit, 10))
        order.picking_ids.button_validate()
        ship = self._released(order)
        self._ship_components(ship, gadget=14, gizmo=7).process()
        self.assertKitsHeld(order, 0, 0)
        self.assertEqual(self._released_quantities(order), (6, 3))
