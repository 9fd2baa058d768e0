from odoo.fields import Command
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestEligibility(BackorderCommon):
    """Only short sales demand from stock is held: everything else is Odoo's own backorder."""

    def _assert_native(self, order, quantity):
        self.assertHeld(order, 0)
        self.assertEqual(self._released(order).move_ids.product_uom_qty, quantity)
        self.assertFalse(order.is_backordered)

    def test_feature_off_is_odoo_untouched(self):
        self.company.backorder_automation = False
        self._stock(self.gadget, 500)
        order = self._order((self.gadget, 533))
        dialog = self._ship(order.picking_ids, 500)
        self.assertFalse(dialog.shortfall_line_ids)
        dialog.process()
        self._assert_native(order, 33)

    def test_consumable_is_not_held(self):
        glue = self._product("Glue", is_storable=False)
        order = self._order((glue, 8))
        self._ship(order.picking_ids, 5).process()
        self._assert_native(order, 3)

    def test_line_of_nothing_is_not_held(self):
        """A transfer may carry one: it was emptied by hand."""
        order = self._short(10, 0)
        self._receive(self.gadget, 10)
        self._run(self.primary)
        move = self._released(order).move_ids
        move.copy({"product_uom_qty": 0, "picking_id": move.picking_id.id})
        move.picking_id.action_confirm()
        move.picking_id.action_cancel()
        self.assertHeld(order, 10)
        self.assertEqual(len(self._held(order)), 1)

    def test_internal_transfer_is_not_held(self):
        self._stock(self.gadget, 5)
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.int_type_id.id,
                "location_id": self.stock.id,
                "location_dest_id": self.shelf.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.gadget.id,
                            "product_uom_qty": 8,
                            "location_id": self.stock.id,
                            "location_dest_id": self.shelf.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        dialog = self._ship(picking, 5)
        self.assertFalse(dialog.shortfall_line_ids)
        dialog.process()
        self.assertTrue(picking.backorder_ids)

    def test_receipt_is_not_held(self):
        receipt = self._incoming(self.gadget, 8)
        dialog = self._ship(receipt, 5)
        self.assertFalse(dialog.shortfall_line_ids)
        dialog.process()
        self.assertEqual(receipt.backorder_ids.move_ids.product_uom_qty, 3)

    def test_make_to_order_is_not_held(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8))
        order.picking_ids.move_ids.procure_method = "make_to_order"
        self._ship(order.picking_ids, 5).process()
        self._assert_native(order, 3)

    def test_split_button_stays_native(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8))
        order.picking_ids.action_split_transfer()
        self.assertHeld(order, 0)
        self.assertEqual(len(self._released(order)), 2)

    def _ship_unasked(self, create_backorder="always"):
        self.warehouse.out_type_id.create_backorder = create_backorder
        self._stock(self.gadget, 500)
        order = self._order((self.gadget, 533))
        result = self._ship(order.picking_ids, 500)
        self.assertIs(result, True)
        return order

    def test_always_follows_the_default_decision(self):
        self.assertHeld(self._ship_unasked(), 33)

    def test_always_with_native_default_makes_a_standard_backorder(self):
        self.company.backorder_default_decision = "native"
        self._assert_native(self._ship_unasked(), 33)

    def _assert_dropped_aloud(self, order):
        self.assertHeld(order, 0)
        self.assertFalse(self._released(order))
        picking = order.picking_ids.filtered(lambda picking: picking.state == "done")
        self.assertTrue(picking.message_ids.filtered(lambda m: "Not shipped" in m.body))
        self.assertEqual(order.activity_ids.user_id, self.salesperson)

    def test_always_with_cancel_default_drops_aloud(self):
        self.company.backorder_default_decision = "cancel"
        self._assert_dropped_aloud(self._ship_unasked())

    def test_never_drops_aloud(self):
        self._assert_dropped_aloud(self._ship_unasked("never"))

    def test_skip_backorder_follows_the_default_decision(self):
        self._stock(self.gadget, 500)
        order = self._order((self.gadget, 533))
        order.picking_ids.move_ids.write({"quantity": 500, "picked": True})
        order.picking_ids.with_context(skip_backorder=True).button_validate()
        self.assertHeld(order, 33)

    def test_return_is_not_held(self):
        """Goods that come back short are a matter between us and the customer."""
        self._stock(self.gadget, 8)
        order = self._order((self.gadget, 8))
        order.picking_ids.button_validate()
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=order.picking_ids.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 8
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        self._ship(back, 5).process()
        self.assertHeld(order, 0)
        self.assertEqual(back.backorder_ids.move_ids.product_uom_qty, 3)
