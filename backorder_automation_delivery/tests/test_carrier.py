from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import FreightCommon


@tagged("post_install", "-at_install")
class TestCarrier(FreightCommon):
    """A released transfer goes as the standard backorder would have gone."""

    def _both(self, change):
        """Let `change` happen to a short order; return its rest, released and standard."""
        pickings = []
        for decision in ("backorder", "native"):
            self._stock(self.gadget, 5)
            order = self._carried_order(8)
            change(order, "before")
            wizard = self._ship(order.picking_ids, 5)
            wizard.shortfall_line_ids.decision = decision
            wizard.process()
            change(order, "after")
            self._stock(self.gadget, 3)
            self._release()
            self._released(order).action_assign()
            pickings.append(self._released(order))
        return pickings

    def test_carrier_of_the_order(self):
        ours, native = self._both(lambda order, when: None)
        self.assertEqual(ours.carrier_id, self.carrier)
        self.assertEqual(native.carrier_id, self.carrier)
        self.assertEqual((ours.weight, native.weight), (6, 6))
        self.assertFalse(ours.carrier_tracking_ref)
        self.assertFalse(ours.carrier_price)

    def test_tracking_of_the_first_transfer_is_not_taken_over(self):
        def track(order, when):
            if when == "after":
                order.picking_ids.filtered(lambda p: p.state == "done").carrier_tracking_ref = "T1"

        ours, native = self._both(track)
        self.assertFalse(ours.carrier_tracking_ref)
        self.assertFalse(native.carrier_tracking_ref)

    def test_carrier_changed_on_the_first_transfer(self):
        def change(order, when):
            if when == "before":
                order.picking_ids.carrier_id = self.other_carrier

        ours, native = self._both(change)
        self.assertEqual(native.carrier_id, self.other_carrier)
        self.assertEqual(ours.carrier_id, self.other_carrier)

    def test_carrier_taken_off_the_first_transfer(self):
        def change(order, when):
            if when == "before":
                order.picking_ids.carrier_id = False

        ours, native = self._both(change)
        self.assertFalse(native.carrier_id)
        self.assertFalse(ours.carrier_id)

    def test_carrier_chosen_on_the_order_since(self):
        def change(order, when):
            if when == "after":
                order.set_delivery_line(self.other_carrier, 15)

        ours, native = self._both(change)
        self.assertEqual(native.carrier_id, self.other_carrier)
        self.assertEqual(ours.carrier_id, self.other_carrier)

    def test_transfer_that_comes_up_short_again_knows_better(self):
        order = self._carried_short(8, 5)
        order.set_delivery_line(self.other_carrier, 15)
        second = self._arrive(order, 3)
        second.carrier_id = self.carrier
        second.move_ids.write({"quantity": 1, "picked": True})
        self._validate(second).process()
        self._release()
        third = self._released(order)
        self.assertEqual(third.carrier_id, self.carrier)

    def test_choice_survives_a_partial_release(self):
        order = self._carried_short(9, 5)
        order.set_delivery_line(self.other_carrier, 15)
        first = self._arrive(order, 1)
        second = self._arrive(order, 3) - first
        self.assertEqual((first | second).carrier_id, self.other_carrier)
        self.assertTrue(second)

    def test_two_delivery_methods_never_share_a_transfer(self):
        self._stock(self.gadget, 5)
        order = self._carried_order(8)
        self._ship(order.picking_ids, 5).process()
        self._stock(self.gizmo, 1)
        order.order_line = [Command.create({"product_id": self.gizmo.id, "product_uom_qty": 2})]
        extra = self._released(order)
        extra.carrier_id = self.other_carrier
        self._ship(extra, 1).process()
        self._stock(self.gadget, 3)
        self._stock(self.gizmo, 1)
        self._release()
        transfers = self._released(order)
        self.assertEqual(len(transfers), 2)
        self.assertEqual(transfers.carrier_id, self.carrier | self.other_carrier)

    def test_given_back_demand_keeps_the_carrier(self):
        order = self._carried_short()
        order.set_delivery_line(self.other_carrier, 15)
        order.action_unmark_backordered()
        self.assertEqual(self._released(order).carrier_id, self.other_carrier)

    def test_carrier_of_held_demand_is_not_forged(self):
        held = self._held(self._carried_short())
        for user in (self.shipper, self.salesperson, self.manager):
            with self.assertRaises(AccessError):
                held.with_user(user).backorder_carrier_id = self.other_carrier
            with self.assertRaises(AccessError):
                held.with_user(user).copy({"backorder_carrier_id": self.other_carrier.id})
