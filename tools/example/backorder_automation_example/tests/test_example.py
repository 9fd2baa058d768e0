from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.backorder_automation.tests.common import QueueCommon


@tagged("post_install", "-at_install")
class TestExample(QueueCommon):
    """Each hook is overridden by an addon of somebody else, and counts; nothing else changes."""

    def test_eligible(self):
        held, left = (
            self._short(5, 2, client_order_ref=reference) for reference in ("always", "never")
        )
        self.assertHeld(held, 3)
        self.assertHeld(left, 0)

    def test_waits_sql_and_waiting(self):
        now = fields.Datetime.now()
        moves = [
            self._order(
                (self.gadget, 5), client_order_ref=word, commitment_date=now
            ).order_line.move_ids
            for word in ("order", "sample")
        ]
        plan = self._plan(self.gadget)
        self.assertEqual([move.id in plan for move in moves], [True, False])
        self.assertEqual([move._is_backorder_waiting() for move in moves], [True, False])

    def test_automatic_sql(self):
        self.warehouse.out_type_id.reservation_method = "manual"
        now = fields.Datetime.now()
        moves = [
            self._order(
                (self.gadget, 5), client_order_ref=word, commitment_date=now
            ).order_line.move_ids
            for word in ("by hand", "at once")
        ]
        self._stock(self.gadget, 5)
        plan = self._plan(self.gadget)
        self.assertEqual([plan[move.id].served for move in moves], [0, 5])

    def test_refill(self):
        shop = self._waiting(5, promised=1, client_order_ref="our shop")
        customer = self._waiting(5, promised=9)
        self.assertEqual(self._places(customer, shop), [1, 2])

    def test_bond_joins_bound_and_groups(self):
        there = self._waiting(5, promised=1, client_order_ref="pair")
        lacking = self._waiting(5, product=self.gizmo, promised=2, client_order_ref="pair")
        self._stock(self.gadget, 5)
        self.assertEqual(self._served(there, lacking), [0, 0])
        self._run(self.secondary)
        self.assertHeld(there, 5)
        self._stock(self.gizmo, 5)
        self._run(self.secondary)
        self.assertHeld(there, 0)
        self.assertHeld(lacking, 0)

    def test_history_and_protected_fields(self):
        order = self._waiting(5)
        with self.assertRaisesRegex(UserError, "not by hand"):
            self._held(order).with_user(self.manager).example_word = "mine"
        self.env.cr.execute(
            "UPDATE stock_move SET example_word = 'ours' WHERE id = %s", [self._held(order).id]
        )
        self.env.invalidate_all()
        self._stock(self.gadget, 2)
        self._run(self.secondary)
        self.assertEqual(order.order_line.move_ids.mapped("example_word"), ["ours", "ours"])

    def test_transfer_key_and_values(self):
        order = self._order((self.gadget, 5), (self.gizmo, 5), client_order_ref="each alone")
        order.action_mark_backordered()
        self._stock(self.gadget, 5)
        self._stock(self.gizmo, 5)
        self._run(self.secondary)
        transfers = order.picking_ids.filtered(lambda picking: picking.state == "assigned")
        self.assertEqual(transfers.mapped("origin"), [f"Rest of {order.name}"] * 2)

    def test_queue_order(self):
        small, big = self._waiting(2, promised=1), self._waiting(5, promised=9)
        self.assertEqual(self._places(small, big), [1, 2])
        self.company.backorder_queue_order = "largest"
        self.assertEqual(self._places(big, small), [1, 2])

    def test_check_of_the_health(self):
        self._waiting(5)
        found = {line["key"]: line for line in self.env["backorder.health"]._find()}
        self.assertEqual((found["nameless"]["level"], found["nameless"]["count"]), ("warning", 1))
