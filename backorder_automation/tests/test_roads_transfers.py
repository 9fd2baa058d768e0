from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common_roads import RoadsCommon


@tagged("post_install", "-at_install")
class TestRoadsTransfers(RoadsCommon):
    """What people do with a released transfer."""

    def setUp(self):
        super().setUp()
        self.order = self._short()
        self.first = self.order.picking_ids
        self.transfer = self._arrive(self.order, 33)

    def test_cancelled_by_hand_puts_the_demand_back(self):
        self.transfer.with_user(self.shipper).action_cancel()
        self.assertEqual(self.transfer.state, "cancel")
        self.assertHeld(self.order, 33)
        self.assertWhole(self.order)
        self.assertEqual(self._held(self.order).backorder_origin_id, self.first)
        self.assertFalse(self._held(self.order).backorder_release_date)
        self.assertEqual(self.order.delivery_status, "partial")
        self.assertIn("33", self.transfer.message_ids[0].body)

    def test_cancelled_by_hand_is_released_again_and_completes(self):
        self.transfer.action_cancel()
        self._release()
        again = self._released(self.order)
        self.assertEqual(again.move_ids.product_uom_qty, 33)
        self.assertEqual(again.backorder_id, self.first)
        again.button_validate()
        self.assertComplete(self.order)

    def test_cancelled_by_hand_keeps_its_place_and_its_star(self):
        since = self.transfer.move_ids.backorder_date
        self.transfer.priority = "1"
        self.transfer.action_cancel()
        self.assertEqual(self._held(self.order).backorder_date, since)
        self.assertEqual(self._held(self.order).priority, "1")

    def test_deleted_by_hand_puts_the_demand_back(self):
        self.transfer.unlink()
        self.assertHeld(self.order, 33)
        self.assertWhole(self.order)

    def test_cancelled_together_with_a_done_correction_of_the_order(self):
        """Lowered after the transfer was cancelled by hand: nothing is invented."""
        self.transfer.action_cancel()
        self.order.order_line.product_uom_qty = 510
        self.assertHeld(self.order, 10)
        self.assertWhole(self.order)

    def test_cancelled_order_is_not_held_again(self):
        self.order._action_cancel()
        self.assertEqual(self.transfer.state, "cancel")
        self.assertHeld(self.order, 0)
        self.assertFalse(self.order.is_backordered)

    def test_cancelled_with_the_feature_off_stays_native(self):
        """Counter-test."""
        self.company.backorder_automation = False
        self.transfer.action_cancel()
        self.assertHeld(self.order, 0)

    def test_cancelled_standard_transfer_stays_native(self):
        """Counter-test: what was never back ordered is cancelled as in Odoo."""
        self._stock(self.gizmo, 5)
        order = self._order((self.gizmo, 5))
        order.picking_ids.action_cancel()
        self.assertHeld(order, 0)
        self.assertFalse(order.is_backordered)

    def test_cancelled_pick_of_a_released_chain_puts_the_demand_back(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._short(53, 50)
        pick = self._arrive(order, 3).filtered("is_backordered").filtered("backorder_id")
        pick.action_cancel()
        self.assertHeld(order, 3)
        self.assertWhole(order)

    def test_cancelled_ship_step_is_not_held(self):
        """Its goods stand in Output: held demand would take from stock a second time."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self._short(3, 0)
        self._arrive(order, 3).button_validate()
        self._released(order).action_cancel()
        self.assertHeld(order, 0)

    def test_unreserved_waits_in_its_transfer_and_gets_its_goods_back(self):
        self.transfer.do_unreserve()
        self.assertHeld(self.order, 0)
        self.assertWhole(self.order)
        self.assertTrue(self.order.is_backordered)
        rival = self._order((self.gadget, 33))
        self.assertFalse(rival.order_line.move_ids.quantity, "it keeps its place")
        self._run(self.secondary)
        self.assertEqual(self.transfer.state, "assigned")

    def test_shipped_less_again_and_cancelled_in_the_dialog(self):
        wizard = self._ship(self.transfer, 30)
        wizard.shortfall_line_ids.decision = "cancel"
        wizard.process()
        self.assertHeld(self.order, 0)
        self.assertWhole(self.order, given_up=3)
        self.assertFalse(self.order.is_backordered)

    def test_shipped_less_again_by_the_shipper(self):
        self._stock(self.gadget, -3)
        move = self.transfer.with_user(self.shipper).move_ids
        move.quantity = 30
        move.picked = True
        self._validate(self.transfer.with_user(self.shipper)).process()
        self.assertHeld(self.order, 3)
        self.assertWhole(self.order)

    def test_shipped_more_than_asked(self):
        self._stock(self.gadget, 7)
        self.transfer.move_ids.quantity = 40
        self.transfer.move_ids.picked = True
        self.transfer.button_validate()
        self.assertEqual(self.order.order_line.qty_delivered, 540)
        self.assertFalse(self.order.is_backordered)
        self.assertFalse(self._released(self.order))

    def test_split_keeps_both_halves_back_ordered(self):
        self.transfer.move_ids.quantity = 20
        self.transfer.move_ids.picked = True
        self.transfer.with_user(self.shipper).action_split_transfer()
        halves = self._released(self.order)
        self.assertEqual(sorted(halves.move_ids.mapped("product_uom_qty")), [13, 20])
        self.assertTrue(all(halves.mapped("is_backordered")))
        self.assertWhole(self.order)
        self.assertHeld(self.order, 0)

    def test_put_in_pack(self):
        self.transfer.move_ids.picked = True
        self.transfer.action_put_in_pack()
        self.assertTrue(self.transfer.move_line_ids.result_package_id)
        self.transfer.button_validate()
        self.assertComplete(self.order)

    def test_scrapped_goods_of_a_released_transfer_keep_the_demand(self):
        self.env["stock.scrap"].create(
            {
                "product_id": self.gadget.id,
                "scrap_qty": 5,
                "location_id": self.stock.id,
                "picking_id": self.transfer.id,
            }
        ).do_scrap()
        self._release()
        self.assertWhole(self.order)
        self.assertLessEqual(sum(self._released(self.order).move_line_ids.mapped("quantity")), 28)
        self.assertTrue(self.order.is_backordered)

    def test_released_move_deleted_by_hand_is_refused(self):
        with self.assertRaises(UserError):
            self.transfer.move_ids.unlink()


@tagged("post_install", "-at_install")
class TestRoadsDone(RoadsCommon):
    """What happens to goods that were shipped already."""

    def test_done_quantity_corrected_up_takes_from_held_demand(self):
        order = self._short()
        self._stock(self.gadget, 10)
        order.picking_ids.action_toggle_is_locked()
        order.picking_ids.move_ids.quantity = 510
        self.assertEqual(order.order_line.qty_delivered, 510)
        self.assertHeld(order, 23)
        self.assertWhole(order)
        self._arrive(order, 33).button_validate()
        self.assertComplete(order)

    def test_done_quantity_corrected_up_to_everything_ends_the_back_order(self):
        order = self._short()
        order.picking_ids.action_toggle_is_locked()
        order.picking_ids.move_ids.quantity = 540
        self.assertHeld(order, 0)
        self.assertFalse(order.is_backordered)
        self.assertEqual(order.delivery_status, "full")

    def test_done_quantity_corrected_down_is_still_owed(self):
        order = self._short()
        order.picking_ids.action_toggle_is_locked()
        order.picking_ids.move_ids.quantity = 490
        self.assertHeld(order, 43)
        self.assertWhole(order)
        self._arrive(order, 33)
        self._walk_to_customer(order)
        self.assertComplete(order)

    def test_done_quantity_corrected_in_more_steps(self):
        """A Pick that is corrected delivers nothing: only the last step counts."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self._short()
        self._walk_to_customer(order)
        ship = order.picking_ids.filtered(lambda p: p.location_dest_id.usage == "customer")
        ship.action_toggle_is_locked()
        ship.move_ids.quantity = 495
        self.assertEqual(order.order_line.qty_delivered, 495)
        self.assertHeld(order, 38)
        self.assertWhole(order)

    def test_goods_added_to_a_done_transfer_take_from_held_demand(self):
        order = self._short()
        self._stock(self.gadget, 10, self.shelf)
        move = order.picking_ids.move_ids
        order.picking_ids.action_toggle_is_locked()
        self.env["stock.move.line"].create(
            {
                "move_id": move.id,
                "picking_id": move.picking_id.id,
                "product_id": self.gadget.id,
                "location_id": self.shelf.id,
                "location_dest_id": move.location_dest_id.id,
                "quantity": 10,
            }
        )
        self.assertEqual(order.order_line.qty_delivered, 510)
        self.assertHeld(order, 23)
        self.assertWhole(order)

    def test_done_quantity_mistyped_and_put_right_again(self):
        order = self._short()
        order.picking_ids.action_toggle_is_locked()
        order.picking_ids.move_ids.quantity = 5000
        self.assertHeld(order, 0)
        order.picking_ids.move_ids.quantity = 500
        self.assertHeld(order, 33)
        self.assertWhole(order)
        self._arrive(order, 33)
        self._walk_to_customer(order)
        self.assertEqual(order.order_line.qty_delivered, 533)

    def test_done_quantity_corrected_down_while_the_rest_is_released(self):
        order = self._short()
        first = order.picking_ids
        self._arrive(order, 33)
        first.action_toggle_is_locked()
        first.move_ids.quantity = 490
        self.assertHeld(order, 10)
        self.assertWhole(order)
        self.assertIn("+10", order.message_ids[0].body)

    def test_done_quantity_corrected_with_a_return_in_between(self):
        order = self._short()
        first = order.picking_ids
        self._return(first, 10)
        first.action_toggle_is_locked()
        first.move_ids.quantity = 495
        self.assertHeld(order, 38)
        self.assertWhole(order, given_up=10)

    def test_released_transfer_shipped_with_more_than_asked_takes_from_held_demand(self):
        order = self._short()
        transfer = self._arrive(order, 20)
        transfer.move_ids.quantity = 25
        transfer.move_ids.picked = True
        transfer.button_validate()
        self.assertEqual(order.order_line.qty_delivered, 525)
        self._arrive(order, 13)
        self.assertEqual(self._released(order).move_ids.product_uom_qty, 8)
        self._walk_to_customer(order)
        self.assertComplete(order)

    def test_correction_without_held_demand_stays_native(self):
        """Counter-test."""
        self._stock(self.gadget, 20)
        order = self._order((self.gadget, 10))
        order.picking_ids.button_validate()
        order.picking_ids.action_toggle_is_locked()
        order.picking_ids.move_ids.quantity = 8
        self.assertHeld(order, 0)
        self.assertEqual(order.order_line.qty_delivered, 8)

    def test_goods_returned_for_a_refund_are_not_owed_again(self):
        order = self._short()
        self._return(order.picking_ids, 10)
        self.assertEqual(order.order_line.qty_delivered, 490)
        self.assertHeld(order, 33)
        self.assertWhole(order, given_up=10)
        self.assertFalse(self.env["backorder.check"]._check())
        self._release()
        self.assertEqual(self._released(order).move_ids.product_uom_qty, 10)
        self.assertHeld(order, 23)
        self.assertWhole(order, given_up=10)

    def test_goods_returned_without_a_refund(self):
        order = self._short()
        self._return(order.picking_ids, 10, to_refund=False)
        self.assertEqual(order.order_line.qty_delivered, 500)
        self.assertHeld(order, 33)
        self.assertWhole(order)

    def test_exchanged_goods_leave_held_demand_alone(self):
        order = self._short()
        first = order.picking_ids
        self._return(first, 10, exchange=True)
        self.assertHeld(order, 33)
        new = self._released(order)
        self.assertEqual(new.move_ids.product_uom_qty, 10)
        self.assertFalse(new.is_backordered)
        self._release()
        self.assertEqual(self._open_quantity(order.order_line), 43)

    def test_returned_and_shipped_short_again_is_not_held(self):
        """A return of the return is no sale: Odoo's own backorder."""
        order = self._short()
        back = self._return(order.picking_ids, 10)
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=back.id, active_ids=back.ids, active_model="stock.picking"
            )
        ).save()
        wizard.product_return_moves.quantity = 10
        again = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        again.move_ids.quantity = 4
        again.move_ids.picked = True
        again.with_context(skip_backorder=True).button_validate()
        self.assertHeld(order, 33)


@tagged("post_install", "-at_install")
class TestRoadsTogether(RoadsCommon):
    """Several transfers in one validation, each line with its own answer."""

    def _two_short(self):
        self._stock(self.gadget, 10)
        self._stock(self.gizmo, 10)
        orders = [self._order((self.gadget, 8), (self.gizmo, 8)) for _i in range(2)]
        pickings = orders[0].picking_ids | orders[1].picking_ids
        pickings.do_unreserve()
        for picking in pickings:
            for move in picking.move_ids:
                move.quantity = 5
                move.picked = True
        return orders, pickings

    def test_different_answers_in_one_dialog(self):
        orders, pickings = self._two_short()
        wizard = self._validate(pickings)
        self.assertEqual(len(wizard.shortfall_line_ids), 4)
        dropped = wizard.shortfall_line_ids.filtered(
            lambda line: line.picking_id == orders[1].picking_ids and line.product_id == self.gizmo
        )
        dropped.decision = "cancel"
        wizard.process()
        self.assertEqual(set(pickings.mapped("state")), {"done"})
        self.assertHeld(orders[0], 6)
        self.assertHeld(orders[1], 3)
        self.assertWhole(orders[0])
        self.assertWhole(orders[1], given_up=3)

    def test_one_whole_and_one_short_are_validated_together(self):
        self._stock(self.gadget, 13)
        whole, short = self._order((self.gadget, 8)), self._order((self.gadget, 8))
        self.assertEqual(short.order_line.move_ids.quantity, 5)
        wizard = self._validate(whole.picking_ids | short.picking_ids)
        self.assertEqual(wizard.shortfall_line_ids.picking_id, short.picking_ids)
        wizard.process()
        self.assertComplete(whole)
        self.assertHeld(short, 3)

    def test_picking_unticked_in_the_dialog_drops_its_rest_with_a_message(self):
        orders, pickings = self._two_short()
        wizard = self._validate(pickings)
        line = wizard.backorder_confirmation_line_ids.filtered(
            lambda line: line.picking_id == orders[1].picking_ids
        )
        line.to_backorder = False
        wizard.process()
        self.assertHeld(orders[0], 6)
        self.assertHeld(orders[1], 0)
        self.assertWhole(orders[1], given_up=6)
        self.assertIn("Not shipped", "".join(orders[1].picking_ids.message_ids.mapped("body")))


@tagged("post_install", "-at_install")
class TestRoadsAllocation(RoadsCommon):
    """Held demand is given to a receipt in the reception report."""

    def setUp(self):
        super().setUp()
        self.order = self._short()

    def _finish(self, receipt, quantity=None):
        receipt.move_ids.quantity = quantity or receipt.move_ids.product_uom_qty
        receipt.move_ids.picked = True
        receipt.with_context(skip_backorder=True).button_validate()
        self.assertEqual(receipt.state, "done")

    def test_allocated_whole_is_released_when_the_receipt_is_done(self):
        receipt = self._incoming(self.gadget, 33)
        self._allocate(receipt, self._held(self.order), [33])
        self.assertWhole(self.order)
        self._finish(receipt)
        self.assertWhole(self.order)
        self._release()
        self.assertHeld(self.order, 0)
        self.assertEqual(self._released(self.order).state, "assigned")
        self._walk_to_customer(self.order)
        self.assertComplete(self.order)

    def test_allocated_in_part_keeps_the_rest_held(self):
        receipt = self._incoming(self.gadget, 20)
        self._allocate(receipt, self._held(self.order), [20])
        self.assertWhole(self.order)
        self._finish(receipt)
        self._release()
        self.assertEqual(self._released(self.order).move_line_ids.quantity, 20)
        self.assertHeld(self.order, 13)
        self.assertWhole(self.order)

    def test_allocated_in_part_by_the_shipper(self):
        receipt = self._incoming(self.gadget, 20)
        report = self.env["report.stock.report_reception"].with_user(self.shipper)
        report.action_assign(self._held(self.order).ids, [20], [receipt.move_ids.ids])
        self.assertWhole(self.order)

    def test_allocated_to_a_done_receipt(self):
        receipt = self._receive(self.gadget, 33)
        self._allocate(receipt, self._held(self.order), [33])
        self.assertWhole(self.order)
        self._release()
        self._walk_to_customer(self.order)
        self.assertComplete(self.order)

    def test_allocated_and_the_receipt_comes_short(self):
        receipt = self._incoming(self.gadget, 33)
        self._allocate(receipt, self._held(self.order), [33])
        self._finish(receipt, 20)
        self._release()
        self.assertEqual(sum(self._released(self.order).move_line_ids.mapped("quantity")), 20)
        self.assertWhole(self.order)

    def test_allocated_and_the_receipt_is_cancelled(self):
        receipt = self._incoming(self.gadget, 33)
        self._allocate(receipt, self._held(self.order), [33])
        receipt.action_cancel()
        self.assertHeld(self.order, 33)
        self.assertWhole(self.order)
        self._arrive(self.order, 33)
        self._walk_to_customer(self.order)
        self.assertComplete(self.order)

    def test_allocated_is_lowered(self):
        receipt = self._incoming(self.gadget, 33)
        self._allocate(receipt, self._held(self.order), [33])
        self.order.order_line.product_uom_qty = 520
        self.assertWhole(self.order)
        self._finish(receipt)
        self._release()
        self._walk_to_customer(self.order)
        self.assertComplete(self.order)

    def test_allocated_and_other_stock_comes_first(self):
        receipt = self._incoming(self.gadget, 33)
        self._allocate(receipt, self._held(self.order), [33])
        self._count(self.gadget, 33)
        self._release()
        self.assertEqual(self._released(self.order).state, "assigned")
        self._finish(receipt)
        self.assertWhole(self.order)

    def test_unassigned_again(self):
        receipt = self._incoming(self.gadget, 33)
        held = self._held(self.order)
        self._allocate(receipt, held, [33])
        self.env["report.stock.report_reception"].action_unassign(held.id, 33, receipt.move_ids.ids)
        self.assertHeld(self.order, 33)
        self._finish(receipt)
        self._release()
        self._walk_to_customer(self.order)
        self.assertComplete(self.order)

    def test_allocated_is_given_back(self):
        receipt = self._incoming(self.gadget, 33)
        self._allocate(receipt, self._held(self.order), [33])
        self.order.action_unmark_backordered()
        self._finish(receipt)
        self.assertEqual(self._released(self.order).state, "assigned")
        self._walk_to_customer(self.order)
        self.assertComplete(self.order)

    def test_two_orders_allocated_to_one_receipt_do_not_share_a_transfer(self):
        other = self._short(10, 5, partner=self._address("Somebody"))
        receipt = self._incoming(self.gadget, 38)
        self._allocate(receipt, self._held(self.order) | self._held(other), [33, 5])
        self._finish(receipt)
        self._release()
        self.assertNotEqual(self._released(self.order), self._released(other))
        self._walk_to_customer(self.order)
        self._walk_to_customer(other)
        self.assertComplete(self.order)
        self.assertComplete(other)
