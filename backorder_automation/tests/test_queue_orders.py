from unittest.mock import patch

from odoo import fields
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .. import queue_orders
from ..queue_orders import QUEUE_ORDERS, Key, QueueOrder, get_queue_order
from .common import QueueCommon


@tagged("post_install", "-at_install")
class TestQueueOrders(QueueCommon):
    """One class is a queue order: what ranks, what it says to people, its SQL."""

    def _add_largest(self):
        """Add a queue order as another addon does: one class, and its name for the company."""
        self.enterContext(patch.dict(queue_orders._orders))

        class Largest(QueueOrder):
            name, label, help = "largest", "Largest first", "The largest quantity first."
            ranks = (Key("m.product_qty DESC", ("product_qty",)),)

        field = self.env["res.company"]._fields["backorder_queue_order"]
        added = [*field.selection, (Largest.name, Largest.label)]
        self.patch(field, "selection", added)  # as `selection_add` leaves it
        self.patch(field, "_selection", dict(added))
        self.env["ir.model.fields.selection"]._update_selection(
            "res.company", "backorder_queue_order", added
        )
        self.env.registry.clear_cache("stable")
        self.addCleanup(self.env.registry.clear_cache, "stable")

    def test_new_order_is_one_class_that_the_plan_and_the_list_follow(self):
        small, big = self._waiting(2, promised=1), self._waiting(5, promised=9)
        self.assertEqual(self._places(small, big), [1, 2])
        self._add_largest()
        self.company.backorder_queue_order = "largest"
        self.assertEqual(self._places(big, small), [1, 2])
        held = self._held(small) | self._held(big)
        listed = self.env["stock.move"].search([("id", "in", held.ids)], order="backorder_place")
        self.assertEqual(listed, self._held(big) | self._held(small))
        self.assertEqual(listed.mapped("backorder_place"), [1, 2])

    def test_new_order_is_one_class_that_the_guard_and_the_job_follow(self):
        self._add_largest()
        for policy, got in (("largest", 6), ("urgent", 1)):
            self.company.backorder_queue_order = policy
            product = self._product(policy)
            held = self._waiting(5, product=product, promised=1)
            newcomer = self._order((product, 6))
            newcomer.order_line.move_ids.date_deadline = fields.Datetime.add(
                self._held(held).date_deadline, days=1
            )
            self._stock(product, 6)
            newcomer.picking_ids.action_assign()
            self.assertEqual(newcomer.picking_ids.move_ids.quantity, got, policy)
            self._run(self.secondary)
            self.assertEqual(sum(self._released(held).move_ids.mapped("quantity")), 6 - got)

    def test_new_order_is_offered_and_explained_where_people_choose(self):
        self._add_largest()
        offered = self.env["backorder.simulation"].fields_get(["queue_order"])["queue_order"]
        self.assertIn(("largest", "Largest first"), offered["selection"])
        for model, name in (
            ("backorder.simulation", "queue_order"),
            ("res.config.settings", "backorder_queue_order"),
        ):
            form = Form(self.env[model])
            self.assertEqual(form[f"{name}_help"], str(get_queue_order("urgent").help))
            form[name] = "largest"
            self.assertEqual(form[f"{name}_help"], "The largest quantity first.")

    def test_order_without_a_class_is_an_error_and_no_other_order(self):
        """Counter-test: a value that nobody wrote a class for."""
        with self.assertRaises(KeyError):
            self._plan(queue_order="largest")
        with self.assertRaises(ValueError):
            self.company.backorder_queue_order = "largest"

    def test_every_order_says_what_it_is(self):
        offered = self.env["res.company"]._get_backorder_queue_orders()
        self.assertEqual(offered[: len(QUEUE_ORDERS)], QUEUE_ORDERS)
        for name, label in offered:
            order = get_queue_order(name)
            self.assertEqual((order.name, order.label), (name, label))
            self.assertTrue(self.company._explain_backorder_queue_order(name))
            self.assertTrue(order.ranks)

    def test_every_order_is_total_and_puts_refills_behind(self):
        for name, _label in QUEUE_ORDERS:
            order = get_queue_order(name)
            self.assertIn(queue_orders.REFILL, order.ranks)
            terms = order.make_sql(refill=SQL("refill"), deadline=SQL("deadline")).code
            self.assertTrue(terms.endswith("COALESCE(m.backorder_queue_id, m.id), m.id"), terms)

    def test_key_of_a_move_needs_nothing_but_the_move(self):
        """What a key says it reads is all it reads: single moves can be compared by it."""
        move = self._held(self._waiting(5))
        keys = {key for order in queue_orders._orders.values() for key in order.ranks}
        for key in keys.union(queue_orders.ENDS):
            if key.reads is None:
                continue
            term = SQL(key.sql, deadline=SQL("m.date_deadline"))
            rest = term.code
            for name in key.reads:
                self.assertIn(name, move._fields)
                rest = rest.replace(f"m.{name}", "")
            self.assertNotRegex(rest, r"\w\.\w", key)
            self.env.execute_query(
                SQL("SELECT id FROM stock_move m WHERE id = %s ORDER BY %s", move.id, term)
            )
