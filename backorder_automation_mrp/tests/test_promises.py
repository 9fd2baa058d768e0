from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import KitCommon


@tagged("post_install", "-at_install")
class TestPromises(KitCommon):
    """What is planned in the workshop moves no promise to a customer."""

    def test_replanned_production_moves_no_promise(self):
        now = fields.Datetime.now()
        order = self._order((self.gadget, 5), commitment_date=now + timedelta(days=3))
        order.action_mark_backordered()
        production = self.env["mrp.production"].create(
            {
                "product_id": self.gadget.id,
                "product_qty": 5,
                "picking_type_id": self.warehouse.manu_type_id.id,
                "date_deadline": now + timedelta(days=1),
            }
        )
        production.action_confirm()
        finished = production.move_finished_ids
        finished.date_deadline = now + timedelta(days=1)
        held = self._held(order)
        self.env["report.stock.report_reception"].action_assign(held.ids, [5], [finished.ids])
        self.assertEqual(held.move_orig_ids, finished)
        production.date_start = now + timedelta(days=20)
        production.date_deadline = now + timedelta(days=21)
        production.date_finished = now + timedelta(days=22)
        self.env.flush_all()
        self.assertEqual(finished.date_deadline, production.date_deadline)
        self.assertEqual(held.date_deadline, order.commitment_date)
        self.assertEqual(held.date, order.commitment_date)

    def test_new_promise_moves_all_components_of_a_kit(self):
        order = self._order((self.kit, 5))
        order.action_mark_backordered()
        order.commitment_date = fields.Datetime.now() + timedelta(days=9)
        held = self._held(order)
        self.assertEqual(set(held.mapped("date_deadline")), {order.commitment_date})
        self.assertEqual(set(held.mapped("date")), {order.commitment_date})

    def test_lowered_kits_keep_their_components_reserved(self):
        order = self._short_kits()
        self._stock_kits(3)
        self._release()
        order.order_line.product_uom_qty = 9
        moves = self._released(order).move_ids
        self.assertEqual(set(moves.mapped("state")), {"assigned"})
        for move in moves:
            self.assertEqual(move.quantity, move.product_uom_qty)
        self.assertEqual(
            {move.product_id: move.quantity for move in moves}, {self.gadget: 4, self.gizmo: 2}
        )
