from unittest.mock import patch

from psycopg2.errors import LockNotAvailable, SerializationFailure

from odoo import api
from odoo.exceptions import UserError
from odoo.service.server import thread_local
from odoo.tests import TransactionCase, tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestTurns(BackorderCommon):
    """Stock of a product is changed by one transaction after the other."""

    def _turns(self, product=None):
        product = product or self.gadget
        return self.env["backorder.turn"].search([("product_id", "=", product.id)])

    def _quants(self):
        return self.env["stock.quant"].search(
            [("product_id", "=", self.gadget.id), ("location_id", "=", self.stock.id)], order="id"
        )

    def _double(self, *rows):
        """Leave several quants of the same goods: (quantity, reserved quantity) of each."""
        self._quants().sudo().unlink()
        self.env["stock.quant"].sudo().create(
            [
                {
                    "product_id": self.gadget.id,
                    "location_id": self.stock.id,
                    "quantity": quantity,
                    "reserved_quantity": reserved,
                }
                for quantity, reserved in rows
            ]
        )

    def test_every_road_takes_its_turn(self):
        roads = {
            "reserve": lambda picking: picking.action_assign(),
            "unreserve": lambda picking: picking.do_unreserve(),
            "lower": lambda picking: picking.move_ids.write({"quantity": 1}),
            "ship": lambda picking: self._ship(picking, 5),
            "count": lambda picking: self._count(self.gadget, 9),
            "receive": lambda picking: self._receive(self.gadget, 3),
            "merge": lambda picking: self.env["stock.quant"]._merge_quants(),
        }
        for road, walk in roads.items():
            with self.subTest(road):
                self._double((10, 0), (0, 0))
                picking = self._order((self.gadget, 5)).picking_ids
                if road == "reserve":
                    picking.do_unreserve()
                self.env.flush_all()
                self.env.cr.cache.clear()
                self._turns().unlink()
                walk(picking)
                self.assertEqual(self._turns().company_id, self.company.id)

    def test_scheduler_waits_before_it_reserves(self):
        order = self._order((self.gadget, 5))
        self._stock(self.gadget, 10)
        waited = []

        def wait(turns, verb, get_keys, if_free=False):
            if not verb:
                waited.append(get_keys())

        self.patch(self.registry["backorder.turn"], "_await", wait)
        rules = self.env["stock.rule"]
        with patch.object(self.env.cr, "commit"), patch.object(self.env.cr, "rollback"):
            rules._run_scheduler_tasks()
            self.assertFalse(waited)
            order.picking_ids.do_unreserve()
            rules._run_scheduler_tasks(use_new_cursor=True)
        self.assertIn((self.gadget.id, self.company.id), set().union(*waited))
        self.assertEqual(order.picking_ids.move_ids.quantity, 5)

    def test_scheduler_leaves_what_was_held_while_it_waited(self):
        order = self._order((self.gadget, 5))
        move = order.picking_ids.move_ids

        def wait(turns, verb, get_keys, if_free=False):
            if not verb and move.picking_id:
                order.action_mark_backordered()
                self._stock(self.gadget, 10)

        self.patch(self.registry["backorder.turn"], "_await", wait)
        with patch.object(self.env.cr, "commit"), patch.object(self.env.cr, "rollback"):
            self.env["stock.rule"]._run_scheduler_tasks(use_new_cursor=True)
        self.assertTrue(move.backorder_held)
        self.assertFalse(move.quantity)
        self.assertEqual(move.state, "confirmed")

    def test_reserving_nothing_needs_no_turn(self):
        self._order((self.gadget, 5)).picking_ids.action_assign()
        self.assertFalse(self._turns())

    def test_switched_off_nobody_takes_turns(self):
        self.company.backorder_automation = False
        self._receive(self.gadget, 10)
        self._ship(self._order((self.gadget, 5)).picking_ids, 5)
        self._count(self.gadget, 9)
        self.assertFalse(self._turns())

    def test_turn_is_taken_once_in_a_transaction(self):
        self._stock(self.gadget, 10)
        turns = self.env["backorder.turn"]
        keys = turns._get_keys(self.gadget, self.stock)
        with self.assertQueryCount(0):
            turns._take(keys)

    def test_turn_is_taken_again_after_a_savepoint_was_undone(self):
        turns = self.env["backorder.turn"]
        keys = turns._get_keys(self.gadget, self.stock)
        savepoint = self.env.cr.savepoint()
        turns._take(keys)
        savepoint.close(rollback=True)
        self.assertFalse(self._turns())
        turns._take(keys)
        self.assertTrue(self._turns())

    def test_several_turns_are_one_query(self):
        turns = self.env["backorder.turn"]
        keys = turns._get_keys(self.gadget | self.gizmo, self.stock | self.shelf)
        turns._take(keys)
        self.env.cr.cache.clear()
        with self.assertQueryCount(1):
            turns._take(keys)

    # What is freed is free

    def test_freed_where_it_is_reserved(self):
        self._stock(self.gadget, 10)
        picking = self._order((self.gadget, 5)).picking_ids
        self._double((10, 0), (0, 5))
        picking.do_unreserve()
        self.assertEqual(self._quants().mapped("reserved_quantity"), [0, 0])

    def test_freed_on_several_quants_where_none_has_it_all(self):
        self._stock(self.gadget, 10)
        picking = self._order((self.gadget, 5)).picking_ids
        self._double((10, 2), (0, 3))
        picking.do_unreserve()
        self.assertEqual(self._quants().mapped("reserved_quantity"), [0, 0])

    def test_shipped_where_it_is_reserved(self):
        self._stock(self.gadget, 10)
        picking = self._order((self.gadget, 5)).picking_ids
        self._double((10, 0), (0, 5))
        self._ship(picking, 5)
        self.assertEqual(sum(self._quants().mapped("reserved_quantity")), 0)
        self.assertEqual(sum(self._quants().mapped("quantity")), 5)

    def test_one_quant_frees_as_odoo_does(self):
        self._stock(self.gadget, 10)
        self._order((self.gadget, 5)).picking_ids.do_unreserve()
        self.assertEqual(self._quants().mapped("reserved_quantity"), [0])

    # Who comes too late is told

    def test_filling_in_what_was_validated_meanwhile_is_refused(self):
        self._stock(self.gadget, 10)
        picking = self._order((self.gadget, 5)).picking_ids
        self._ship(picking, 5)
        with self.assertRaises(UserError):
            picking.move_ids.write({"quantity": 2, "picked": True})
        self.assertEqual(picking.move_ids.quantity, 5)

    def test_lowered_while_packed_ships_no_more_than_is_ordered(self):
        self._stock(self.gadget, 10)
        order = self._order((self.gadget, 6))
        order.picking_ids.move_ids.write({"quantity": 6, "picked": True})
        order.order_line.product_uom_qty = 2
        self.assertEqual(self._quants().reserved_quantity, 2)
        order.picking_ids.button_validate()
        self.assertEqual(order.order_line.qty_delivered, 2)

    def test_more_than_ordered_may_be_shipped_on_purpose(self):
        self._stock(self.gadget, 10)
        order = self._order((self.gadget, 6))
        self._ship(order.picking_ids, 7)
        self.assertEqual(order.order_line.qty_delivered, 7)

    def test_correcting_what_is_done_is_not_refused(self):
        self._stock(self.gadget, 10)
        picking = self._order((self.gadget, 5)).picking_ids
        self._ship(picking, 5)
        picking.move_ids.quantity = 4
        self.assertEqual(picking.move_ids.quantity, 4)

    def test_validating_what_is_done_is_told_to_whoever_asked_for_it(self):
        self._stock(self.gadget, 10)
        picking = self._order((self.gadget, 5)).picking_ids
        self._ship(picking, 5)
        self.assertTrue(picking.button_validate())  # as a part of something else
        with (
            patch.object(thread_local, "rpc_model_method", "stock.picking.button_validate"),
            self.assertRaises(UserError),
        ):
            picking.button_validate()

    def test_dialog_of_what_is_done_is_told(self):
        self._stock(self.gadget, 10)
        picking = self._order((self.gadget, 5)).picking_ids
        first = self._ship(picking, 4)
        second = self._validate(picking)
        first.process()
        with self.assertRaises(UserError):
            second.process()
        with self.assertRaises(UserError):
            second.process_cancel_backorder()


@tagged("post_install", "-at_install")
class TestTurnsOfTwo(TransactionCase):
    """Two transactions of their own: the second waits, and looks again."""

    def setUp(self):
        super().setUp()
        self.first, self.second = self._cursor(), self._cursor()
        product = self._env(self.first)["product.product"].create({"name": "Turns"})
        self.keys = {(product.id, 0)}
        self.first.commit()
        self.addCleanup(self._delete, product.id)
        for cr in (self.first, self.second):
            cr.execute("SET LOCAL lock_timeout = '50ms'")
            cr.execute("SELECT 1 FROM backorder_turn")

    def _cursor(self):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        return cr

    def _env(self, cr):
        return api.Environment(cr, api.SUPERUSER_ID, {})

    def _delete(self, product_id):
        for cr in (self.first, self.second):
            cr.rollback()
        self._env(self.first)["product.product"].browse(product_id).unlink()
        self.first.commit()

    def _take(self, cr):
        self._env(cr)["backorder.turn"]._take(self.keys)

    def test_second_waits(self):
        self._take(self.first)
        with self.assertRaises(LockNotAvailable):
            self._take(self.second)

    def test_second_waits_where_there_was_a_turn_before(self):
        self._take(self.first)
        self.first.commit()
        self.second.rollback()
        self.second.execute("SET LOCAL lock_timeout = '50ms'")
        self._take(self.first)
        with self.assertRaises(LockNotAvailable):
            self._take(self.second)

    def test_second_that_has_looked_before_is_told(self):
        self._take(self.first)
        self.first.commit()
        with self.assertRaises(SerializationFailure):
            self._take(self.second)

    def test_second_that_looks_afterwards_goes_on(self):
        self._take(self.first)
        self.first.commit()
        self.second.rollback()
        self._take(self.second)

    def test_who_has_done_nothing_looks_again_at_once(self):
        self._take(self.first)
        self.first.commit()
        turns = self._env(self.second)["backorder.turn"]
        with patch.object(thread_local, "rpc_model_method", "stock.picking.button_validate"):
            turns._await("stock.picking.button_validate", lambda: self.keys)
        self.assertTrue(turns.search([("product_id", "=", min(self.keys)[0])]))

    def test_who_has_done_something_begins_again(self):
        self._take(self.first)
        self.first.commit()
        env = self._env(self.second)
        env["res.partner"].create({"name": "Turns"})
        env.flush_all()
        with (
            patch.object(thread_local, "rpc_model_method", "stock.picking.button_validate"),
            self.assertRaises(SerializationFailure),
        ):
            env["backorder.turn"]._await("stock.picking.button_validate", lambda: self.keys)
