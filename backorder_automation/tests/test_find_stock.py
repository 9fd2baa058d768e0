from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import QueueCommon


@tagged("post_install", "-at_install")
class TestFindStock(QueueCommon):
    """A manager takes stock that is reserved behind, knowing whom it hurts."""

    def _in(self, days):
        return fields.Datetime.now() + timedelta(days=days)

    def _donor(self, quantity, days=50, **values):
        """Return an order that has its gadgets reserved, promised in so many days."""
        self._stock(self.gadget, quantity)
        return self._order((self.gadget, quantity), commitment_date=self._in(days), **values)

    def _find(self, order):
        held = self._held_of(order, self.gadget)
        return self._dialog(held.action_backorder_find_stock())

    def _assert_refused(self, dialog, text, *donors):
        """Assert that nothing is taken from the donors, who have their 10 still."""
        with self.assertRaisesRegex(UserError, text), self.env.cr.savepoint():
            dialog.action_take()
        for donor in donors:
            self.assertEqual(self._released(donor).move_ids.quantity, 10)

    def _rivals(self):
        """One reserved order promised soon, one promised late, and a held one before both."""
        self._stock(self.gadget, 10)
        soon = self._order(
            (self.gadget, 5), commitment_date=fields.Datetime.now() + timedelta(days=5)
        )
        late = self._order(
            (self.gadget, 5), commitment_date=fields.Datetime.now() + timedelta(days=50)
        )
        return soon, late, self._waiting(4, promised=1)

    def test_find_stock_lists_the_least_hurt_first(self):
        soon, late, order = self._rivals()
        receipt = self._incoming(self.gadget, 100)
        receipt.move_ids.date = fields.Datetime.now() + timedelta(days=20)
        dialog = self._dialog(self._held(order).action_backorder_find_stock())
        self.assertEqual(dialog.line_ids.picking_id.ids, (late | soon).picking_ids.ids)
        self.assertEqual(dialog.line_ids.mapped("late_days"), [0, 15])

    def test_take_gives_the_stock_and_queues_the_donor(self):
        _soon, late, order = self._rivals()
        dialog = self._dialog(self._held(order).action_backorder_find_stock())
        line = dialog.line_ids.filtered(lambda line: line.picking_id == late.picking_ids)
        line.take = 4
        dialog.action_take()
        self.assertHeld(order, 0)
        self.assertEqual(self._released(order).move_ids.quantity, 4)
        self.assertHeld(late, 4)
        self.assertEqual(self._released(late).move_ids.quantity, 1)
        for sale in (order, late):
            self.assertRegex(sale.message_ids[0].body, "taken from|given to")

    def test_whole_donor_transfer_is_cancelled(self):
        _soon, late, order = self._rivals()
        transfer = late.picking_ids
        order.order_line.with_context(skip_procurement=True).product_uom_qty = 5
        self._held(order).sudo().product_uom_qty = 5
        dialog = self._dialog(self._held(order).action_backorder_find_stock())
        dialog.line_ids.filtered(lambda line: line.picking_id == transfer).take = 5
        dialog.action_take()
        self.assertHeld(late, 5)
        self.assertEqual(transfer.state, "cancel")
        self.assertEqual(self._released(order).move_ids.quantity, 5)

    def test_taking_too_much_or_nothing_is_refused(self):
        _soon, _late, order = self._rivals()
        dialog = self._dialog(self._held(order).action_backorder_find_stock())
        with self.assertRaises(UserError):
            dialog.action_take()
        dialog.line_ids[0].take = 5
        with self.assertRaisesRegex(UserError, "more than"):
            dialog.action_take()

    def test_picked_or_printed_stock_is_left_alone(self):
        soon, late, order = self._rivals()
        soon.picking_ids.printed = True
        dialog = self._dialog(self._held(order).action_backorder_find_stock())
        self.assertEqual(dialog.line_ids.picking_id, late.picking_ids)
        dialog.line_ids.take = 4
        late.picking_ids.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "being picked"):
            dialog.action_take()

    # Nobody gives in vain

    def test_line_released_meanwhile_takes_nothing(self):
        donor, order = self._donor(10), self._waiting(4, promised=1)
        dialog = self._find(order)
        dialog.line_ids.take = 4
        self._stock(self.gadget, 4)
        self._held(order).action_backorder_release()
        self._assert_refused(dialog, "do not wait", donor)
        with self.assertRaisesRegex(UserError, "do not wait"):
            self._released(order).move_ids.action_backorder_find_stock()

    def test_taking_twice_takes_once(self):
        donor, order = self._donor(10), self._waiting(4, promised=1)
        dialog = self._find(order)
        dialog.line_ids.take = 4
        dialog.action_take()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            dialog.action_take()
        self.assertEqual(self._released(donor).move_ids.quantity, 6)

    def test_less_than_nothing_cannot_be_taken(self):
        donors = self._donor(10, 50), self._donor(10, 40)
        dialog = self._find(self._waiting(4, promised=1))
        dialog.line_ids[0].take, dialog.line_ids[1].take = 5, -1
        self._assert_refused(dialog, "Say how much", *donors)

    def test_part_of_a_full_pack_is_not_taken(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.gadget.uom_ids = dozen
        self.gadget.categ_id = self.env["product.category"].create(
            {"name": "Packed", "packaging_reserve_method": "full"}
        )
        donor = self._donor(10)
        order = self._order((self.gadget, 1), confirm=False, commitment_date=self._in(1))
        order.order_line.product_uom_id = dozen
        order.action_confirm()
        order.action_mark_backordered()
        dialog = self._find(order)
        dialog.line_ids.take = 4
        self._assert_refused(dialog, "full packs", donor)

    def test_take_is_noted_in_the_log_of_runs(self):
        self._donor(10)
        order = self._waiting(4, promised=1)
        dialog = self._find(order)
        dialog.line_ids.take = 3
        dialog.action_take()
        run = self.env["backorder.run"].search([], limit=1)
        self.assertEqual((run.process, run.served_count, run.released_count), ("manual", 1, 1))
        self.assertEqual((run.line_ids.before_qty, run.line_ids.after_qty), (4, 1))

    def test_paused_rest_stays_paused(self):
        self._donor(10)
        order = self._waiting(5, promised=1)
        self._held(order).write({"backorder_paused": True, "backorder_pause_reason": "Holiday"})
        dialog = self._find(order)
        dialog.line_ids.take = 2
        dialog.action_take()
        self.assertHeld(order, 3)
        self.assertEqual(self._held(order).backorder_pause_reason, "Holiday")
        self.assertFalse(self._released(order).move_ids.backorder_paused)

    def test_take_follows_a_warehouse_that_ships_in_one_step_now(self):
        self.warehouse.delivery_steps = "pick_ship"
        self._donor(5)
        order = self._waiting(4, promised=1)
        self.warehouse.delivery_steps = "ship_only"
        dialog = self._find(order)
        dialog.line_ids.take = 4
        dialog.action_take()
        self.assertTrue(self._released(order).picking_type_id.active)

    # Orders that ship complete

    def test_complete_order_takes_its_other_lines_along(self):
        self._donor(10)
        order = self._complete((self.gadget, 4), (self.gizmo, 3), promised=1)
        self._stock(self.gizmo, 3)
        dialog = self._find(order)
        dialog.line_ids.take = 4
        dialog.action_take()
        self.assertHeld(order, 0)
        self.assertEqual(self._released(order).move_ids.mapped("quantity"), [4, 3])

    def test_complete_order_takes_nothing_while_another_line_lacks(self):
        donor, order = (
            self._donor(10),
            self._complete((self.gadget, 4), (self.gizmo, 3), promised=1),
        )
        dialog = self._find(order)
        dialog.line_ids.take = 4
        self._assert_refused(dialog, "waits for Gizmo", donor)

    def test_complete_order_takes_no_stock_of_those_ahead(self):
        """The gizmos are free, but the plan gives them to somebody ahead."""
        donor, order = (
            self._donor(10),
            self._complete((self.gadget, 4), (self.gizmo, 3), promised=1),
        )
        self._waiting(3, product=self.gizmo, promised=1, urgent=True)
        self._stock(self.gizmo, 3)
        dialog = self._find(order)
        dialog.line_ids.take = 4
        self._assert_refused(dialog, "waits for Gizmo", donor)

    def test_complete_order_does_not_take_a_part(self):
        donor, order = self._donor(10), self._complete((self.gadget, 4), promised=1)
        dialog = self._find(order)
        dialog.line_ids.take = 2
        self._assert_refused(dialog, "waits for Gadget", donor)

    def test_complete_donor_keeps_no_hostage(self):
        self._stock(self.gizmo, 5)
        self._stock(self.gadget, 5)
        donor = self._order(
            (self.gadget, 5), (self.gizmo, 5), picking_policy="one", commitment_date=self._in(50)
        )
        dialog = self._find(self._waiting(2, promised=1))
        dialog.line_ids.take = 2
        dialog.action_take()
        self.assertHeld(donor, 10)
        self.assertFalse(self._released(donor))

    # What the donor keeps, and what it is told

    def test_what_a_donor_keeps_was_never_short(self):
        donor = self._donor(10)
        dialog = self._find(self._waiting(4, promised=1))
        dialog.line_ids.take = 4
        dialog.action_take()
        self.assertFalse(self._released(donor).move_ids.backorder_date)
        self.assertEqual(donor.order_line.qty_backordered, 4)

    def test_donor_keeps_the_lot_that_was_chosen_for_it(self):
        self.gadget.tracking = "lot"
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": self.gadget.id} for name in "AB"]
        )
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(
                self.gadget, self.stock, 10, lot_id=lot
            )
        donor, order = (
            self._order((self.gadget, 10), commitment_date=self._in(50)),
            self._order((self.gadget, 13), commitment_date=self._in(1)),
        )
        donor.picking_ids.move_line_ids.lot_id = lots[1]
        order.action_mark_backordered()
        dialog = self._find(order)
        dialog.line_ids.filtered(lambda line: line.picking_id == donor.picking_ids).take = 3
        dialog.action_take()
        kept = self._released(donor).move_line_ids
        self.assertEqual((kept.lot_id, sum(kept.mapped("quantity"))), (lots[1], 7))

    def test_transfer_without_an_order_is_told(self):
        self._stock(self.gadget, 5)
        places = {"location_id": self.stock.id, "location_dest_id": self.shelf.id}
        transfer = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.int_type_id.id,
                **places,
                "move_ids": [
                    Command.create({"product_id": self.gadget.id, "product_uom_qty": 5, **places})
                ],
            }
        )
        transfer.action_confirm()
        transfer.action_assign()
        order = self._waiting(4, promised=1)
        dialog = self._find(order)
        dialog.line_ids.take = 4
        dialog.action_take()
        self.assertEqual(transfer.move_ids.quantity, 1)
        self.assertIn("given to", transfer.message_ids[0].body)
        self.assertIn(transfer.name, order.message_ids[0].body)

    # Whom it hurts, and by how much

    def test_receipt_the_line_needs_no_more_is_there_for_the_donor(self):
        self._donor(5)
        order = self._waiting(4, promised=1)
        receipt = self._incoming(self.gadget, 4)
        self.assertEqual(self._find(order).line_ids.expected_date, receipt.move_ids.date)

    def test_donor_waits_only_for_what_it_gives(self):
        donors = self._donor(100, 50), self._donor(5, 40)
        order = self._waiting(4, promised=1)
        self._incoming(self.gadget, 8)
        lines = self._find(order).line_ids
        self.assertEqual(lines.picking_id.sale_id, donors[0] | donors[1])
        self.assertTrue(all(lines.mapped("expected_date")))

    def test_donor_is_expected_in_its_place_in_the_queue(self):
        donor, _other = self._donor(5, 5), self._waiting(5, promised=30)
        order = self._waiting(5, promised=1)
        receipt = self._incoming(self.gadget, 5)
        receipt.move_ids.date = self._in(10)
        dialog = self._find(order)
        expected = dialog.line_ids.expected_date
        self.assertEqual(expected, receipt.move_ids.date)
        dialog.line_ids.take = 5
        dialog.action_take()
        self.env.invalidate_all()
        self.assertEqual(self._held(donor).backorder_expected_date, expected)

    def test_late_is_by_the_day(self):
        """By the day of whoever looks."""
        self._donor(5, 5).commitment_date = "2099-03-05 12:00:00"
        order = self._waiting(4, promised=1)
        receipt = self._incoming(self.gadget, 100)
        receipt.move_ids.date = "2099-03-06 08:00:00"
        for zone, days in (("UTC", 1), ("Pacific/Kiritimati", 0)):
            dialog = self._find(order).with_context(tz=zone)
            self.assertEqual(dialog.line_ids.late_days, days, zone)
