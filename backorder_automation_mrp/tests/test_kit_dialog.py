from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import KitCommon


@tagged("post_install", "-at_install")
class TestKitDialog(KitCommon):
    """People decide about kits, and see which kit a component belongs to."""

    def _ask(self, **values):
        self._stock_kits(7)
        order = self._order((self.kit, 10), **values)
        return order, self._ship_components(order.picking_ids, gadget=14, gizmo=7)

    def test_dialog_lists_the_components_of_the_kit(self):
        _order, dialog = self._ask()
        lines = dialog.shortfall_line_ids
        self.assertTrue(dialog.has_kits)
        self.assertEqual(lines.kit_id, self.kit)
        self.assertEqual(lines.product_id, self.gadget | self.gizmo)
        self.assertEqual(lines.mapped("short"), [6, 3])
        self.assertEqual(lines.mapped("is_kit_follower"), [False, True])

    def test_dialog_without_kits_says_nothing_of_them(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8))
        dialog = self._ship(order.picking_ids, 5)
        self.assertFalse(dialog.has_kits)
        self.assertFalse(dialog.shortfall_line_ids.is_kit_follower)

    def test_decision_on_the_form_counts_for_the_whole_kit(self):
        order, dialog = self._ask()
        with Form(dialog) as form, form.shortfall_line_ids.edit(0) as line:
            line.decision = "cancel"
        dialog.process()
        self.assertKitsHeld(order, 0, 0)
        self.assertFalse(self._released(order))

    def test_decision_about_any_component_counts_for_the_whole_kit(self):
        order, dialog = self._ask()
        dialog.shortfall_line_ids[1].decision = "native"
        self.assertEqual(dialog.shortfall_line_ids.mapped("decision"), ["native"] * 2)
        dialog.process()
        self.assertKitsHeld(order, 0, 0)
        self.assertEqual(self._released_quantities(order), (6, 3))

    def test_kits_and_other_lines_are_decided_separately(self):
        """A gadget that is sold on its own is no component."""
        self._stock_kits(7)
        order = self._order((self.kit, 10), (self.gadget, 5))
        alone = order.order_line[1].move_ids
        kit = order.order_line[0].move_ids
        alone.write({"quantity": 0})
        kit[0].write({"quantity": 14, "picked": True})
        kit[1].write({"quantity": 7, "picked": True})
        dialog = self._validate(order.picking_ids)
        other = dialog.shortfall_line_ids.filtered(lambda line: not line.kit_id)
        other.decision = "cancel"
        dialog.process()
        self.assertKitsHeld(order, 6, 3)
        self.assertFalse(self._released(order))

    def test_two_lines_of_the_same_kit_are_decided_separately(self):
        self._stock_kits(7)
        order = self._order((self.kit, 5), (self.kit, 5), partner=self.customer)
        first, second = order.order_line
        for line, kits in ((first, 4), (second, 3)):
            line.move_ids[0].write({"quantity": 2 * kits, "picked": True})
            line.move_ids[1].write({"quantity": kits, "picked": True})
        dialog = self._validate(order.picking_ids)
        dialog.shortfall_line_ids.filtered(
            lambda line: line.move_id.sale_line_id == second
        ).decision = "cancel"
        dialog.process()
        self.assertEqual(self._held(order).sale_line_id, first)
        self.assertEqual(self._quantities(self._held(order)), (2, 1))

    def test_shipping_unasked_follows_the_default_for_all_components(self):
        self.warehouse.out_type_id.create_backorder = "always"
        self._stock_kits(7)
        order = self._order((self.kit, 10))
        self.assertIs(self._ship_components(order.picking_ids, gadget=14, gizmo=7), True)
        self.assertKitsHeld(order, 6, 3)

    def test_do_not_ship_drops_the_whole_kit(self):
        order = self._short_kits()
        action = self._held(order)[:1].action_backorder_drop()
        self.env["backorder.drop"].browse(action["res_id"]).action_drop()
        self.assertKitsHeld(order, 0, 0)
        self.assertFalse(order.is_backordered)
        [(line, quantity)] = order._get_backorder_cancelled_lines()
        self.assertEqual((line, quantity), (order.order_line, 3))
        self.assertFalse(self.env["backorder.check"]._check())

    def _waiting_kits(self, quantity):
        """Hold an order of kits that is more urgent than any other."""
        order = self._order((self.kit, quantity))
        order.action_mark_backordered()
        self._held(order).priority = "1"
        return order

    def _find_gadgets(self, order, take):
        """Reserve gadgets for a later order, and take them from there."""
        gadget = self._held(order).filtered(lambda move: move.product_id == self.gadget)
        action = gadget.action_backorder_find_stock()
        wizard = self.env["backorder.reallocation"].browse(action["res_id"])
        wizard.line_ids[:1].take = take
        return wizard

    def test_find_stock_sends_the_rest_of_the_kit_along(self):
        self._stock(self.gadget, 6)
        donor = self._order((self.gadget, 6))
        order = self._waiting_kits(3)
        self._stock(self.gizmo, 2)
        self._find_gadgets(order, 4).action_take()
        self.assertEqual(self._released_quantities(order), (4, 2))
        self.assertKitsHeld(order, 2, 1)
        self.assertHeld(donor, 4)

    def test_find_stock_sends_no_gizmos_along_that_others_wait_for(self):
        self._stock(self.gadget, 6)
        self._order((self.gadget, 6))
        order = self._waiting_kits(3)
        ahead = self._order((self.gizmo, 2))
        ahead.action_mark_backordered()
        self._held(ahead).priority = "1"
        self._stock(self.gizmo, 2)
        with self.assertRaisesRegex(UserError, "only 0"):
            self._find_gadgets(order, 4).action_take()

    def test_donor_of_kits_gives_whole_kits(self):
        """Two gadgets taken are a kit less: its gizmo is free for others."""
        self._stock(self.gadget, 10)
        self._stock(self.gizmo, 5)
        donor = self._order((self.kit, 5), commitment_date="2099-01-01")
        taker = self._order((self.gadget, 2))
        taker.action_mark_backordered()
        self._find_gadgets(taker, 2).action_take()
        self.assertEqual(self._released_quantities(donor), (8, 4))
        self.assertKitsHeld(donor, 2, 1)

    def _confirm_short(self):
        """Confirm where gadgets for ten kits are there, and gizmos for seven."""
        self.company.backorder_at_confirm = "ask"
        self._stock(self.gadget, 20)
        self._stock(self.gizmo, 7)
        order = self._order((self.kit, 10))
        return order, self.env["backorder.confirm"]._make(order)

    def test_confirming_holds_whole_kits(self):
        order, dialog = self._confirm_short()
        self.assertEqual(dialog.line_ids.product_id, self.gizmo)
        dialog.action_apply()
        self.assertKitsHeld(order, 6, 3)
        self.assertEqual(self._released_quantities(order), (14, 7))
        self.assertKitsWhole(order)

    def test_confirming_cancels_whole_kits(self):
        order, dialog = self._confirm_short()
        dialog.line_ids.decision = "cancel"
        dialog.action_apply()
        self.assertKitsHeld(order, 0, 0)
        self.assertEqual(self._released_quantities(order), (14, 7))

    def test_confirming_asks_once_for_a_kit(self):
        self.company.backorder_at_confirm = "ask"
        order = self._order((self.kit, 10))
        dialog = self.env["backorder.confirm"]._make(order)
        self.assertTrue(dialog.has_kits)
        self.assertEqual(dialog.line_ids.mapped("is_kit_follower"), [False, True])
        dialog.line_ids[0].decision = "native"
        self.assertEqual(dialog.line_ids.mapped("decision"), ["native", "native"])
        dialog.action_apply()
        self.assertKitsHeld(order, 0, 0)

    def test_holding_at_confirmation_holds_whole_kits(self):
        self.company.backorder_at_confirm = "always"
        self._stock(self.gadget, 20)
        self._stock(self.gizmo, 7)
        order = self._order((self.kit, 10))
        self.assertKitsHeld(order, 6, 3)
        self.assertEqual(self._released_quantities(order), (14, 7))

    def test_hold_again_takes_the_whole_kit(self):
        order = self._short_kits()
        self._stock_kits(2)
        self._release()
        action = self._released(order).move_ids[:1].action_backorder_hold_again()
        self.env["backorder.pause"].browse(action["res_id"]).action_hold_again()
        self.assertKitsHeld(order, 6, 3)
        self.assertKitsWhole(order)

    def test_find_stock_takes_nothing_that_makes_no_kit(self):
        self._stock(self.gadget, 6)
        donor = self._order((self.gadget, 6))
        order = self._waiting_kits(3)
        self._stock(self.gizmo, 1)
        with self.assertRaisesRegex(UserError, "only 2"):
            self._find_gadgets(order, 4).action_take()
        self.assertEqual(donor.picking_ids.move_ids.quantity, 6)

    def _short_dialog_of(self, kits):
        """Ship half of so many different kits of two components; return the dialog."""
        lines = []
        for number in range(kits):
            kit = self._product(f"Kit {number}", is_storable=False)
            parts = [self._product(f"Part {number}.{part}") for part in range(2)]
            self._bom(kit, *[(part, 1) for part in parts])
            for part in parts:
                self._stock(part, 1)
            lines.append((kit, 2))
        picking = self._order(*lines).picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        return self._validate(picking)

    def test_dialog_asks_of_each_line_as_often_with_many_kits_as_with_few(self):
        """Each line used to look at all others, and so did each decision."""
        component = type(self.env["stock.move"])._is_backorder_component
        calls = []

        def count(move):
            calls[-1] += 1
            return component(move)

        for kits in (2, 10):
            dialog = self._short_dialog_of(kits)
            dialog.invalidate_recordset()
            dialog.shortfall_line_ids.move_id.invalidate_recordset(["backorder_kit_id"])
            calls.append(0)
            with patch.object(type(self.env["stock.move"]), "_is_backorder_component", count):
                followers = dialog.shortfall_line_ids.mapped("is_kit_follower")
                self.assertEqual(followers, [False, True] * kits)
                dialog.shortfall_line_ids.filtered("is_kit_follower").decision = "cancel"
            self.assertEqual(set(dialog.shortfall_line_ids.mapped("decision")), {"cancel"})
        few, many = calls
        self.assertTrue(few)
        self.assertEqual(many / 10, few / 2)

    def test_each_of_many_kits_keeps_its_own_decision(self):
        dialog = self._short_dialog_of(3)
        lines = dialog.shortfall_line_ids
        for line, decision in zip(lines[::2], ("cancel", "backorder", "native"), strict=True):
            line.decision = decision
        order = lines.move_id.sale_line_id.order_id
        dialog.process()
        self.assertEqual(self._held(order).mapped("product_id.name"), ["Part 1.0", "Part 1.1"])
        self.assertEqual(
            self._released(order).move_ids.mapped("product_id.name"), ["Part 2.0", "Part 2.1"]
        )
