from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..work import at_work
from .common import QueueCommon


@tagged("post_install", "-at_install")
class TestQueue(QueueCommon):
    """One queue, one order, on every path."""

    # The order of the queue

    def test_urgent_then_promised_then_oldest(self):
        late = self._waiting(1, promised=9)
        soon = self._waiting(1, promised=3)
        urgent = self._waiting(1, promised=20, urgent=True)
        twin = self._waiting(1, promised=9)
        self.assertEqual(self._places(urgent, soon, late, twin), [1, 2, 3, 4])

    def test_company_chooses_the_order(self):
        big = self._waiting(8, promised=1)
        small = self._waiting(2, promised=5)
        self._held(big).sudo().backorder_date = datetime(2026, 1, 2)
        self._held(small).sudo().backorder_date = datetime(2026, 1, 1)
        vip = self.env["res.partner"].create({"name": "VIP", "backorder_rank": 1})
        ranked = self._waiting(5, promised=9, partner=vip)
        expected = {
            "urgent": [big, small, ranked],
            "promised": [big, small, ranked],
            "oldest": [small, big, ranked],
            "smallest": [small, ranked, big],
            "rank": [ranked, big, small],
        }
        for policy, orders in expected.items():
            self.company.backorder_queue_order = policy
            self.assertEqual(self._places(*orders), [1, 2, 3], policy)
            self.company.backorder_queue_order = "urgent"
            self.assertEqual(self._places(*orders, queue_order=policy), [1, 2, 3], policy)

    def test_contact_has_the_rank_of_its_company_unless_it_has_its_own(self):
        self.company.backorder_queue_order = "rank"
        partners = self.env["res.partner"]
        big = partners.create({"name": "Big", "is_company": True, "backorder_rank": 2})
        contact = partners.create({"name": "John", "parent_id": big.id})
        first = partners.create({"name": "Jane", "parent_id": big.id, "backorder_rank": 1})
        nobody = self._waiting(5, promised=1)
        orders = [self._waiting(5, promised=9, partner=partner) for partner in (contact, first)]
        self.assertEqual(self._places(orders[1], orders[0], nobody), [1, 2, 3])

    def test_plan_writes_nothing_and_serves_in_order(self):
        first, second = self._waiting(5, promised=1), self._waiting(5, promised=2)
        self._stock(self.gadget, 7)
        self.assertEqual(self._served(first, second), [5, 2])
        self.assertHeld(first, 5)
        self.assertEqual(self._served(first, second), [5, 2])

    def test_plan_of_some_locations_keeps_everybodys_place(self):
        first, second = self._waiting(5, promised=1), self._waiting(5, promised=2)
        self._held(second).location_id = self.shelf
        self._stock(self.gadget, 7, self.shelf)
        plan = self._plan(locations=self.shelf)
        self.assertEqual(list(plan), self._held(second).ids)
        self.assertEqual(plan[self._held(second).id].served, 2)
        self.assertEqual(
            set(self._plan(locations=self.stock)), set((first | second).order_line.move_ids.ids)
        )

    def test_release_follows_the_plan(self):
        first, second = self._waiting(5, promised=1), self._waiting(5, promised=2)
        self._stock(self.gadget, 7)
        self._run(self.secondary)
        self.assertHeld(first, 0)
        self.assertHeld(second, 3)

    def test_manual_release_does_not_jump_the_queue(self):
        first, second = self._waiting(5, promised=1), self._waiting(5, promised=2)
        self._stock(self.gadget, 7)
        self._held(second).with_user(self.manager).action_backorder_release()
        self.assertHeld(first, 5)
        self.assertHeld(second, 3)
        self.assertEqual(self._released(second).move_ids.quantity, 2)

    def test_expected_dates_go_in_queue_order(self):
        first, second = self._waiting(5, promised=1), self._waiting(5, promised=2)
        soon = self._incoming(self.gadget, 6)
        later = self._incoming(self.gadget, 6)
        later.move_ids.date = soon.move_ids.date + timedelta(days=7)
        plan = self._plan()
        self.assertEqual(plan[self._held(first).id].expected_date, soon.move_ids.date)
        self.assertEqual(plan[self._held(second).id].expected_date, later.move_ids.date)
        third = self._waiting(5, promised=3)
        self.assertIsNone(self._plan()[self._held(third).id].expected_date)

    def test_plan_says_which_receipt_brings_what_to_whom(self):
        """Free stock first, then receipts by date, in queue order; the rest nobody has ordered."""
        first, second = self._waiting(5, promised=1), self._waiting(5, promised=2)
        third = self._waiting(5, promised=3)
        self._stock(self.gadget, 1)
        soon, later = self._incoming(self.gadget, 6), self._incoming(self.gadget, 6)
        later.move_ids.date = soon.move_ids.date + timedelta(days=7)
        plan = self._plan()
        lines = [plan[self._held(order).id] for order in (first, second, third)]
        brought = [[part[:2] for part in line.brought] for line in lines]
        near, far = soon.move_ids.id, later.move_ids.id
        self.assertEqual(brought, [[(near, 4)], [(near, 2), (far, 3)], [(far, 3)]])
        self.assertEqual([line.missing for line in lines], [0, 0, 2])
        self.assertEqual(lines[1].brought[-1][2], lines[1].expected_date)

    def test_idle_stock_is_neither_expected_nor_missing(self):
        """An order that ships complete waits for the gizmo only: the gadgets are there."""
        order = self._order((self.gadget, 5), (self.gizmo, 5), confirm=False, picking_policy="one")
        order.action_confirm()
        order.action_mark_backordered()
        self._stock(self.gadget, 5)
        receipt = self._incoming(self.gizmo, 5)
        receipt.move_ids.date += timedelta(days=3)
        self._incoming(self.gadget, 5)
        plan = {line.product_id: line for line in self._plan().values()}
        gadget, gizmo = plan[self.gadget.id], plan[self.gizmo.id]
        self.assertEqual(
            (gadget.served, gadget.idle, gadget.brought, gadget.missing), (0, 5, (), 0)
        )
        self.assertEqual((gizmo.idle, gizmo.missing), (0, 0))
        self.assertEqual(order.backorder_expected_date, receipt.move_ids.date)

    def test_idle_stock_serves_those_behind(self):
        self._waiting(5, promised=1, picking_policy="one", product=self.gizmo)
        paused, behind = self._waiting(5, promised=1), self._waiting(5, promised=2)
        self._held(paused).backorder_paused = True
        self._stock(self.gadget, 5)
        plan = self._plan()
        self.assertEqual(
            (plan[self._held(paused).id].idle, plan[self._held(behind).id].served), (0, 5)
        )

    def test_goods_on_their_way_from_input_to_stock_are_expected(self):
        self.warehouse.reception_steps = "two_steps"
        order = self._waiting(5)
        self._receive(self.gadget, 5)
        line = self._plan()[self._held(order).id]
        putaway = self.env["stock.move"].browse(line.expected_move_id)
        self.assertEqual(putaway.location_dest_id, self.stock)
        self.assertEqual((line.brought[0][1], line.missing), (5, 0))

    def test_goods_moved_between_shelves_are_expected_once(self):
        """Reserved for the transfer they are not free, and back in stock after it."""
        first, second = self._waiting(5, promised=1), self._waiting(5, promised=2)
        self._stock(self.gadget, 5, self.shelf)
        move = self.env["stock.move"].create(
            {
                "product_id": self.gadget.id,
                "product_uom_qty": 5,
                "location_id": self.shelf.id,
                "location_dest_id": self.stock.id,
            }
        )
        plan = self._plan()
        self.assertEqual(plan[self._held(first).id].served, 5)
        move._action_confirm()
        at_work(move, allowance={})._action_assign()
        plan = self._plan()
        lines = [plan[self._held(order).id] for order in (first, second)]
        self.assertEqual([(line.served, line.missing) for line in lines], [(0, 0), (0, 5)])
        self.assertEqual(lines[0].expected_move_id, move.id)

    def test_plan_brings_nothing_to_another_warehouse(self):
        order = self._waiting(5)
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OWH"})
        self._incoming(self.gadget, 5, warehouse=other)
        line = self._plan()[self._held(order).id]
        self.assertEqual((line.brought, line.missing), ((), 5))

    def test_plan_takes_a_fixed_number_of_queries(self):
        for quantity in range(1, 3):
            self._waiting(quantity)
        self.env.flush_all()
        self.env["stock.move"]._backorder_plan(self.gadget, self.company)
        with self.assertQueryCount(7):
            self.env["stock.move"]._backorder_plan(self.gadget, self.company)
        for quantity in range(1, 6):
            self._waiting(quantity)
        self.env.flush_all()
        with self.assertQueryCount(7):
            self.env["stock.move"]._backorder_plan(self.gadget, self.company)

    def test_plan_of_nothing_is_empty(self):
        self._waiting(5)
        self.assertEqual(self._plan(self.env["product.product"]), {})
        self.assertEqual(self._plan(locations=self.env["stock.location"]), {})
        self.assertEqual(self._plan(company=self.env["res.company"]), {})

    def test_less_than_the_unit_of_a_move_can_say_is_kept_from_nobody(self):
        """Odoo reserves in hundredths of a kilogram: 4 g are of no use to who wants 1 kg."""
        gram, kilogram = self.env.ref("uom.product_uom_gram"), self.env.ref("uom.product_uom_kgm")
        powder = self._product("Powder", uom_id=gram.id, uom_ids=kilogram.ids)
        self.env["ir.config_parameter"].sudo().set_param("stock.propagate_uom", "1")
        order = self._order((powder, 1), confirm=False)
        order.order_line.product_uom_id = kilogram
        order.action_confirm()
        order.action_mark_backordered()
        self._stock(powder, 4)
        self._run()
        self.assertHeld(order, 1)
        self.assertEqual(
            self._order((powder, 4), commitment_date="2099-01-01").order_line.move_ids.quantity, 4
        )
        self._stock(powder, 14)
        self._run()
        self.assertEqual(self._released(order).move_ids.quantity, 0.01)

    def test_stock_below_and_beside(self):
        """A shelf below Stock serves; a place beside it does not."""
        order = self._waiting(5)
        beside = self.env["stock.location"].create(
            {"name": "Yard", "location_id": self.warehouse.view_location_id.id}
        )
        self._stock(self.gadget, 5, beside)
        self.assertEqual(self._served(order), [0])
        self._stock(self.gadget, 5, self.shelf)
        self.assertEqual(self._served(order), [5])

    # Orders that ship complete

    def test_ship_complete_takes_no_hostage(self):
        complete = self._order((self.gadget, 5), (self.gizmo, 5), picking_policy="one")
        complete.action_mark_backordered()
        other = self._waiting(5, promised=30)
        self._stock(self.gadget, 5)
        self.assertEqual(self._served(other), [5])
        self._run(self.secondary)
        self.assertHeld(other, 0)
        self.assertHeld(complete, 10)

    def test_ship_complete_gives_back_to_the_shelf_it_would_take_from(self):
        complete = self._order((self.gadget, 6), (self.gizmo, 5), picking_policy="one")
        complete.action_mark_backordered()
        behind = [self._waiting(3), self._waiting(3)]
        shelves = self.shelf, self.shelf.copy({"name": "Shelf 2"})
        for order, shelf in zip(behind, shelves, strict=True):
            self._held(order).location_id = shelf
            self._stock(self.gadget, 3, shelf)
        self.assertEqual(self._served(*behind), [3, 3])

    def test_two_ship_complete_orders_cannot_block_each_other(self):
        lines = (self.gadget, 5), (self.gizmo, 5)
        orders = [self._order(*lines, picking_policy="one") for _i in range(2)]
        for order in orders:
            order.action_mark_backordered()
        self._stock(self.gadget, 5)
        self._stock(self.gizmo, 5)
        self._run(self.secondary)
        self.assertHeld(orders[0], 0)
        self.assertHeld(orders[1], 10)

    def test_arrival_of_one_product_releases_all_of_a_complete_order(self):
        order = self._order((self.gadget, 5), (self.gizmo, 5), picking_policy="one")
        order.action_mark_backordered()
        self._stock(self.gizmo, 5)
        self._receive(self.gadget, 5)
        self._run(self.primary)
        self.assertEqual(len(self._released(order).move_ids), 2)

    def _complete_in_stock(self):
        order = self._complete((self.gadget, 5), (self.gizmo, 5))
        self._stock(self.gadget, 5)
        self._stock(self.gizmo, 5)
        return order

    def test_release_of_one_line_takes_the_rest_of_a_complete_order_along(self):
        order = self._complete_in_stock()
        self._held(order)[:1].with_user(self.manager).action_backorder_release()
        self.assertHeld(order, 0)
        self.assertEqual(self._released(order).move_ids.mapped("quantity"), [5, 5])

    def test_complete_order_waits_while_somebody_has_a_line_of_it_locked(self):
        order = self._complete_in_stock()
        lock, locked = type(self.env["stock.move"])._backorder_lock, self._held(order)[:1]
        with patch.object(
            type(self.env["stock.move"]), "_backorder_lock", lambda moves: lock(moves - locked)
        ):
            self._run(self.secondary)
        self.assertHeld(order, 10)
        self._run(self.secondary)
        self.assertHeld(order, 0)

    def test_complete_order_is_held_again_as_a_whole(self):
        order = self._complete_in_stock()
        self._run(self.secondary)
        gizmo = self._released(order).move_ids.filtered(lambda m: m.product_id == self.gizmo)
        self._dialog(gizmo.action_backorder_hold_again()).action_pause()
        self.assertHeld(order, 10)

    def test_what_makes_an_order_complete_wakes_the_job(self):
        """The line that lacks goes or shrinks, or the order need not be complete any more."""

        def drop(order):
            dialog = self._dialog(self._held_of(order, self.gizmo).action_backorder_drop())
            dialog.reason = "Not wanted"
            dialog.action_drop()

        def lower(order):
            self._held_of(order, self.gizmo).sale_line_id.product_uom_qty = 2

        def divide(order):
            order.picking_policy = "direct"

        for change in (drop, lower, divide):
            with self.subTest(change.__name__):
                order = self._complete((self.gadget, 5), (self.gizmo, 3))
                self._stock(self.gadget, 5)
                self._stock(self.gizmo, 2)
                before = self._triggers(self.secondary)
                change(order)
                self.assertGreater(self._triggers(self.secondary), before)
                self._run(self.secondary)
                self.assertFalse(self._held_of(order, self.gadget))
                order._action_cancel()
                self.env["stock.quant"].search([("product_id", "=", self.gizmo.id)]).unlink()
                self.env["stock.quant"].search([("product_id", "=", self.gadget.id)]).unlink()

    def test_those_behind_a_cancelled_order_have_its_stock(self):
        first, second = self._waiting(5, promised=1), self._waiting(5, promised=2)
        self._stock(self.gadget, 5)
        before = self._triggers(self.secondary)
        first._action_cancel()
        self.assertGreater(self._triggers(self.secondary), before)
        self._run(self.secondary)
        self.assertHeld(second, 0)

    # Pause

    def test_paused_line_leaves_what_comes_to_those_behind(self):
        paused, behind = self._waiting(5, promised=1), self._waiting(5, promised=2)
        early, late = self._incoming(self.gadget, 5), self._incoming(self.gadget, 5)
        now = fields.Datetime.now()
        early.move_ids.date, late.move_ids.date = now + timedelta(3), now + timedelta(9)

        def expected():
            plan = self._plan()
            return [plan[self._held(order).id].expected_move_id for order in (paused, behind)]

        self.assertEqual(expected(), [early.move_ids.id, late.move_ids.id])
        self._held(paused).backorder_paused = True
        self.assertEqual(expected(), [None, early.move_ids.id], "nobody knows when it goes on")
        self._held(paused).write(
            {"backorder_paused": False, "backorder_not_before": now + timedelta(2)}
        )
        self.assertEqual(expected(), [early.move_ids.id, late.move_ids.id])
        self._held(paused).backorder_not_before = now + timedelta(5)
        self.assertEqual(expected(), [late.move_ids.id, early.move_ids.id])

    def test_paused_line_expects_what_nobody_else_wants(self):
        paused = self._waiting(5)
        until = fields.Datetime.now() + timedelta(5)
        self._held(paused).backorder_not_before = until
        receipt = self._incoming(self.gadget, 5)
        line = self._plan()[self._held(paused).id]
        self.assertEqual(line.brought, ((receipt.move_ids.id, 5, receipt.move_ids.date),))
        self.assertEqual(line.expected_date, until)

    def test_paused_line_takes_and_protects_nothing(self):
        first, second = self._waiting(5, promised=1), self._waiting(5, promised=2)
        self._held(first).write({"backorder_paused": True, "backorder_pause_reason": "Holiday"})
        self._stock(self.gadget, 5)
        self.assertEqual(self._served(first, second), [0, 5])
        self.assertIn("Holiday", self._held(first).backorder_reason)

    def test_not_before_a_date(self):
        order = self._waiting(5)
        self._stock(self.gadget, 5)
        self._held(order).backorder_not_before = fields.Datetime.now() + timedelta(days=1)
        self._run()
        self.assertHeld(order, 5)
        self._held(order).backorder_not_before = fields.Datetime.now() - timedelta(days=1)
        self._run(self.secondary)
        self.assertHeld(order, 0)
