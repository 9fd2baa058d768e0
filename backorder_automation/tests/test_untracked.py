from odoo.tests import tagged

from .common import QueueCommon


@tagged("post_install", "-at_install")
class TestUntracked(QueueCommon):
    """A product whose stock is not tracked any more while somebody waits for it."""

    def _untracked(self, **values):
        order = self._waiting(5, **values)
        self.gadget.is_storable = False
        return order

    def test_line_says_so_and_waits(self):
        other = self._waiting(2, product=self.gizmo)
        order = self._waiting(5)
        self._stock(self.gadget, 9)
        self.gadget.is_storable = False
        held = self._held(order)
        spec = {name: {} for name in ("backorder_reason", "backorder_reason_code")}
        rows = self.env["stock.move"].web_search_read([("id", "=", held.id)], spec)["records"]
        self.assertEqual(rows[0]["backorder_reason_code"], "untracked")
        self.assertIn("not tracked", rows[0]["backorder_reason"])
        self._stock(self.gizmo, 2)
        self._run()
        self.assertHeld(order, 5)
        self.assertHeld(other, 0)

    def test_it_is_found_and_grouped_by_its_reason(self):
        order = self._untracked()
        moves = self.env["stock.move"]
        found = moves.search([("backorder_reason_code", "=", "untracked")])
        self.assertEqual(found, self._held(order))
        groups = moves.formatted_read_group(
            [("id", "in", found.ids)], ["backorder_reason_code"], ["__count"]
        )
        self.assertEqual(groups[0]["backorder_reason_code"], "untracked")
        self.assertEqual(self._held(order).backorder_stage, "waiting")
        self.assertFalse(self._held(order).backorder_is_unordered)

    def test_it_can_be_given_back_and_shipped(self):
        order = self._untracked()
        self._held(order).action_backorder_give_back()
        transfer = self._released(order)
        self.assertEqual(transfer.move_ids.product_uom_qty, 5)
        self.assertEqual(transfer.state, "assigned")
        self._ship(transfer, 5)
        self.assertEqual(order.order_line.qty_delivered, 5)
        self.assertFalse(order.is_backordered)

    def test_it_goes_with_the_switch(self):
        order = self._untracked()
        self.company.backorder_automation = False
        self.assertEqual(self._released(order).move_ids.product_uom_qty, 5)

    def test_releasing_it_does_nothing(self):
        order = self._untracked()
        self._held(order).action_backorder_release()
        self.assertHeld(order, 5)

    def test_nobody_is_asked_to_order_it(self):
        self.company.backorder_activity_nothing = True
        order = self._untracked(promised=1)
        self._run(self.secondary)
        self.assertFalse(order.activity_ids)

    def test_order_that_ships_complete_says_what_stops_it(self):
        self._stock(self.gizmo, 3)
        order = self._complete((self.gadget, 5), (self.gizmo, 3))
        self.gadget.is_storable = False
        self._run()
        self.assertRegex(self._held_of(order, self.gizmo).backorder_reason, "tracked.*Gadget")
        self.assertHeld(order, 8)

    def test_tracked_again_it_is_served(self):
        order = self._untracked()
        self.gadget.is_storable = True
        self._stock(self.gadget, 5)
        self._run()
        self.assertHeld(order, 0)
        self.assertEqual(self._released(order).state, "assigned")
