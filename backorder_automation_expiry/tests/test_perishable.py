from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.backorder_automation.tests.common_roads import RoadsCommon


@tagged("post_install", "-at_install")
class TestPerishable(RoadsCommon):
    """Goods that expire are promised to nobody who cannot have them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.milk = cls._product("Milk", tracking="lot", use_expiration_date=True)

    def _in(self, days):
        return fields.Datetime.now() + timedelta(days=days)

    def _fresh_for(self, days, quantity, location=None):
        """Put milk in stock that has to be removed in so many days; return its lot."""
        lot = self.env["stock.lot"].create(
            {
                "name": f"{days} days",
                "product_id": self.milk.id,
                "removal_date": self._in(days) if days is not None else False,
            }
        )
        self.env["stock.quant"]._update_available_quantity(
            self.milk, location or self.stock, quantity, lot_id=lot
        )
        return lot

    def _line(self, order):
        self.env.invalidate_all()
        return self.env["stock.move"]._backorder_plan()[self._held(order).id]

    def test_expired_goods_cannot_be_used(self):
        order = self._short(5, 0, product=self.milk)
        self._fresh_for(-1, 5)
        line = self._line(order)
        self.assertFalse(line.served)
        self.assertEqual(line.missing, 5)
        self.assertEqual(self._held(order).backorder_reason_code, "unusable")
        self._release()
        self.assertHeld(order, 5)
        fresh = self._fresh_for(9, 5)
        self.assertEqual(self._line(order).served, 5)
        self.assertEqual(self._held(order).backorder_reason_code, "served")
        self._release()
        self.assertEqual(self._released(order).move_line_ids.lot_id, fresh)

    def test_goods_that_expire_since_the_order_was_due_are_not_taken(self):
        order = self._short(5, 0, product=self.milk)
        self._held(order).date = self._in(-9)
        self._fresh_for(-3, 5)
        self._release()
        self.assertHeld(order, 5)
        self._held(order)._backorder_release()
        self.assertHeld(order, 5)

    def test_goods_without_a_date_keep(self):
        order = self._short(5, 0, product=self.milk)
        lot = self._fresh_for(None, 5)
        self._release()
        self.assertEqual(self._released(order).move_line_ids.lot_id, lot)

    def test_goods_that_expire_are_reserved_once(self):
        """Also where several orders of a batch take from one lot."""
        orders = [self._short(2, 0, product=self.milk) for _number in range(3)]
        lots = [self._fresh_for(days, 3) for days in (3, 5)]
        self._release()
        quants = self.env["stock.quant"].search(
            [("product_id", "=", self.milk.id), ("location_id", "=", self.stock.id)]
        )
        reserved = {quant.lot_id: quant.reserved_quantity for quant in quants}
        lines = [self._released(order).move_line_ids for order in orders]
        for lot in lots:
            taken = sum(sum(line.quantity for line in part if line.lot_id == lot) for part in lines)
            self.assertEqual(taken, 3)
            self.assertEqual(reserved[lot], 3)

    def test_what_is_too_old_for_a_later_order_is_no_hostage(self):
        """Urgent, but to leave in ten days: milk of three days is for those who take it now."""
        later = self._short(5, 0, product=self.milk)
        self._held(later).write({"priority": "1", "date": self._in(10)})
        now = self._short(5, 0, product=self.milk)
        lot = self._fresh_for(3, 5)
        self.assertFalse(self._line(later).served)
        self.assertEqual(self._line(now).served, 5)
        self._release()
        self.assertHeld(later, 5)
        self.assertEqual(self._released(now).move_line_ids.lot_id, lot)
        self.assertWhole(later)
        self.assertWhole(now)

    def test_newcomer_may_take_what_the_queue_cannot_use(self):
        later = self._short(5, 0, product=self.milk)
        self._held(later).write({"priority": "1", "date": self._in(10)})
        self._fresh_for(3, 5)
        newcomer = self._order((self.milk, 5))
        self.assertEqual(newcomer.picking_ids.move_ids.quantity, 5)

    def test_newcomer_may_not_take_what_the_queue_can_use(self):
        first = self._short(5, 0, product=self.milk)
        self._held(first).priority = "1"
        self._fresh_for(3, 5)
        newcomer = self._order((self.milk, 5))
        self.assertFalse(newcomer.picking_ids.move_ids.quantity)

    def test_newcomer_takes_the_goods_that_do_not_keep_for_those_ahead(self):
        """Odoo would take the older lot, the only one that keeps until the held line leaves."""
        later = self._short(5, 0, product=self.milk)
        self._held(later).write({"priority": "1", "date": self._in(10)})
        keeps, fresh = self._fresh_for(30, 5), self._fresh_for(3, 5)
        quants = self.env["stock.quant"].search([("lot_id", "in", (keeps | fresh).ids)])
        for quant in quants:
            quant.in_date = self._in(-9 if quant.lot_id == keeps else -1)
        newcomer = self._order((self.milk, 5))
        self.assertEqual(newcomer.picking_ids.move_line_ids.lot_id, fresh)
        self.assertEqual(self._line(later).served, 5)

    def test_ship_complete_is_not_completed_by_old_goods(self):
        order = self._order((self.milk, 5), (self.gadget, 1), picking_policy="one")
        order.action_mark_backordered()
        self._fresh_for(-1, 5)
        self._stock(self.gadget, 1)
        self._release()
        self.assertFalse(self._released(order))
        self.assertHeld(order, 6)

    def test_what_goes_first_is_counted_first(self):
        """Two lines of five: one to leave now, one in ten days; both are served."""
        later = self._short(5, 0, product=self.milk)
        self._held(later).date = self._in(10)
        now = self._short(5, 0, product=self.milk)
        self._fresh_for(20, 5)
        self._fresh_for(3, 5)
        self.assertEqual([self._line(later).served, self._line(now).served], [5, 5])

    def test_shelves_are_told_apart(self):
        order = self._short(5, 0, product=self.milk)
        self._held(order).location_id = self.shelf
        self._fresh_for(9, 5)
        self.assertFalse(self._line(order).served)
        self._fresh_for(8, 4, self.shelf)
        self.assertEqual(self._line(order).served, 4)

    def test_goods_keep_until_the_promise_of_the_day(self):
        """A promise moved earlier makes goods usable, one moved later makes them too old."""
        order = self._short(5, 0, product=self.milk, commitment_date=self._in(10))
        lot = self._fresh_for(5, 5)
        self.assertFalse(self._line(order).served)
        order.commitment_date = self._in(3)
        self.assertEqual(self._line(order).served, 5)
        newcomer = self._order((self.milk, 5), commitment_date=self._in(4))
        self.assertFalse(newcomer.picking_ids.move_ids.quantity)
        order.commitment_date = self._in(9)
        self.assertFalse(self._line(order).served)
        order.commitment_date = self._in(2)
        self._release()
        transfer = self._released(order)
        self.assertEqual(transfer.move_line_ids.lot_id, lot)
        self.assertEqual(transfer.scheduled_date, order.commitment_date)
