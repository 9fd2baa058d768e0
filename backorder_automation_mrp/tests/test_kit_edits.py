from odoo.fields import Command
from odoo.tests import tagged

from .common import KitCommon


@tagged("post_install", "-at_install")
class TestKitEdits(KitCommon):
    """The order, its deliveries and its bill of materials change while components are held."""

    def test_lowering_takes_each_component_down(self):
        order = self._short_kits()
        order.order_line.product_uom_qty = 8
        self.assertKitsHeld(order, 2, 1)
        self.assertEqual(order.order_line.qty_backordered, 1)
        self.assertKitsWhole(order)

    def test_lowering_to_what_was_shipped_ends_the_back_order(self):
        order = self._short_kits()
        order.order_line.product_uom_qty = 7
        self.assertKitsHeld(order, 0, 0)
        self.assertKitsComplete(order)

    def test_lowering_out_of_proportion(self):
        order = self._short_kits(gadget=14, gizmo=8)
        order.order_line.product_uom_qty = 8
        self.assertKitsHeld(order, 2, 0)
        self.assertKitsWhole(order)

    def test_lowering_below_one_shipped_component_asks_nothing_back(self):
        order = self._short_kits(gadget=14, gizmo=8)
        order.order_line.product_uom_qty = 7
        self.assertKitsHeld(order, 0, 0)
        self.assertNoReturn()
        self.assertFalse(order.is_backordered)

    def test_lowering_across_released_and_held(self):
        order = self._short_kits()
        self._stock_kits(2)
        self._release()
        order.order_line.product_uom_qty = 8
        self.assertKitsHeld(order, 0, 0)
        self.assertEqual(self._released_quantities(order), (2, 1))
        self.assertKitsWhole(order)

    def test_raising_asks_for_whole_kits(self):
        order = self._short_kits()
        order.order_line.product_uom_qty = 12
        self.assertKitsHeld(order, 6, 3)
        self.assertEqual(self._released_quantities(order), (4, 2))
        self.assertEqual(self._released(order).move_ids.bom_line_id, self.bom.bom_line_ids)
        self.assertKitsWhole(order)

    def test_raising_does_not_pass_the_queue(self):
        order = self._short_kits()
        self._stock_kits(3)
        order.order_line.product_uom_qty = 12
        self.assertEqual(sum(self._released(order).move_ids.mapped("quantity")), 0)

    def test_cancel_and_confirm_again(self):
        order = self._short_kits()
        order._action_cancel()
        self.assertKitsHeld(order, 0, 0)
        self.assertFalse(order.is_backordered)
        order.action_draft()
        order.action_confirm()
        self.assertEqual(self._released_quantities(order), (6, 3))
        self.assertKitsWhole(order)

    def test_cancel_a_whole_held_order_and_confirm_again(self):
        order = self._order((self.kit, 10))
        order.action_mark_backordered()
        order._action_cancel()
        self.assertKitsHeld(order, 0, 0)
        order.action_draft()
        order.action_confirm()
        self.assertEqual(self._released_quantities(order), (20, 10))

    def _correct(self, order, product, quantity):
        done = order.picking_ids.move_ids.filtered(
            lambda move: move.state == "done" and move.product_id == product
        )
        done.move_line_ids.quantity = quantity

    def test_corrected_up(self):
        order = self._short_kits()
        self._stock_kits(2)
        self._correct(order, self.gadget, 16)
        self.assertKitsHeld(order, 4, 3)
        self._correct(order, self.gizmo, 8)
        self.assertKitsHeld(order, 4, 2)
        self.assertEqual(order.order_line.qty_delivered, 8)
        self.assertKitsWhole(order)

    def test_corrected_down(self):
        order = self._short_kits()
        self._correct(order, self.gadget, 12)
        self._correct(order, self.gizmo, 6)
        self.assertKitsHeld(order, 8, 4)
        self.assertEqual(order.order_line.qty_delivered, 6)
        self.assertKitsWhole(order)

    def test_bom_quantity_changed_while_held(self):
        order = self._short_kits()
        self.bom.bom_line_ids[0].product_qty = 3
        self._stock_kits(2)
        self._release()
        self.assertEqual(self._released_quantities(order), (4, 2))
        order.order_line.product_uom_qty = 9
        self.assertKitsHeld(order, 0, 0)
        self.assertEqual(self._released_quantities(order), (4, 2))
        self.assertKitsWhole(order)

    def test_raising_after_the_bom_changed_keeps_the_kit_that_was_ordered(self):
        order = self._short_kits()
        self.bom.bom_line_ids[0].product_qty = 3
        order.order_line.product_uom_qty = 12
        self.assertEqual(self._released_quantities(order), (4, 2))
        self.assertKitsWhole(order)

    def test_component_added_while_held(self):
        order = self._short_kits()
        cable = self._product("Cable")
        self.bom.bom_line_ids = [Command.create({"product_id": cable.id, "product_qty": 1})]
        self.assertKitsHeld(order, 6, 3)
        self._stock_kits(3)
        self._release()
        self.assertEqual(self._released_quantities(order), (6, 3))
        self._walk_to_customer(order)
        self.assertFalse(order.is_backordered)
        self.assertKitsWhole(order)

    def test_component_removed_while_held(self):
        order = self._short_kits()
        self.bom.bom_line_ids[1].unlink()
        self.assertKitsHeld(order, 6, 3)
        self._stock(self.gadget, 6)
        self._release()
        self.assertFalse(self._released(order))
        self._stock(self.gizmo, 3)
        self._release()
        self.assertEqual(self._released_quantities(order), (6, 3))
        order.order_line.product_uom_qty = 9
        self.assertEqual(self._released_quantities(order), (4, 2))
        self.assertKitsWhole(order)

    def test_returned_kits(self):
        order = self._short_kits()
        done = order.picking_ids.filtered(lambda picking: picking.state == "done")
        self._stock_kits(3)
        self._release()
        self._walk_to_customer(order)
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=done.id, active_model="stock.picking")
            .create({})
        )
        for line, quantity in zip(wizard.product_return_moves, (2, 1), strict=True):
            line.write({"quantity": quantity, "to_refund": True})
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back.button_validate()
        self.assertEqual(order.order_line.qty_delivered, 9)
        self.assertFalse(order.is_backordered)
        self.assertFalse(self.env["backorder.check"]._check())

    def test_invoicing_on_delivered_quantities(self):
        order = self._short_kits()
        self.assertEqual(order.order_line.qty_to_invoice, 7)
        invoice = order._create_invoices()
        self.assertEqual(invoice.invoice_line_ids.quantity, 7)
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        self._stock_kits(3)
        self._release()
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        self._walk_to_customer(order)
        self.assertEqual(order.order_line.qty_to_invoice, 3)
