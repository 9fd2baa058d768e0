from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common_roads import RoadsCommon


@tagged("post_install", "-at_install")
class TestRoadsQuantities(RoadsCommon):
    """The ordered quantity changes while part of it is held."""

    def test_raised_then_lowered_takes_from_held_demand_first(self):
        order = self._short()
        order.order_line.product_uom_qty = 550
        order.order_line.product_uom_qty = 540
        self.assertHeld(order, 23)
        self.assertWhole(order)

    def test_lowered_below_several_held_moves(self):
        """13 held from the first shortfall, 5 from the second: 525, 518 and 515 all fit."""
        order = self._short()
        second = self._arrive(order, 20)
        self._stock(self.gadget, -5)
        self._ship(second, 15).process()
        self.assertEqual(sorted(self._held(order).mapped("product_uom_qty")), [5, 13])
        for ordered, held in ((525, 10), (518, 3), (515, 0)):
            order.order_line.product_uom_qty = ordered
            self.assertHeld(order, held)
            self.assertWhole(order)
        self.assertFalse(order.is_backordered)
        self.assertEqual(order.delivery_status, "full")

    def test_lowered_below_the_held_quantity_takes_the_released_transfer_too(self):
        order = self._short()
        self._arrive(order, 20)
        order.order_line.product_uom_qty = 510
        self.assertHeld(order, 0)
        self.assertEqual(self._released(order).move_ids.product_uom_qty, 10)
        self.assertWhole(order)

    def test_lowered_across_two_released_transfers(self):
        """Odoo looks into one transfer only, and asks the rest back from the customer."""
        order = self._short()
        self._arrive(order, 20)
        self._arrive(order, 13)
        order.order_line.product_uom_qty = 505
        self.assertEqual(sum(self._released(order).move_ids.mapped("product_uom_qty")), 5)
        self.assertWhole(order)
        order.order_line.product_uom_qty = 500
        self.assertFalse(self._released(order))
        self.assertWhole(order)
        self.assertFalse(order.is_backordered)

    def test_lowered_across_two_standard_transfers_after_give_back(self):
        order = self._short()
        self._arrive(order, 20)
        order.action_unmark_backordered()
        self._released(order).filtered("is_backordered").action_cancel()
        order.action_unmark_backordered()
        self.assertEqual(len(self._released(order)), 2)
        order.order_line.product_uom_qty = 500
        self.assertEqual(self._open_quantity(order.order_line), 0)
        self.assertWhole(order)

    def test_another_line_is_lowered_beside_a_released_transfer(self):
        """Odoo looks into the released transfer, where the other product is not."""
        order = self._short()
        self._stock(self.gizmo, 5)
        order.order_line = [self._line(self.gizmo, 5)]
        beside = self._released(order)
        self._arrive(order, 33)
        order.order_line[1].product_uom_qty = 2
        self.assertEqual(beside.move_ids.product_uom_qty, 2)
        order.order_line[1].product_uom_qty = 0
        self.assertEqual(beside.state, "cancel")
        self.assertWhole(order)

    def test_lowered_while_one_released_transfer_is_being_packed(self):
        order = self._short()
        packed = self._arrive(order, 20)
        packed.move_ids.picked = True
        self._arrive(order, 13)
        order.order_line.product_uom_qty = 520
        self.assertEqual(self._released(order), packed)
        self.assertEqual(packed.move_ids.product_uom_qty, 20)
        order.order_line.product_uom_qty = 510
        self.assertEqual(packed.move_ids.product_uom_qty, 10)
        self.assertWhole(order)

    def test_lowered_below_the_delivered_quantity_is_refused(self):
        order = self._short()
        with self.assertRaises(UserError):
            order.order_line.product_uom_qty = 499
        self.assertHeld(order, 33)

    def test_lowered_after_a_new_promised_date(self):
        order = self._short()
        order.commitment_date = fields.Datetime.now() + timedelta(days=30)
        order.order_line.product_uom_qty = 520
        self.assertHeld(order, 20)
        self.assertWhole(order)

    def test_lowered_after_the_promised_date_was_cleared(self):
        order = self._short(commitment_date=fields.Datetime.now() + timedelta(days=30))
        order.commitment_date = False
        order.order_line.product_uom_qty = 520
        self.assertHeld(order, 20)
        self.assertWhole(order)

    def test_lowered_after_a_new_promised_date_in_more_steps(self):
        """Odoo does not tell a Pick about a new promise: held demand must hear of it."""
        for steps in ("pick_ship", "pick_pack_ship"):
            with self.subTest(steps=steps):
                self.warehouse.delivery_steps = steps
                order = self._short()
                promise = fields.Datetime.now().replace(microsecond=0) + timedelta(days=30)
                order.commitment_date = promise
                self.assertEqual(self._held(order).date_deadline, promise)
                order.order_line.product_uom_qty = 520
                self.assertHeld(order, 20)
                self.assertWhole(order)

    def test_a_new_promise_changes_the_place_in_the_queue_in_more_steps(self):
        self.warehouse.delivery_steps = "pick_ship"
        soon = fields.Datetime.now() + timedelta(days=5)
        first = self._short(10, 0, commitment_date=soon)
        second = self._short(10, 0, commitment_date=soon + timedelta(days=5))
        second.commitment_date = soon - timedelta(days=2)
        self._arrive(first, 10)
        self.assertHeld(first, 10)
        self.assertHeld(second, 0)

    def test_lowered_after_the_route_of_the_product_changed(self):
        """The new route asks for another kind of move: held demand is lowered all the same."""
        order = self._short()
        route = self.env.ref("stock.route_warehouse0_mto")
        route.active = True
        self.gadget.route_ids = route
        order.order_line.product_uom_qty = 520
        self.assertHeld(order, 20)
        self.assertWhole(order)

    def test_lowered_after_the_delivery_steps_changed(self):
        order = self._short()
        self.warehouse.delivery_steps = "pick_ship"
        order.order_line.product_uom_qty = 520
        self.assertHeld(order, 20)
        self.assertWhole(order)

    def test_lowered_after_the_customer_got_another_location(self):
        order = self._short()
        depot = self.env["stock.location"].create(
            {
                "name": "Depot",
                "usage": "customer",
                "location_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        self.customer.property_stock_customer = depot
        order.order_line.product_uom_qty = 520
        self.assertHeld(order, 20)
        self.assertWhole(order)

    def test_lowered_by_the_salesperson(self):
        order = self._short()
        with Form(order.with_user(self.salesperson)) as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 520
        self.assertHeld(order, 20)
        self.assertWhole(order)

    def test_lowered_without_anything_held_stays_native(self):
        """Counter-test: an order with a standard backorder is lowered as Odoo lowers it."""
        self._stock(self.gadget, 500)
        order = self._order((self.gadget, 533))
        self._ship(order.picking_ids, 500).process_native()
        order.order_line.product_uom_qty = 520
        self.assertEqual(self._released(order).move_ids.product_uom_qty, 20)
        self.assertWhole(order)

    def test_one_product_on_two_lines_lowers_the_right_one(self):
        order = self._order((self.gadget, 10), (self.gadget, 20))
        order.action_mark_backordered()
        first, second = order.order_line
        second.product_uom_qty = 15
        self.assertEqual(sum(first.move_ids.mapped("product_uom_qty")), 10)
        self.assertEqual(second.qty_backordered, 15)
        self.assertWhole(order)


@tagged("post_install", "-at_install")
class TestRoadsOrder(RoadsCommon):
    """The order itself changes: address, new lines, locks, cancellation."""

    def test_stock_line_added_ships_at_once_and_the_back_order_later(self):
        order = self._short()
        self._stock(self.gizmo, 5)
        order.order_line = [self._line(self.gizmo, 5)]
        extra = self._released(order)
        self.assertEqual(extra.state, "assigned")
        self.assertEqual(extra.move_ids.product_id, self.gizmo)
        extra.button_validate()
        self.assertEqual(order.delivery_status, "partial")
        self._arrive(order, 33).button_validate()
        self.assertComplete(order)

    def test_new_address_by_the_salesperson_reaches_released_and_held_demand(self):
        order = self._short()
        home = self._address()
        order.with_user(self.salesperson).partner_shipping_id = home
        transfer = self._arrive(order, 20)
        self.assertEqual(transfer.partner_id, home)
        self.assertEqual(transfer.move_ids.partner_id, home)
        work = self._address("Work")
        order.partner_shipping_id = work
        rest = self._arrive(order, 13) - transfer
        self.assertEqual(rest.partner_id, work)
        self.assertWhole(order)

    def test_new_address_in_more_steps_reaches_the_last_step(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._short()
        self._walk_to_customer(order)
        home = self._address()
        order.with_context(update_delivery_shipping_partner=True).partner_shipping_id = home
        self._arrive(order, 33).button_validate()
        self.assertEqual(self._released(order).partner_id, home)
        self._walk_to_customer(order)
        self.assertComplete(order)

    def test_new_address_of_one_order_is_not_the_address_of_another(self):
        """Counter-test."""
        order, other = self._short(10, 5), self._short(10, 5)
        order.partner_shipping_id = self._address()
        self._receive(self.gadget, 10)
        self._release()
        self.assertEqual(self._released(other).partner_id, self.customer)

    def test_locked_order_is_held_released_and_unlocked(self):
        order = self._short()
        order.action_lock()
        transfer = self._arrive(order, 20)
        self.assertEqual(transfer.move_ids.product_uom_qty, 20)
        order.action_unlock()
        order.order_line.product_uom_qty = 525
        self.assertWhole(order)
        self.assertHeld(order, 5)

    def test_cancelled_with_a_released_transfer_leaves_no_demand(self):
        order = self._short()
        self._arrive(order, 20)
        order._action_cancel()
        self.assertFalse(self._released(order))
        self.assertEqual(self._open_quantity(order.order_line), 0)
        self.assertEqual(self._forecast(self.gadget), 20)
        self.assertFalse(order.is_backordered)
        self._release()
        self.assertFalse(self._released(order))

    def test_cancelled_by_the_salesperson_with_a_released_transfer(self):
        order = self._short()
        self._arrive(order, 20)
        buyers = self.env.ref("purchase.group_purchase_user", raise_if_not_found=False)
        if buyers:  # beside purchases Odoo lets nobody else cancel an order that has transfers
            self.salesperson.group_ids += buyers
        order.with_user(self.salesperson)._action_cancel()
        self.assertEqual(self._open_quantity(order.order_line), 0)
        self.assertFalse(order.is_backordered)

    def test_cancelled_in_more_steps_leaves_no_demand(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self._short()
        pick = self._arrive(order, 20)
        pick.button_validate()
        order._action_cancel()
        self.assertEqual(self._open_quantity(order.order_line), 0)
        self.assertFalse(order.is_backordered)

    def test_cancelled_and_confirmed_again_asks_for_what_is_not_delivered(self):
        order = self._short()
        order._action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertWhole(order)
        self.assertEqual(self._released(order).move_ids.product_uom_qty, 33)
        self.assertEqual(self._forecast(self.gadget), -33)
        self.assertFalse(order.is_backordered)

    def test_cancelled_confirmed_again_and_held_again(self):
        order = self._short()
        order._action_cancel()
        order.action_draft()
        order.action_confirm()
        order.action_mark_backordered()
        self.assertHeld(order, 33)
        self._arrive(order, 33).button_validate()
        self.assertComplete(order)

    def test_deleted_order_leaves_no_demand(self):
        order = self._short(33, 0)
        order._action_cancel()
        order.unlink()
        self.assertEqual(self._forecast(self.gadget), 0)
        self._receive(self.gadget, 33)
        self._release()
        self.assertEqual(self.gadget.with_context(warehouse_id=self.warehouse.id).free_qty, 33)

    def test_confirmed_order_with_held_demand_cannot_be_deleted(self):
        order = self._short(33, 0)
        with self.assertRaises(UserError):
            order.unlink()
        self.assertHeld(order, 33)

    def test_copied_order_is_not_back_ordered(self):
        order = self._short()
        copy = order.copy()
        self.assertFalse(copy.is_backordered)
        copy.action_confirm()
        self.assertHeld(copy, 0)
        self.assertEqual(self._released(copy).move_ids.product_uom_qty, 533)
