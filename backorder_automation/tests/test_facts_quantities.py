from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import QueueCommon
from .common_roads import RoadsCommon


@tagged("post_install", "-at_install")
class TestLoweredReservation(RoadsCommon):
    """What is reserved for a line stays reserved as far as the line still wants it."""

    def _ready(self, ordered=9, shipped=5, arrived=4, **values):
        """Order, ship less, put more in stock and release it; return the order."""
        order = self._short(ordered, shipped, **values)
        self._stock(values.get("product", self.gadget), arrived)
        self._release()
        return order

    def _reserved(self, order):
        """Return (reserved, demand, state) of each open transfer of the order."""
        return [
            (sum(p.move_ids.mapped("quantity")), sum(p.move_ids.mapped("product_uom_qty")), p.state)
            for p in self._released(order).sorted("id")
        ]

    def test_lowered_line_keeps_what_its_released_transfer_has_reserved(self):
        order = self._ready()
        order.order_line.product_uom_qty = 8
        self.assertEqual(self._reserved(order), [(3, 3, "assigned")])
        newcomer = self._order((self.gadget, 4))
        self.assertEqual(newcomer.order_line.move_ids.quantity, 1)
        self.assertWhole(order)

    def test_lowered_line_keeps_what_its_pick_has_reserved(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._ready()
        pick = self._released(order).filtered(lambda p: p.location_id == self.stock)
        self.assertEqual(pick.state, "assigned")
        order.order_line.product_uom_qty = 8
        self.assertEqual((pick.move_ids.quantity, pick.state), (3, "assigned"))
        newcomer = self._order((self.gadget, 4))
        self.assertEqual(newcomer.order_line.move_ids.quantity, 1)

    def test_lowered_beyond_what_is_held_keeps_the_rest_reserved(self):
        order = self._ready(arrived=2)
        self.assertHeld(order, 2)
        order.order_line.product_uom_qty = 6
        self.assertHeld(order, 0)
        self.assertEqual(self._reserved(order), [(1, 1, "assigned")])

    def test_raised_and_lowered_again_keeps_everything_reserved(self):
        order = self._ready()
        order.order_line.product_uom_qty = 12
        order.order_line.product_uom_qty = 9
        self.assertEqual(self._reserved(order), [(4, 4, "assigned")])

    def test_lowered_line_gives_up_what_is_not_reserved_first(self):
        """The older transfer was unreserved by hand, the younger one is Ready."""
        order = self._ready(arrived=2)
        older = self._released(order)
        self._stock(self.gadget, 2)
        self._release()
        younger = self._released(order) - older
        older.do_unreserve()
        order.order_line.product_uom_qty = 7
        self.assertEqual(older.state, "cancel")
        self.assertEqual((younger.move_ids.quantity, younger.state), (2, "assigned"))

    def test_lowered_line_in_dozens_keeps_what_it_has_reserved(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.gadget.uom_ids = dozen
        self._stock(self.gadget, 12)
        order = self._order((self.gadget, 3), confirm=False)
        order.order_line.product_uom_id = dozen
        order.action_confirm()
        self._ship(order.picking_ids, 12).process()
        self._stock(self.gadget, 24)
        self._release()
        order.order_line.product_uom_qty = 2
        self.assertEqual(self._reserved(order), [(12, 12, "assigned")])
        self.assertEqual(self.gadget.free_qty, 12)

    def test_lowered_line_keeps_the_lots_chosen_first(self):
        box = self._product("Box", tracking="serial")
        lots = self.env["stock.lot"].create(
            [{"name": f"SN{number}", "product_id": box.id} for number in range(3)]
        )
        order = self._short(4, 0, product=box)
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(box, self.stock, 1, lot_id=lot)
        self._release()
        chosen = self._released(order).move_line_ids.sorted("id").lot_id
        self.assertHeld(order, 1)
        order.order_line.product_uom_qty = 2
        self.assertEqual(self._released(order).move_line_ids.lot_id, chosen[:2])

    def test_line_lowered_before_anything_was_held_keeps_its_reservation(self):
        self._stock(self.gadget, 9)
        order = self._order((self.gadget, 9))
        order.order_line.product_uom_qty = 8
        self.assertEqual(self._reserved(order), [(8, 8, "assigned")])

    def test_demand_lowered_in_the_transfer_keeps_its_reservation(self):
        order = self._ready()
        self._released(order).move_ids.product_uom_qty = 1
        self.assertEqual(self._reserved(order), [(1, 1, "assigned")])

    def test_lowered_while_switched_off_is_unreserved_as_in_odoo(self):
        order = self._ready()
        self.company.backorder_automation = False
        self._released(order).move_ids.product_uom_qty = 1
        self.assertEqual(self._reserved(order), [(0, 1, "confirmed")])

    def test_lowered_demand_of_nobody_we_know_is_unreserved_as_in_odoo(self):
        self._stock(self.gizmo, 4)
        move = self.env["stock.move"].create(
            {
                "product_id": self.gizmo.id,
                "product_uom_qty": 4,
                "location_id": self.stock.id,
                "location_dest_id": self.shelf.id,
            }
        )
        move._action_confirm()
        move._action_assign()
        self.assertEqual(move.quantity, 4)
        move.product_uom_qty = 3
        self.assertEqual(move.quantity, 0)


@tagged("post_install", "-at_install")
class TestDeliveryStatus(RoadsCommon):
    """No order reads Fully Delivered while the goods are not with the customer."""

    def _picked(self, steps="pick_ship", ordered=7, there=5):
        """Return an order of which the Pick is done and the rest is held."""
        self.warehouse.delivery_steps = steps
        self._stock(self.gadget, there)
        order = self._order((self.gadget, ordered))
        self._ship(order.picking_ids, there).process()
        self.assertHeld(order, ordered - there)
        return order

    def test_cancelled_ship_step_leaves_the_order_undelivered(self):
        for steps in ("pick_ship", "pick_pack_ship"):
            with self.subTest(steps=steps):
                order = self._picked(steps)
                self._released(order).action_cancel()
                self._held(order)._action_cancel()
                self.assertEqual(order.order_line.qty_delivered, 0)
                self.assertEqual(order.delivery_status, "started")

    def test_cancelled_second_ship_step_leaves_the_order_partly_delivered(self):
        order = self._picked(ordered=9)
        self._released(order).button_validate()
        self._stock(self.gadget, 3)
        self._release()
        self._released(order).button_validate()  # the Pick
        self._released(order).action_cancel()  # the Ship
        self._held(order)._action_cancel()
        self.assertEqual(order.order_line.qty_delivered, 5)
        self.assertEqual(order.delivery_status, "partial")

    def test_goods_put_back_from_output_were_never_delivered(self):
        order = self._picked()
        pick = order.picking_ids.filtered(lambda p: p.state == "done")
        self._released(order).action_cancel()
        self._return(pick, 5, to_refund=False)
        self._held(order)._action_cancel()
        self.assertEqual(order.delivery_status, "started")

    def test_dropped_rest_leaves_the_order_fully_delivered(self):
        """Counter-test: what was sent arrived, and the rest is not wanted any more."""
        for steps in ("ship_only", "pick_ship", "pick_pack_ship"):
            with self.subTest(steps=steps):
                order = self._picked(steps)
                self._walk_to_customer(order)
                self._held(order)._action_cancel()
                self.assertEqual(order.delivery_status, "full")

    def test_order_that_was_never_back_ordered_reads_as_in_odoo(self):
        self.warehouse.delivery_steps = "pick_ship"
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 5))
        order.picking_ids.button_validate()
        self._released(order).action_cancel()
        self.assertEqual(order.delivery_status, "full")


@tagged("post_install", "-at_install")
class TestMixedTransfer(RoadsCommon, QueueCommon):
    """A released transfer that other demand joined ends without losing anything unasked."""

    def _mixed(self, ordered=9, shipped=2):
        """Return an order of which 7 are released, and 50 more that joined the transfer."""
        order = self._short(ordered, shipped)
        self._stock(self.gadget, 7)
        self._release()
        order.order_line.product_uom_qty += 50
        self.assertEqual(sum(self._released(order).move_ids.mapped("product_uom_qty")), 57)
        return order

    def _open(self, order):
        return self._open_quantity(order.order_line)

    def assertClean(self):
        self.assertFalse(self.env["backorder.check"]._check())

    def test_dialog_names_everything_a_customer_waits_for(self):
        order = self._mixed()
        dialog = self._dialog(self._released(order).action_backorder_cancel())
        self.assertEqual(sum(dialog.move_ids.mapped("product_uom_qty")), 57)

    def test_wait_again_keeps_everything_waiting(self):
        order = self._mixed()
        transfer = self._released(order)
        self._dialog(transfer.action_backorder_cancel()).action_wait()
        self.assertEqual(transfer.state, "cancel")
        self.assertHeld(order, 57)
        self.assertWhole(order)
        self.assertClean()
        self._release()
        self.assertEqual(sum(self._released(order).move_ids.mapped("quantity")), 7)

    def test_do_not_ship_names_all_it_cancels(self):
        order = self._mixed()
        self._dialog(self._released(order).action_backorder_cancel()).action_drop()
        self.assertFalse(self._open(order))
        self.assertWhole(order, given_up=57)
        body = order.message_ids[0].body
        self.assertIn("50", body)
        self.assertIn("7", body)
        self.assertEqual(order.activity_ids.user_id, self.salesperson)

    def test_demand_that_joins_while_the_dialog_is_open_stays(self):
        order = self._short(9, 2)
        self._stock(self.gadget, 7)
        self._release()
        transfer = self._released(order)
        dialog = self._dialog(transfer.action_backorder_cancel())
        order.order_line.product_uom_qty += 50
        dialog.action_drop()
        self.assertEqual(self._open(order), 50)
        self.assertWhole(order, given_up=7)

    def test_what_nobody_sold_stays_in_the_transfer(self):
        for button in ("action_wait", "action_drop"):
            with self.subTest(button=button):
                self.gadget = self._product("Gadget")
                order = self._mixed()
                transfer = self._released(order)
                transfer.move_ids = [
                    Command.create(
                        {
                            "product_id": self.gizmo.id,
                            "product_uom_qty": 1,
                            "location_id": transfer.location_id.id,
                            "location_dest_id": transfer.location_dest_id.id,
                            "sale_line_id": False,
                        }
                    )
                ]
                transfer.action_confirm()
                gift = transfer.move_ids.filtered(lambda move: move.product_id == self.gizmo)
                self.assertFalse(gift.sale_line_id)
                getattr(self._dialog(transfer.action_backorder_cancel()), button)()
                self.assertEqual(gift.picking_id, transfer)
                self.assertEqual(gift.state, "confirmed")

    def test_transfer_is_cancelled_or_deleted_without_a_question(self):
        for verb in ("action_cancel", "unlink"):
            with self.subTest(verb=verb):
                order = self._mixed()
                getattr(self._released(order), verb)()
                self.assertHeld(order, 57)
                self.assertWhole(order)
                self.assertClean()
                order._action_cancel()
                self._stock(self.gadget, -7)

    def test_only_the_released_line_is_held_again(self):
        order = self._mixed()
        transfer = self._released(order)
        released = transfer.move_ids.filtered("backorder_date")
        self._dialog(released.action_backorder_hold_again()).action_hold_again()
        self.assertHeld(order, 7)
        self.assertEqual(transfer.move_ids.product_uom_qty, 50)
        self.assertWhole(order)

    def test_validated_in_part_asks_about_everything(self):
        order = self._mixed()
        transfer = self._released(order)
        transfer.move_ids.filtered("backorder_date").picked = True
        dialog = self._validate(transfer)
        self.assertEqual(sum(dialog.shortfall_line_ids.mapped("short")), 50)
        dialog.process()
        self.assertHeld(order, 50)
        self.assertWhole(order)
        self.assertClean()

    def test_remainder_that_is_cancelled_at_the_validation_is_told(self):
        order = self._mixed()
        transfer = self._released(order)
        transfer.move_ids.filtered("backorder_date").picked = True
        dialog = self._validate(transfer)
        dialog.shortfall_line_ids.decision = "cancel"
        dialog.process()
        self.assertFalse(self._open(order))
        self.assertWhole(order, given_up=50)
        self.assertIn("50", transfer.message_ids.filtered(lambda m: "Not shipped" in m.body).body)

    def test_released_line_that_is_dropped_leaves_the_other(self):
        order = self._mixed()
        released = self._released(order).move_ids.filtered("backorder_date")
        self._dialog(released.action_backorder_drop()).action_drop()
        self.assertEqual(self._open(order), 50)
        self.assertWhole(order, given_up=7)

    def test_line_that_is_lowered_leaves_what_is_ready(self):
        order = self._mixed()
        order.order_line.product_uom_qty = 8
        moves = self._released(order).move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual((moves.product_uom_qty, moves.quantity, moves.state), (6, 6, "assigned"))
        self.assertWhole(order)

    def test_validated_without_a_question_keeps_everything(self):
        order = self._mixed()
        transfer = self._released(order)
        transfer.move_ids.filtered("backorder_date").picked = True
        transfer.with_context(skip_backorder=True).button_validate()
        self.assertEqual(self._open(order), 50)
        self.assertWhole(order)

    def test_marked_as_back_ordered_keeps_what_is_ready(self):
        order = self._mixed()
        order.action_mark_backordered()
        self.assertHeld(order, 50)
        self.assertEqual(sum(self._released(order).move_ids.mapped("quantity")), 7)
        self.assertWhole(order)

    def test_reserved_part_that_never_left_its_transfer_waits_again(self):
        """3 of 7 short are in stock when the rest is held: they stay, and are back ordered too."""
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 9))
        first = order.picking_ids
        first.move_ids.write({"quantity": 2, "picked": True})
        self._validate(first).process()
        transfer = self._released(order)
        self.assertEqual(transfer.move_ids.product_uom_qty, 3)
        self._dialog(transfer.action_backorder_cancel()).action_wait()
        self.assertHeld(order, 7)
        self.assertWhole(order)

    def test_goods_that_left_their_shelf_cannot_wait_again(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._short(9, 2)
        self._stock(self.gadget, 7)
        self._release()
        self._released(order).filtered(lambda p: p.location_id == self.stock).button_validate()
        ship = self._released(order).filtered("is_backordered")
        dialog = self._dialog(ship.action_backorder_cancel())
        with self.assertRaisesRegex(UserError, "left their shelf"):
            dialog.action_wait()
        self.assertEqual(ship.state, "assigned")
        ship.action_cancel()
        self.assertIn("Not shipped", order.message_ids[0].body)
        self.assertEqual(order.activity_ids.user_id, self.salesperson)

    def test_cancelled_order_loses_everything_as_asked(self):
        order = self._mixed()
        order._action_cancel()
        self.assertFalse(self._open(order))
        self.assertFalse(order.activity_ids)

    def test_standard_transfer_is_cancelled_as_in_odoo(self):
        order = self._order((self.gadget, 9))
        order.picking_ids.action_cancel()
        self.assertHeld(order, 0)
        self.assertFalse(self._open(order))
        self.assertFalse(order.activity_ids)
