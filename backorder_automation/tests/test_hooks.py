from collections import defaultdict

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from ..engine import CompleteOrder
from .common import QueueCommon

# Whether the order of a move `m` has this word as its customer reference.
HAS_REFERENCE = """
    EXISTS (SELECT FROM sale_order_line ref_line
              JOIN sale_order ref_order ON ref_order.id = ref_line.order_id
             WHERE ref_line.id = m.sale_line_id AND ref_order.client_order_ref = %s)
"""


@tagged("post_install", "-at_install")
class TestHooks(QueueCommon):
    """Another addon says what the queue is made of: each hook is overridden, and counts."""

    def _extend(self, name, extension):
        """Override a hook of `stock.move`.

        :param extension: called with the move, what the hook returns without us, and its arguments
        """
        known = getattr(self.registry["stock.move"], name)
        self.patch(
            self.registry["stock.move"],
            name,
            lambda moves, *args: extension(moves, known(moves, *args), *args),
        )

    def _pair(self):
        """Hold two orders of one customer reference: gadgets, which are there, and gizmos."""
        there = self._waiting(5, promised=1, client_order_ref="pair")
        lacking = self._waiting(5, product=self.gizmo, promised=2, client_order_ref="pair")
        self._stock(self.gadget, 9)
        return there, lacking

    def _serve_pairs_together(self):
        """Serve orders of the same reference together, as an addon would."""

        def bond(moves, known):
            pair = SQL("CASE WHEN m.backorder_held AND %s THEN 'pair' END", self._has("pair"))
            return SQL("COALESCE(%s, %s)", known, pair)

        def joins(moves, known, product_ids, company):
            pairs = SQL(
                "SELECT m.product_id FROM stock_move m WHERE m.backorder_held AND %s",
                self._has("pair"),
            )
            return [*known, pairs]

        def groups(moves, known, rows):
            pairs = [row for row in rows if row.bond == "pair"]
            return [*known, CompleteOrder(pairs)] if pairs else known

        self._extend("_get_backorder_bond", bond)
        self._extend("_get_backorder_joins", joins)
        self._extend("_get_backorder_groups", groups)

    def _has(self, reference):
        return SQL(HAS_REFERENCE, reference)

    def test_bond_joins_and_groups_say_what_is_served_together(self):
        there, lacking = self._pair()
        self.assertEqual(self._served(there, lacking), [5, 0])
        self._serve_pairs_together()
        self.assertEqual(self._served(there, lacking), [0, 0])
        self._run(self.secondary)
        self.assertHeld(there, 5)
        self._stock(self.gizmo, 5)
        self.assertEqual(self._served(there, lacking), [5, 5])
        self._run(self.secondary)
        self.assertHeld(there, 0)
        self.assertHeld(lacking, 0)

    def test_joins_plan_what_is_served_together_even_where_one_product_is_asked_for(self):
        there, lacking = self._pair()
        self.assertNotIn(self._held(lacking).id, self._plan(self.gadget))
        self._serve_pairs_together()
        plan = self._plan(self.gadget)
        self.assertEqual(plan[self._held(there).id].served, 0)
        self.assertIn(self._held(lacking).id, plan)

    def test_groups_get_the_rows_of_the_queue(self):
        """What the hook is handed are the rows as they were read, in queue order."""
        first, second = self._waiting(5, promised=1), self._waiting(5, promised=2)
        seen = defaultdict(list)

        def groups(moves, known, rows):
            seen["ids"] = [row.move_id for row in rows]
            return known

        self._extend("_get_backorder_groups", groups)
        self._plan(self.gadget)
        self.assertEqual(seen["ids"], [self._held(first).id, self._held(second).id])

    def test_refill_says_who_stands_behind_everybody(self):
        own_shop = self._waiting(5, promised=1, client_order_ref="our shop")
        customer = self._waiting(5, promised=9)
        self.assertEqual(self._places(own_shop, customer), [1, 2])
        self._extend(
            "_get_backorder_refill",
            lambda moves, known: SQL("(%s OR %s)", known, self._has("our shop")),
        )
        self.assertEqual(self._places(customer, own_shop), [1, 2])

    def test_waits_sql_says_who_stands_in_the_queue(self):
        """And its twin in Python, for one move: `_is_backorder_waiting`."""
        now = fields.Datetime.now()
        sample = self._order((self.gadget, 5), client_order_ref="sample", commitment_date=now)
        move = sample.order_line.move_ids
        self._stock(self.gadget, 1)
        self.assertIn(move.id, self._plan())
        self.assertTrue(move._is_backorder_waiting())
        self.assertEqual(self._reserve_as_newcomer(), 0)
        self._extend(
            "_get_backorder_waits_sql",
            lambda moves, known: SQL("(%s AND NOT %s)", known, self._has("sample")),
        )
        self._extend(
            "_is_backorder_waiting",
            lambda move, known: known and move.sale_line_id.order_id.client_order_ref != "sample",
        )
        self.assertNotIn(move.id, self._plan())
        self.assertFalse(move._is_backorder_waiting())
        self.assertEqual(self._reserve_as_newcomer(), 1)

    def _reserve_as_newcomer(self):
        """Return what a new order of one, promised later than all others, gets; it is undone."""
        later = fields.Datetime.add(fields.Datetime.now(), days=30)
        newcomer = self._order((self.gadget, 1), commitment_date=later)
        quantity = newcomer.order_line.move_ids.quantity
        newcomer._action_cancel()
        return quantity

    def test_automatic_sql_says_for_whom_odoo_reserves_by_itself(self):
        self.warehouse.out_type_id.reservation_method = "manual"
        order = self._order((self.gadget, 5), commitment_date=fields.Datetime.now())
        move = order.order_line.move_ids
        self._stock(self.gadget, 5)
        line = self._plan()[move.id]
        self.assertEqual((line.served, line.reason), (0, "manual"))
        self._extend(
            "_get_backorder_automatic_sql",
            lambda moves, known: SQL("(%s OR m.product_id = %s)", known, self.gadget.id),
        )
        self.assertEqual(self._plan()[move.id].served, 5)

    def test_eligible_says_what_may_be_held(self):
        self._extend(
            "_is_backorder_eligible",
            lambda move, known: known and move.sale_line_id.order_id.client_order_ref != "no",
        )
        yes, no = (self._order((self.gadget, 5), client_order_ref=word) for word in ("yes", "no"))
        for order in (yes, no):
            self._stock(self.gadget, 2)
            order.picking_ids.action_assign()
            self._ship(order.picking_ids, 2).process()
        self.assertHeld(yes, 3)
        self.assertHeld(no, 0)
        self.assertEqual(self._released(no).move_ids.product_qty, 3)

    def test_transfer_values_say_what_a_released_transfer_is_born_with(self):
        order = self._waiting(5)
        self._extend(
            "_prepare_backorder_transfer_vals",
            lambda moves, known: {**known, "origin": f"Rest of {known['origin']}"},
        )
        self._stock(self.gadget, 5)
        self._run(self.secondary)
        self.assertEqual(self._released(order).origin, f"Rest of {order.name}")
