from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import KitCommon


@tagged("post_install", "-at_install")
class TestKitRights(KitCommon):
    """Nobody needs rights on bills of materials to work with back orders of kits."""

    def test_shipper_decides_and_ships(self):
        self._stock_kits(7)
        picking = self._order((self.kit, 10)).picking_ids.with_user(self.shipper)
        for move, quantity in zip(picking.move_ids, (14, 7), strict=True):
            move.write({"quantity": quantity, "picked": True})
        action = picking.button_validate()
        dialog = Form(
            self.env["stock.backorder.confirmation"]
            .with_user(self.shipper)
            .with_context(**action["context"])
        ).save()
        self.assertEqual(dialog.shortfall_line_ids.kit_id, self.kit)
        dialog.process()
        self.assertKitsHeld(picking.sale_id.sudo(), 6, 3)

    def test_salesperson_edits_and_looks(self):
        order = self._short_kits()
        line = order.order_line.with_user(self.salesperson)
        self.env.invalidate_all()
        self.assertEqual((line.qty_backordered, line.qty_ready), (3, 0))
        line.product_uom_qty = 8
        self.assertKitsHeld(order, 2, 1)
        line.product_uom_qty = 9
        self.assertEqual(self._released_quantities(order), (2, 1))

    def test_manager_reads_why_it_waits_and_releases(self):
        order = self._short_kits()
        self._stock(self.gadget, 6)
        self.env.invalidate_all()
        held = self._held(order).with_user(self.manager)
        self.assertEqual(held.backorder_kit_id, self.kit)
        self.assertIn("Gizmo", held[0].backorder_reason)
        self._stock(self.gizmo, 3)
        held[0].action_backorder_release()
        self.assertEqual(self._released_quantities(order), (6, 3))

    def test_proportion_of_a_kit_is_not_forged(self):
        order = self._short_kits()
        component = order.order_line.move_ids[:1]
        for user in (self.shipper, self.salesperson, self.manager):
            move = component.with_user(user)
            with self.assertRaises(AccessError):
                move.backorder_kit_factor = 1000
            with self.assertRaises(AccessError):
                move.copy({"backorder_kit_factor": 1000})
            copied = move.with_context(default_backorder_kit_factor=1000).copy()
            self.assertEqual(copied.backorder_kit_factor, component.backorder_kit_factor)

    def test_proportion_follows_into_parts(self):
        """Also where nothing of it was ever back ordered, and a shipper splits it."""
        self._stock_kits(10)
        order = self._order((self.kit, 10))
        factors = dict.fromkeys(order.order_line.move_ids.product_id)
        for move in order.order_line.move_ids:
            factors[move.product_id] = move.backorder_kit_factor
        picking = order.picking_ids.with_user(self.shipper)
        for move, quantity in zip(picking.move_ids, (14, 7), strict=True):
            move.quantity = quantity
        picking.action_split_transfer()
        moves = order.order_line.move_ids
        self.assertEqual(len(moves), 4)
        for move in moves:
            self.assertEqual(move.backorder_kit_factor, factors[move.product_id])
