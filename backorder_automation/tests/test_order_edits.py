from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestOrderEdits(BackorderCommon):
    """The order changes while part of it is held."""

    def _assert_no_return(self, order):
        returns = self.env["stock.move"].search(
            [
                ("product_id", "=", self.gadget.id),
                ("location_id.usage", "=", "customer"),
                ("state", "!=", "cancel"),
            ]
        )
        self.assertFalse(returns, "a customer return was invented")

    def test_lowering_takes_from_held_demand(self):
        order = self._short()
        order.order_line.product_uom_qty = 520
        self._assert_no_return(order)
        self.assertHeld(order, 20)

    def test_lowering_to_the_delivered_quantity_ends_the_back_order(self):
        order = self._short()
        order.order_line.product_uom_qty = 500
        self._assert_no_return(order)
        self.assertHeld(order, 0)
        self.assertFalse(order.is_backordered)
        self.assertEqual(order.delivery_status, "full")

    def test_lowering_across_released_and_held(self):
        """20 released, 13 held: 515 takes the 13 held and 5 of the released."""
        order = self._short()
        self._receive(self.gadget, 20)
        self._run(self.primary)
        order.order_line.product_uom_qty = 515
        self._assert_no_return(order)
        self.assertHeld(order, 0)
        self.assertEqual(self._released(order).move_ids.product_uom_qty, 15)

    def test_lowering_across_two_held_moves(self):
        order = self._short()
        self._receive(self.gadget, 33)
        self._run(self.primary)
        self._count(self.gadget, 20)
        self._ship(self._released(order), 20).process()
        order.order_line.product_uom_qty = 540
        self._released(order).action_cancel()
        order.order_line.product_uom_qty = 525
        self._assert_no_return(order)

    def test_raising_asks_for_more_at_once(self):
        order = self._short()
        order.order_line.product_uom_qty = 550
        self.assertHeld(order, 33)
        self.assertEqual(self._released(order).move_ids.product_uom_qty, 17)
        self.assertEqual(self._forecast(self.gadget), -50)

    def test_cancelled_order_leaves_no_demand(self):
        order = self._short()
        order._action_cancel()
        self.assertHeld(order, 0)
        self.assertFalse(order.is_backordered)
        self.assertEqual(self._forecast(self.gadget), 0)

    def test_first_promise_is_kept(self):
        order = self._short(commitment_date="2098-01-01")
        promise = order.commitment_date
        order.commitment_date = "2099-01-01"
        self.assertEqual(self._held(order).date_deadline.year, 2099)
        self._receive(self.gadget, 20)
        self._run(self.primary)
        moves = self._held(order) | self._released(order).move_ids
        self.assertEqual(set(moves.mapped("backorder_promised_date")), {promise})

    def test_new_address_is_used(self):
        order = self._short()
        home = self.env["res.partner"].create({"name": "Home", "parent_id": self.customer.id})
        order.partner_shipping_id = home
        self._receive(self.gadget, 33)
        self._run(self.primary)
        self.assertEqual(self._released(order).partner_id, home)

    def test_new_address_with_update_of_deliveries(self):
        order = self._short()
        home = self.env["res.partner"].create({"name": "Home", "parent_id": self.customer.id})
        order.with_context(update_delivery_shipping_partner=True).partner_shipping_id = home
        self._receive(self.gadget, 33)
        self._run(self.primary)
        self.assertEqual(self._released(order).partner_id, home)

    def test_locked_order_is_released(self):
        order = self._short()
        order.action_lock()
        self._receive(self.gadget, 33)
        self._run(self.primary)
        self.assertEqual(self._released(order).move_ids.product_uom_qty, 33)

    def test_held_demand_cannot_be_deleted(self):
        order = self._short()
        with self.assertRaises(UserError):
            self._held(order).unlink()
