from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import KitCommon


@tagged("post_install", "-at_install")
class TestKitFree(KitCommon):
    """What of a kit is free for whoever orders now: as many as the components make."""

    def _kit(self, product=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return (product or self.kit).with_context(warehouse_id=self.warehouse.id)

    def _assert_reserved(self, order, gadget, gizmo):
        moves = order.order_line.move_ids
        for product, quantity in ((self.gadget, gadget), (self.gizmo, gizmo)):
            found = moves.filtered(lambda move, p=product: move.product_id == p)
            self.assertEqual(sum(found.mapped("quantity")), quantity)

    def _receive_in(self, product, quantity, days):
        receipt = self._incoming(product, quantity)
        receipt.move_ids.date = fields.Datetime.now() + timedelta(days=days)
        return receipt.move_ids.date

    def test_component_that_others_wait_for(self):
        """5 kits in stock, and somebody waits for 4 of the 10 gadgets: 3 are left."""
        self._order((self.gadget, 4)).action_mark_backordered()
        self._stock_kits(5)
        self.assertEqual(self._kit().free_qty, 5)
        self.assertEqual(self._kit().backorder_free_qty, 3)
        self.assertEqual(self._kit(self.gizmo).backorder_free_qty, 5)
        self._assert_reserved(self._order((self.kit, 3)), 6, 3)

    def test_kits_that_wait_are_ahead(self):
        self._order((self.kit, 2)).action_mark_backordered()
        self._stock_kits(5)
        self.assertEqual(self._kit().backorder_free_qty, 3)
        self.assertEqual(self._kit(self.gadget).backorder_free_qty, 6)
        self._assert_reserved(self._order((self.kit, 3)), 6, 3)

    def test_half_a_kit_is_no_hostage(self):
        """Kits wait for gizmos: the gadgets are anybody's, but make no kit."""
        self._order((self.kit, 2)).action_mark_backordered()
        self._stock(self.gadget, 6)
        self.assertEqual(self._kit(self.gadget).backorder_free_qty, 6)
        self.assertEqual(self._kit().backorder_free_qty, 0)

    def test_nobody_waits(self):
        self._stock_kits(5)
        self.assertEqual(self._kit().backorder_free_qty, 5)

    def test_next_kit_comes_with_the_last_of_its_components(self):
        """One gadget makes no kit: the second does, where the gizmo is there already."""
        self._stock(self.gizmo, 1)
        self._receive_in(self.gadget, 1, 1)
        self.assertFalse(self._kit().backorder_next_date)
        date = self._receive_in(self.gadget, 1, 3)
        self.assertEqual(self._kit().backorder_next_date, date)

    def test_next_kit_is_not_one_that_somebody_waits_for(self):
        self._order((self.kit, 1)).action_mark_backordered()
        self._stock(self.gizmo, 5)
        self._receive_in(self.gadget, 2, 1)
        self.assertFalse(self._kit().backorder_next_date)
        date = self._receive_in(self.gadget, 2, 3)
        self.assertEqual(self._kit().backorder_next_date, date)
