from odoo.tests import tagged

from .common import KitCommon


@tagged("post_install", "-at_install")
class TestKitHold(KitCommon):
    """Components of a kit are held so that nothing of any of them is lost."""

    def test_short_kits_hold_their_components(self):
        order = self._short_kits()
        line, held = order.order_line, self._held(order)
        self.assertKitsHeld(order, 6, 3)
        self.assertEqual(held.bom_line_id, self.bom.bom_line_ids)
        self.assertEqual(held.sale_line_id, line)
        self.assertFalse(self._released(order))
        self.assertEqual((line.qty_delivered, line.qty_backordered), (7, 3))
        self.assertTrue(order.is_backordered)
        self.assertEqual(order.delivery_status, "partial")
        self.assertKitsWhole(order)

    def test_out_of_proportion_holds_what_each_component_lacks(self):
        order = self._short_kits(gadget=14, gizmo=8)
        self.assertKitsHeld(order, 6, 2)
        line = order.order_line
        self.assertEqual((line.qty_delivered, line.qty_backordered), (7, 3))
        self.assertKitsWhole(order)

    def test_one_component_wholly_shipped(self):
        order = self._short_kits(gadget=20, gizmo=7)
        self.assertKitsHeld(order, 0, 3)
        self.assertEqual(order.order_line.qty_backordered, 3)
        self.assertKitsWhole(order)

    def test_component_in_stock_does_not_stay_in_a_transfer_alone(self):
        """All gadgets are there: shipping 7 kits leaves 6 gadgets, which are no kit."""
        self._stock(self.gadget, 20)
        self._stock(self.gizmo, 7)
        order = self._order((self.kit, 10))
        self._ship_components(order.picking_ids, gadget=14, gizmo=7).process()
        self.assertKitsHeld(order, 6, 3)
        self.assertFalse(self._released(order))

    def test_whole_kits_in_stock_stay_in_a_transfer(self):
        """For one of the three kits that are not shipped everything is there."""
        self._stock(self.gadget, 20)
        self._stock(self.gizmo, 8)
        order = self._order((self.kit, 10))
        self._ship_components(order.picking_ids, gadget=14, gizmo=7).process()
        self.assertKitsHeld(order, 4, 2)
        self.assertEqual(self._released_quantities(order), (2, 1))
        self.assertEqual(self._released(order).state, "assigned")

    def test_feature_off_is_odoo_untouched(self):
        self.company.backorder_automation = False
        self._stock_kits(7)
        order = self._order((self.kit, 10))
        dialog = self._ship_components(order.picking_ids, gadget=14, gizmo=7)
        self.assertFalse(dialog.shortfall_line_ids)
        dialog.process()
        self.assertKitsHeld(order, 0, 0)
        self.assertEqual(self._released_quantities(order), (6, 3))

    def test_mark_a_waiting_order_takes_the_whole_kit(self):
        """Gadgets for ten, gizmos for seven: seven kits stay ready, three are held."""
        self._stock(self.gadget, 20)
        self._stock(self.gizmo, 7)
        order = self._order((self.kit, 10))
        order.action_mark_backordered()
        self.assertKitsHeld(order, 6, 3)
        self.assertEqual(self._released_quantities(order), (14, 7))
        self.assertKitsWhole(order)

    def test_mark_an_order_with_nothing_for_a_kit(self):
        self._stock(self.gadget, 20)
        order = self._order((self.kit, 10))
        order.action_mark_backordered()
        self.assertKitsHeld(order, 20, 10)
        self.assertFalse(self._released(order))

    def test_give_back_makes_one_standard_backorder(self):
        order = self._short_kits()
        self._held(order)[:1]._backorder_give_back()
        self.assertKitsHeld(order, 0, 0)
        self.assertEqual(self._released_quantities(order), (6, 3))
        self.assertFalse(order.is_backordered)

    def test_nested_kit(self):
        bundle = self._product("Bundle", is_storable=False)
        self._bom(bundle, (self.kit, 2), (self.gizmo, 1))
        self._stock(self.gadget, 28)
        self._stock(self.gizmo, 21)
        order = self._order((bundle, 10))
        gadget = order.picking_ids.move_ids.filtered(lambda m: m.product_id == self.gadget)
        gizmos = order.picking_ids.move_ids - gadget
        self.assertEqual(gizmos.mapped("product_qty"), [20, 10])
        gadget.write({"quantity": 28, "picked": True})
        for move, quantity in zip(gizmos, (14, 7), strict=True):
            move.write({"quantity": quantity, "picked": True})
        self._validate(order.picking_ids).process()
        self.assertKitsHeld(order, 12, 9)
        self.assertEqual(order.order_line.qty_backordered, 3)
        self._stock(self.gadget, 12)
        self._stock(self.gizmo, 8)
        self._release()
        self.assertEqual(self._released_quantities(order), (8, 6))
        self._walk_to_customer(order)
        self.assertEqual(order.order_line.qty_backordered, 1)
        self._receive(self.gizmo, 1)
        self._release()
        self._walk_to_customer(order)
        self.assertKitsComplete(order)

    def test_kit_sold_in_dozens(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self._stock_kits(7)
        order = self._order(confirm=False)
        order.order_line = [self._line(self.kit, 1, product_uom_id=dozen.id)]
        order.action_confirm()
        self._ship_components(order.picking_ids, gadget=14, gizmo=7).process()
        self.assertKitsHeld(order, 10, 5)
        self.assertAlmostEqual(order.order_line.qty_backordered, 5 / 12, places=2)
        self._stock_kits(5)
        self._release()
        self._walk_to_customer(order)
        self.assertFalse(order.is_backordered)
        self.assertKitsWhole(order)
