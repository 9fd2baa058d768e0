from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import QueueCommon


class DoubtCommon(QueueCommon):
    """The system has 533, and the shipper finds 500."""

    def _ship_not_found(self, picking, quantity, product=None):
        """Ship `quantity`, and say in the dialog that the rest was not found."""
        dialog = self._ship(picking, quantity, product)
        dialog.shortfall_line_ids.decision = "not_found"
        dialog.process()

    def _not_found(self, ordered=533, there=533, shipped=500, location=None, **values):
        """Order, find less than the system has, say so; return the order."""
        self._stock(self.gadget, there, location)
        order = self._order((self.gadget, ordered), **values)
        self._ship_not_found(order.picking_ids, shipped)
        return order

    def _doubts(self):
        return self.env["stock.move"]._get_backorder_doubts(self.company)

    def _quant(self, location=None):
        return self.env["stock.quant"].search(
            [
                ("product_id", "=", self.gadget.id),
                ("location_id", "=", (location or self.stock).id),
            ]
        )

    def _apply_count(self, quant, quantity):
        quant.with_context(inventory_mode=True).inventory_quantity = quantity
        quant.action_apply_inventory()


@tagged("post_install", "-at_install")
class TestDoubt(DoubtCommon):
    """What nobody found is given to nobody until it is counted."""

    def test_nobody_is_given_what_was_not_found(self):
        """By no road: the jobs, a new order, Check Availability, the scheduler."""
        order = self._not_found()
        self.assertHeld(order, 33)
        self.assertEqual(self._doubts().product_uom_qty, 33)
        self.assertEqual(self._doubts().quantity, 33)
        self.assertEqual(self.gadget.with_context(warehouse_id=self.warehouse.id).free_qty, 0)
        newcomer = self._order((self.gadget, 5))
        newcomer.picking_ids.action_assign()
        self._run()
        self.env["stock.rule"].run_scheduler()
        self.assertHeld(order, 33)
        self.assertFalse(newcomer.picking_ids.move_ids.quantity)
        self.assertEqual(self._quant().reserved_quantity, 33)

    def test_marked_as_back_ordered_it_would_be_released_at_once(self):
        """Counter-test: the decision makes the difference."""
        self._stock(self.gadget, 533)
        order = self._order((self.gadget, 533))
        self._ship(order.picking_ids, 500).process()
        self._run()
        self.assertEqual(self._released(order).state, "assigned")
        self.assertFalse(self._doubts())

    def test_forecast_is_as_it_was(self):
        self._stock(self.gadget, 533)
        before = self._forecast(self.gadget)
        order = self._order((self.gadget, 533))
        self._ship_not_found(order.picking_ids, 500)
        self.env.invalidate_all()
        self.assertEqual(self._forecast(self.gadget), before - 533)

    def test_found_it_is_released(self):
        order = self._not_found()
        self._apply_count(self._quant(), 33)
        self.assertFalse(self._doubts())
        self._run(self.secondary)
        self.assertEqual(self._released(order).move_ids.quantity, 33)
        self.assertEqual(self._quant().reserved_quantity, 33)

    def test_part_of_it_is_found(self):
        order = self._not_found()
        self._apply_count(self._quant(), 20)
        self._run(self.secondary)
        self.assertEqual(self._released(order).move_ids.quantity, 20)
        self.assertHeld(order, 13)

    def test_not_there_it_waits_for_new_goods(self):
        order = self._not_found()
        self._apply_count(self._quant(), 0)
        self.assertFalse(self._doubts())
        self._run()
        self.assertHeld(order, 33)
        self._receive(self.gadget, 33)
        self._run(self.primary)
        self.assertEqual(self._released(order).move_ids.quantity, 33)

    def test_new_goods_on_the_same_shelf_are_in_no_doubt(self):
        order = self._not_found()
        self._receive(self.gadget, 33)
        self._run(self.primary)
        self.assertEqual(self._released(order).move_ids.quantity, 33)
        self.assertEqual(self._doubts().quantity, 33)
        self._ship(self._released(order), 33)
        self.assertEqual(order.picking_ids.mapped("state"), ["done", "done"])
        self.assertEqual(self._quant().quantity, 33)
        self.assertEqual(self._doubts().quantity, 33)

    def test_all_that_is_left_there_is_in_doubt(self):
        """Who found too little left nothing behind, whatever the system says."""
        self._not_found(there=600)
        self.assertEqual(self._doubts().quantity, 100)

    def test_what_others_have_reserved_stays_theirs(self):
        self._stock(self.gadget, 40)
        other = self._order((self.gadget, 7))
        order = self._order((self.gadget, 33))
        self._ship_not_found(order.picking_ids, 30)
        self.assertEqual(other.picking_ids.move_ids.quantity, 7)
        self.assertEqual(self._doubts().quantity, 3)
        self.assertEqual(self._quant().reserved_quantity, 10)

    def test_another_shelf_is_in_no_doubt(self):
        other = self.shelf.copy({"name": "Shelf 2"})
        self._stock(self.gadget, 10, self.shelf)
        order = self._order((self.gadget, 10))
        self._stock(self.gadget, 50, other)
        self._ship_not_found(order.picking_ids, 6)
        self.assertEqual(self._doubts().location_id, self.shelf)
        self._run(self.secondary)
        self.assertEqual(self._released(order).move_line_ids.location_id, other)
        self.assertEqual(self._released(order).move_ids.quantity, 4)

    def test_nothing_found_at_all(self):
        """A line of several: nothing of it is shipped, and its reservation goes with it."""
        self._stock(self.gadget, 8)
        self._stock(self.gizmo, 2)
        order = self._order((self.gadget, 8), (self.gizmo, 2))
        picking = order.picking_ids
        gizmos = picking.move_ids.filtered(lambda move: move.product_id == self.gizmo)
        gizmos.picked = True
        dialog = self._validate(picking)
        dialog.shortfall_line_ids.decision = "not_found"
        dialog.process()
        self.assertHeld(order, 8)
        self.assertEqual(self._doubts().quantity, 8)
        self.assertEqual(self._quant().reserved_quantity, 8)

    def test_line_taken_out_by_the_shipper(self):
        self._stock(self.gadget, 6, self.shelf)
        other = self.shelf.copy({"name": "Shelf 2"})
        self._stock(self.gadget, 4, other)
        order = self._order((self.gadget, 10))
        lines = order.picking_ids.move_line_ids
        lines.filtered(lambda line: line.location_id == other).unlink()
        order.picking_ids.move_ids.picked = True
        dialog = self._validate(order.picking_ids)
        self.assertIn("Shelf 2", dialog.shortfall_line_ids.looked_in)
        dialog.shortfall_line_ids.decision = "not_found"
        dialog.process()
        self.assertEqual(self._doubts().location_id, other)
        self.assertEqual(self._doubts().quantity, 4)

    def test_nothing_there_is_an_ordinary_back_order(self):
        self._stock(self.gadget, 500)
        order = self._order((self.gadget, 533))
        dialog = self._ship(order.picking_ids, 500)
        self.assertFalse(dialog.shortfall_line_ids.is_believed_there)
        dialog.shortfall_line_ids.decision = "not_found"
        dialog.process()
        self.assertHeld(order, 33)
        self.assertFalse(self._doubts())
        self.assertFalse(order.picking_ids.activity_ids)

    def test_who_uses_it_has_found_it(self):
        """Odoo lets people ship what is not theirs: the doubt gives way before any customer."""
        order = self._not_found(ordered=40, there=40, shipped=30)
        other = self._order((self.gadget, 4))
        move = other.picking_ids.move_ids
        move.write({"quantity": 4, "picked": True})
        other.picking_ids.button_validate()
        self.assertEqual(other.picking_ids.state, "done")
        self.assertEqual(self._doubts().quantity, 6)
        self.assertEqual(self._doubts().product_uom_qty, 6)
        self.assertEqual(self._quant().quantity, 6)
        self.assertEqual(self._quant().reserved_quantity, 6)
        self.assertHeld(order, 10)

    def test_lots(self):
        self.gadget.tracking = "lot"
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": self.gadget.id} for name in ("L1", "L2")]
        )
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(
                self.gadget, self.stock, 10, lot_id=lot
            )
        order = self._order((self.gadget, 8))
        lot = order.picking_ids.move_line_ids.lot_id
        self._ship_not_found(order.picking_ids, 5)
        self.assertEqual(self._doubts().lot_ids, lot)
        self.assertEqual(self._doubts().quantity, 5)
        self._run(self.secondary)
        self.assertEqual(self._released(order).move_line_ids.lot_id, lots - lot)

    def test_serials(self):
        self.gadget.tracking = "serial"
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": self.gadget.id} for name in ("S1", "S2", "S3")]
        )
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(
                self.gadget, self.stock, 1, lot_id=lot
            )
        order = self._order((self.gadget, 3))
        picking = order.picking_ids
        lost = picking.move_line_ids[-1:].lot_id
        picking.move_line_ids[-1:].unlink()
        picking.move_ids.picked = True
        dialog = self._validate(picking)
        dialog.shortfall_line_ids.decision = "not_found"
        dialog.process()
        self.assertEqual(self._doubts().lot_ids, lost)
        self._run()
        self.assertHeld(order, 1)

    def test_packages(self):
        package = self.env["stock.package"].create({"name": "Box"})
        self.env["stock.quant"]._update_available_quantity(
            self.gadget, self.stock, 10, package_id=package
        )
        order = self._order((self.gadget, 10))
        order.picking_ids.move_line_ids.result_package_id = False
        self._ship_not_found(order.picking_ids, 6)
        self.assertEqual(self._doubts().move_line_ids.package_id, package)
        self.assertEqual(self._doubts().quantity, 4)

    def test_pick_of_several_steps(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self._not_found(ordered=40, there=40, shipped=30)
        self.assertHeld(order, 10)
        self.assertEqual(self._doubts().quantity, 10)
        self._apply_count(self._quant(), 10)
        self._run(self.secondary)
        self.assertIn("assigned", self._released(order).mapped("state"))

    def test_other_units(self):
        self.env["ir.config_parameter"].set_param("stock.propagate_uom", "1")
        dozen = self.env.ref("uom.product_uom_dozen")
        self._stock(self.gadget, 36)
        order = self._order((self.gadget, 3), confirm=False)
        order.order_line.product_uom_id = dozen
        order.action_confirm()
        self._ship_not_found(order.picking_ids, 2)
        self.assertEqual(self._doubts().product_uom_qty, 12)
        self.assertHeld(order, 1)


@tagged("post_install", "-at_install")
class TestDoubtPolicy(DoubtCommon):
    """Where nobody is asked, and who counts."""

    def test_default_decision_is_proposed_where_the_system_has_it(self):
        self.company.backorder_default_decision = "not_found"
        self._stock(self.gadget, 533)
        self._stock(self.gizmo, 2)
        order = self._order((self.gadget, 533), (self.gizmo, 3))
        order.picking_ids.move_ids[0].write({"quantity": 500})
        order.picking_ids.move_ids.picked = True
        dialog = self._validate(order.picking_ids)
        decisions = {line.product_id: line.decision for line in dialog.shortfall_line_ids}
        self.assertEqual(decisions, {self.gadget: "not_found", self.gizmo: "backorder"})

    def test_barcode_like_validation_follows_the_default(self):
        self.company.backorder_default_decision = "not_found"
        self._stock(self.gadget, 533)
        order = self._order((self.gadget, 533))
        order.picking_ids.move_ids.write({"quantity": 500, "picked": True})
        order.picking_ids.with_context(skip_backorder=True).button_validate()
        self.assertHeld(order, 33)
        self.assertEqual(self._doubts().quantity, 33)

    def test_chosen_person_is_asked_to_count(self):
        self.company.backorder_count_user_id = self.manager
        order = self._not_found()
        activity = order.picking_ids.activity_ids
        self.assertEqual(activity.user_id, self.manager)
        self.assertIn("Gadget", activity.note)
        self.assertEqual(self._quant().user_id, self.manager)
        self.assertEqual(self._doubts().backorder_doubt_user_id, self.manager)
        self._apply_count(self._quant(), 33)
        self.assertFalse(order.picking_ids.activity_ids)

    def test_activity_stays_until_all_is_counted(self):
        self._stock(self.gadget, 5)
        self._stock(self.gizmo, 5)
        order = self._order((self.gadget, 5), (self.gizmo, 5))
        order.picking_ids.move_ids.write({"quantity": 3, "picked": True})
        dialog = self._validate(order.picking_ids)
        dialog.shortfall_line_ids.decision = "not_found"
        dialog.process()
        self._apply_count(self._quant(), 2)
        self.assertTrue(order.picking_ids.activity_ids)
        gizmos = self.env["stock.quant"].search(
            [("product_id", "=", self.gizmo.id), ("location_id", "=", self.stock.id)]
        )
        self._apply_count(gizmos, 2)
        self.assertFalse(order.picking_ids.activity_ids)

    def test_shipper_may_say_so(self):
        """Without any right to count or to change stock."""
        self._stock(self.gadget, 8)
        order = self._order((self.gadget, 8))
        picking = order.picking_ids.with_user(self.shipper)
        picking.move_ids.write({"quantity": 5, "picked": True})
        result = picking.button_validate()
        dialog = self.env[result["res_model"]].with_user(self.shipper)
        dialog = dialog.with_context(**result["context"]).create({})
        dialog.shortfall_line_ids.decision = "not_found"
        dialog.process()
        self.assertEqual(self._doubts().quantity, 3)
        self.assertEqual(self._quant().user_id, self.shipper)

    def test_line_says_why_it_waits(self):
        self.company.backorder_count_user_id = self.manager
        order = self._not_found(location=self.shelf)
        held = self._held(order)
        self.assertEqual(held.backorder_reason_code, "doubt")
        self.assertIn("33", held.backorder_reason)
        self.assertIn("Shelf 1", held.backorder_reason)
        self.assertIn("bo_manager", held.backorder_reason)
        self._apply_count(self._quant(self.shelf), 0)
        self.env.invalidate_all()
        self.assertEqual(held.backorder_reason_code, "nothing")

    def test_list_says_what_it_blocks(self):
        self._not_found()
        other = self._waiting(4)
        other.order_line.price_unit = 10
        doubt = self._doubts()
        self.assertEqual(doubt.backorder_doubt_orders, 2)
        worth = self.env["sale.order.line"].search([("product_id", "=", self.gadget.id)])
        prices = {line.order_id: line.price_unit for line in worth}
        expected = 33 * prices[worth.order_id - other] + 4 * 10
        self.assertAlmostEqual(doubt.backorder_doubt_value, expected)

    def test_what_it_blocks_is_worth_what_it_is_sold_for(self):
        order = self._order((self.gadget, 2), confirm=False)
        order.order_line.write(
            {
                "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
                "price_unit": 24,
                "tax_ids": False,
            }
        )
        order.action_confirm()
        self._stock(self.gadget, 24)
        order.picking_ids.action_assign()
        self._ship_not_found(order.picking_ids, 12)
        self.assertEqual(self._doubts().backorder_doubt_value, 24)

    def test_count_button_shows_exactly_these_goods(self):
        self._stock(self.gadget, 10, self.shelf.copy({"name": "Shelf 2"}))
        self._not_found(location=self.shelf, ordered=543, there=533, shipped=500)
        shelf = self._doubts().filtered(lambda move: move.location_id == self.shelf)
        action = shelf.action_backorder_count()
        self.assertEqual(self.env["stock.quant"].search(action["domain"]), self._quant(self.shelf))
        self._apply_count(self._quant(self.shelf), 0)
        with self.assertRaises(UserError):
            shelf.action_backorder_count()

    def test_switching_off_leaves_no_doubt(self):
        self._not_found()
        self.company.backorder_automation = False
        self.assertFalse(self._doubts())
        self.assertEqual(self._quant().reserved_quantity, 33)  # Odoo's own backorder

    def test_nobody_puts_stock_in_doubt_by_hand(self):
        order = self._order((self.gadget, 2))
        move = order.picking_ids.move_ids
        with self.assertRaises(AccessError):
            move.with_user(self.shipper).write({"backorder_doubt_id": order.picking_ids.id})

    def test_two_shipments_of_one_shelf(self):
        self._stock(self.gadget, 20)
        first, second = self._order((self.gadget, 10)), self._order((self.gadget, 10))
        self._ship_not_found(first.picking_ids, 8)
        self._ship_not_found(second.picking_ids, 7)
        self.assertEqual(sum(self._doubts().mapped("quantity")), 5)
        self._apply_count(self._quant(), 5)
        self.assertFalse(self._doubts())
        self._run(self.secondary)
        self.assertEqual(sum(self._released(first | second).move_ids.mapped("quantity")), 5)
