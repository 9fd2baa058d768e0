from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import KitCommon


@tagged("post_install", "-at_install")
class TestKitKeeping(KitCommon):
    """Components are kept for an order that ships complete; a kit alone keeps nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.backorder_keep_days = 7

    def _wait_for_gizmos(self, **values):
        """Hold five kits with gadgets enough in stock, and gizmos to come in five days."""
        self._stock(self.gadget, 10)
        order = self._order((self.kit, 5), **values)
        order.action_mark_backordered()
        receipt = self._incoming(self.gizmo, 5)
        receipt.move_ids.date = fields.Datetime.now() + timedelta(days=5)
        return order

    def _kept(self, order):
        plan = self.env["stock.move"]._backorder_plan()
        held = self._held(order)
        return sum(plan[move.id].kept for move in held if move.product_id == self.gadget)

    def test_components_of_an_order_that_ships_complete_are_kept(self):
        order = self._wait_for_gizmos(picking_policy="one")
        behind = self._order((self.gadget, 10))
        self.assertEqual(self._kept(order), 10)
        self.assertEqual(behind.picking_ids.move_ids.quantity, 0)
        self._receive(self.gizmo, 5)
        self._run()
        self.assertHeld(order, 0)
        self.assertEqual(self._released_quantities(order), (10, 5))

    def test_kit_of_an_order_that_ships_as_it_comes_keeps_nothing(self):
        order = self._wait_for_gizmos(picking_policy="direct")
        behind = self._order((self.gadget, 10))
        self.assertEqual(self._kept(order), 0)
        self.assertEqual(behind.picking_ids.move_ids.quantity, 10)

    def test_order_that_ships_complete_leaves_a_kit_ahead_what_comes_for_it(self):
        ahead = self._wait_for_gizmos(picking_policy="direct")
        order = self._order((self.gadget, 10), (self.gizmo, 5), picking_policy="one")
        order.action_mark_backordered()
        self.assertEqual(self._kept(order), 0, "the gizmos are for the kits ahead")
        self.assertTrue(self._held(ahead))
