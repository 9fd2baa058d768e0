from datetime import timedelta

from odoo.tests import tagged

from .common import KitCommon


@tagged("post_install", "-at_install")
class TestKitRelease(KitCommon):
    """The plan gives whole kits, and first what completes kits that left in part."""

    def test_lone_component_gets_no_transfer(self):
        order = self._short_kits()
        self._receive(self.gadget, 6)
        self._release()
        self.assertKitsHeld(order, 6, 3)
        self.assertFalse(self._released(order))

    def test_only_whole_kits_are_released(self):
        order = self._short_kits()
        self._receive(self.gadget, 5)
        self._receive(self.gizmo, 3)
        self._release()
        self.assertEqual(self._released_quantities(order), (4, 2))
        self.assertKitsHeld(order, 2, 1)
        self.assertEqual(order.order_line.qty_ready, 2)
        self._walk_to_customer(order)
        line = order.order_line
        self.assertEqual((line.qty_delivered, line.qty_backordered), (9, 1))
        self.assertTrue(order.is_backordered)
        self._receive(self.gadget, 1)
        self._release()
        self._walk_to_customer(order)
        self.assertKitsComplete(order)

    def test_kits_that_are_there_are_ready_before_any_job_runs(self):
        order = self._short_kits()
        self._stock(self.gadget, 5)
        self._stock(self.gizmo, 3)
        self.env.invalidate_all()
        line = order.order_line
        self.assertEqual(set(self._held(order).mapped("backorder_stage")), {"ready"})
        self.assertEqual((line.qty_delivered, line.qty_ready, line.qty_waiting), (7, 2, 1))

    def test_one_component_that_is_there_makes_no_kit_ready(self):
        order = self._short_kits()
        self._stock(self.gadget, 5)
        self.env.invalidate_all()
        line = order.order_line
        self.assertEqual((line.qty_delivered, line.qty_ready, line.qty_waiting), (7, 0, 3))

    def test_rest_that_completes_shipped_kits_goes_first(self):
        """14 gadgets and 8 gizmos shipped: 2 gadgets complete the eighth kit."""
        order = self._short_kits(gadget=14, gizmo=8)
        self._receive(self.gadget, 6)
        self._release()
        self.assertEqual(self._released_quantities(order), (2, 0))
        self.assertKitsHeld(order, 4, 2)
        self._walk_to_customer(order)
        self.assertEqual(order.order_line.qty_delivered, 8)
        self._receive(self.gizmo, 2)
        self._release()
        self.assertEqual(self._released_quantities(order), (4, 2))
        self._walk_to_customer(order)
        self.assertKitsComplete(order)

    def test_component_ahead_waits_for_the_one_behind(self):
        """14 gadgets and 8 gizmos shipped: more gizmos complete nothing."""
        order = self._short_kits(gadget=14, gizmo=8)
        self._receive(self.gizmo, 2)
        self._release()
        self.assertFalse(self._released(order))

    def test_what_makes_no_kit_is_no_hostage(self):
        """Gadgets that complete no kit go to the customer who wants gadgets."""
        order = self._short_kits()
        other = self._short(6, 0)
        self._receive(self.gadget, 6)
        self._release()
        self.assertFalse(self._released(order))
        self.assertEqual(sum(self._released(other).move_ids.mapped("product_qty")), 6)

    def test_kits_ahead_are_served_before_others(self):
        order = self._short_kits()
        other = self._short(6, 0)
        self._stock_kits(2)
        self._stock(self.gadget, 1)
        self._release()
        self.assertEqual(self._released_quantities(order), (4, 2))
        self.assertEqual(sum(self._released(other).move_ids.mapped("product_qty")), 1)

    def test_guard_protects_what_the_plan_gives(self):
        """Two kits' worth is protected, the odd gadget is not."""
        order = self._short_kits()
        self._stock(self.gadget, 5)
        self._stock(self.gizmo, 2)
        newcomer = self._order((self.gadget, 5), (self.gizmo, 5))
        reserved = {m.product_id: m.quantity for m in newcomer.picking_ids.move_ids}
        self.assertEqual(reserved, {self.gadget: 1, self.gizmo: 0})
        self._release()
        self.assertEqual(self._released_quantities(order), (4, 2))

    def test_guard_lets_a_lone_component_go(self):
        self._short_kits()
        self._stock(self.gadget, 5)
        newcomer = self._order((self.gadget, 5))
        self.assertEqual(newcomer.picking_ids.move_ids.quantity, 5)

    def test_reasons_say_what_is_missing(self):
        order = self._short_kits()
        self._stock(self.gadget, 6)
        gadget = self._held(order).filtered(lambda m: m.product_id == self.gadget)
        gizmo = self._held(order) - gadget
        self.assertEqual(gadget.backorder_reason_code, "kit")
        self.assertEqual(gadget.backorder_reason, "Waits for Gizmo to complete the kit.")
        self.assertEqual(gizmo.backorder_reason_code, "nothing")

    def test_reason_of_less_than_a_kit(self):
        order = self._short_kits()
        self._stock(self.gadget, 1)
        self._stock(self.gizmo, 3)
        gadget = self._held(order).filtered(lambda m: m.product_id == self.gadget)
        gizmo = self._held(order) - gadget
        self.assertIn("less than a whole kit", gadget.backorder_reason)
        self.assertEqual(gizmo.backorder_reason, "Waits for Gadget to complete the kit.")

    def test_expected_date_is_that_of_the_missing_component(self):
        order = self._short_kits()
        self._stock(self.gadget, 6)
        self.assertFalse(order.order_line.backorder_expected_date)
        receipt = self._incoming(self.gizmo, 3)
        receipt.move_ids.date += timedelta(days=3)
        self.env.invalidate_all()
        self.assertEqual(order.order_line.backorder_expected_date, receipt.move_ids.date)
        dates = self._held(order).mapped("backorder_expected_date")
        self.assertEqual(dates, [receipt.move_ids.date] * 2)

    def test_release_now_of_one_component_takes_the_whole_kit(self):
        order = self._short_kits()
        self._stock_kits(1)
        self._held(order)[:1].action_backorder_release()
        self.assertEqual(self._released_quantities(order), (2, 1))

    def test_paused_component_stops_the_kit(self):
        order = self._short_kits()
        self._held(order)[:1].write({"backorder_paused": True})
        self._stock_kits(3)
        self._release()
        self.assertFalse(self._released(order))

    def test_pausing_one_component_pauses_the_kit(self):
        order = self._short_kits()
        action = self._held(order)[:1].action_backorder_pause()
        wizard = self.env["backorder.pause"].browse(action["res_id"])
        self.assertEqual(wizard.move_ids, self._held(order))

    def test_ship_complete_order_ships_kits_and_rest_together(self):
        order = self._order((self.kit, 2), (self._product("Cable"), 1), picking_policy="one")
        order.action_mark_backordered()
        self._stock_kits(2)
        self._release()
        self.assertFalse(self._released(order))
        self._stock(order.order_line[1].product_id, 1)
        self._release()
        self.assertEqual(len(self._released(order).move_ids), 3)

    def test_component_twice_in_a_kit(self):
        """Screws on two lines of the bill of materials share their stock."""
        frame = self._product("Frame", is_storable=False)
        self._bom(frame, (self.gadget, 4), (self.gadget, 2))
        order = self._order((frame, 3))
        order.action_mark_backordered()
        self.assertKitsHeld(order, 18, 0)
        self._stock(self.gadget, 13)
        self._release()
        released = self._released(order).move_ids
        self.assertEqual(sorted(released.mapped("product_qty")), [4, 8])
        self._walk_to_customer(order)
        self.assertEqual(order.order_line.qty_delivered, 2)

    def test_cancelled_release_waits_again_in_proportion(self):
        order = self._short_kits()
        self._stock_kits(2)
        self._release()
        self._released(order).action_cancel()
        self.assertKitsHeld(order, 6, 3)
        self.assertKitsWhole(order)
        self._release()
        self.assertEqual(self._released_quantities(order), (4, 2))

    def test_released_kits_shipped_short_are_held_again(self):
        order = self._short_kits()
        self._stock_kits(3)
        self._release()
        self._ship_components(self._released(order), gadget=2, gizmo=1).process()
        self.assertKitsHeld(order, 0, 0)
        self.assertEqual(self._released_quantities(order), (4, 2))
        self.assertKitsWhole(order)
