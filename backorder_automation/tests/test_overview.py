from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestOverview(BackorderCommon):
    """The cards of the inventory overview count back orders, one click away."""

    def _card(self, picking_type):
        """Return what a shipper reads on the card."""
        self.env.invalidate_all()
        card = picking_type.with_user(self.shipper)
        return card.count_backorder_waiting, card.count_backorder_ready

    def test_waiting_then_ready_then_gone(self):
        out_type = self.warehouse.out_type_id
        self.assertEqual(self._card(out_type), (0, 0))
        order = self._short(8, 5)
        self.assertEqual(self._card(out_type), (1, 0))
        self._stock(self.gadget, 3)
        self._run()
        self.assertEqual(self._card(out_type), (0, 1))
        picking = self._released(order)
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(self._card(out_type), (0, 0))

    def test_in_two_steps_the_pick_waits(self):
        self.warehouse.delivery_steps = "pick_ship"
        self._order((self.gadget, 3)).action_mark_backordered()
        self.assertEqual(self._card(self.warehouse.pick_type_id), (1, 0))
        self.assertEqual(self._card(self.warehouse.out_type_id), (0, 0))

    def test_ordinary_transfers_do_not_count(self):
        self._stock(self.gadget, 5)
        self._order((self.gadget, 5))
        self._order((self.gizmo, 5))
        self.assertEqual(self._card(self.warehouse.out_type_id), (0, 0))

    def test_one_click_leads_to_what_was_counted(self):
        first, second = self._short(8, 5), self._short(9, 5, product=self.gizmo)
        self._stock(self.gizmo, 4)
        self._run()
        card = self.warehouse.out_type_id.with_user(self.shipper)
        waiting = card.action_view_backorders_waiting()
        self.assertEqual(self.env["stock.move"].search(waiting["domain"]), self._held(first))
        ready = card.action_view_backorders_ready()
        self.assertEqual(self.env["stock.picking"].search(ready["domain"]), self._released(second))

    def test_switched_off_counts_nothing_without_a_query(self):
        self._short(8, 5)
        self.company.backorder_automation = False
        out_type = self.warehouse.out_type_id
        self.assertEqual(self._card(out_type), (0, 0))
        out_type.invalidate_recordset(["count_backorder_waiting", "count_backorder_ready"])
        with self.assertQueries([]):
            self.assertEqual(out_type.count_backorder_waiting, 0)
