import os
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from ..const import QUEUE_ORDERS
from ..models import backorder_place_mixin, backorder_walk_mixin
from .common import QueueCommon

WORLDS = int(os.environ.get("BACKORDER_WORLDS", "25"))
NEVER = datetime(9999, 1, 1)


class Given(NamedTuple):
    """What the oracle gives a held line, to compare with the plan."""

    served: float
    missing: float
    expected_date: datetime | None


@tagged("post_install", "-at_install")
class TestPlanOracle(QueueCommon):
    """The plan, the guard and the release against a queue that is served the simplest way.

    The oracle knows nothing of the addon but the fields of a move: it sorts in Python, asks Odoo
    what is free, and serves one line after the other.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rnd = Random(19)
        cls.packed, cls.dozen = cls._product("Packed"), cls.env.ref("uom.product_uom_dozen")
        cls.packed.uom_ids = cls.dozen
        cls.packed.categ_id = cls.env["product.category"].create(
            {"name": "Packed", "packaging_reserve_method": "full"}
        )
        cls.products = [cls.gadget, cls.gizmo, cls._product("Lots", tracking="lot"), cls.packed]
        cls.lots = cls.env["stock.lot"].create(
            [{"name": name, "product_id": cls.products[2].id} for name in "abc"]
        )
        cls.deep = cls.shelf.copy({"name": "Deep", "location_id": cls.shelf.id})
        cls.customers = cls.env["res.partner"].create(
            [{"name": f"Rank {rank}", "backorder_rank": rank} for rank in range(4)]
        )
        held = cls.env["sale.order"].union(*(cls._some_order(cls) for _number in range(12)))
        held.action_mark_backordered()
        cls.held = held.order_line.move_ids.filtered("backorder_held")
        new = cls.env["sale.order"].union(*(cls._some_order(cls) for _number in range(6)))
        cls.newcomers = new.order_line.move_ids
        cls.receipts = cls.env["stock.move"].union(
            *(cls._incoming(cls, p, 7).move_ids for p in cls.products for _number in range(3))
        )

    # Random worlds

    def _some_order(self):
        """Confirm an order of one to three lines; some ship complete."""
        lines = [
            (self.rnd.choice(self.products), 12) for _n in range(self.rnd.choice([1, 1, 2, 3]))
        ]
        order = self._order(
            self,
            *lines,
            confirm=False,
            partner=self.rnd.choice(self.customers),
            picking_policy="one" if self.rnd.random() < 0.35 else "direct",
        )
        for line in order.order_line:
            if line.product_id == self.packed:
                line.write({"product_uom_id": self.dozen.id, "product_uom_qty": 2})
        order.action_confirm()
        return order

    def _worlds(self):
        """Yield the numbers of random worlds, each of which is undone afterwards."""
        for number in range(WORLDS):
            savepoint = self.env.cr.savepoint()
            self._shake()
            yield number
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def _shake(self):
        """Give everything other quantities, dates and pauses, and put some stock somewhere."""
        rnd, now = self.rnd, fields.Datetime.now()
        for move in self.held | self.newcomers:
            quantity = rnd.choice([12, 24]) if move.product_id == self.packed else rnd.randint(1, 9)
            self._set(
                move,
                product_qty=quantity,
                product_uom_qty=quantity / 12 if move.product_uom == self.dozen else quantity,
                priority=rnd.choice("0001"),
                date_deadline=rnd.choice([None, *(now + timedelta(d) for d in range(-2, 4))]),
            )
        for move in self.held:
            self._set(
                move,
                backorder_date=now - timedelta(rnd.randint(0, 3)),
                backorder_paused=rnd.random() < 0.08,
                backorder_not_before=rnd.choice(
                    [None] * 6 + [now - timedelta(1), now + timedelta(2)]
                ),
                backorder_retry_date=rnd.choice([None] * 10 + [now + timedelta(1)]),
            )
        for move in self.receipts:
            quantity = rnd.randint(1, 12)
            date = now + timedelta(rnd.randint(0, 6))
            self._set(move, product_qty=quantity, product_uom_qty=quantity, date=date)
        self.env.invalidate_all()
        for product in self.products:
            for _number in range(rnd.randint(0, 4)):
                self.env["stock.quant"]._update_available_quantity(
                    product,
                    rnd.choice([self.stock, self.shelf, self.deep]),
                    rnd.randint(1, 20),
                    lot_id=rnd.choice(self.lots) if product.tracking == "lot" else None,
                )
        self.env.flush_all()

    def _set(self, record, **values):
        """Write in SQL: no business logic, this is for variety only."""
        assignments = [SQL("%s = %s", SQL.identifier(name), v) for name, v in values.items()]
        self.env.cr.execute(
            SQL("UPDATE stock_move SET %s WHERE id = %s", SQL(", ").join(assignments), record.id)
        )

    # The oracle

    def _get_queue(self, moves, policy):
        """Return the moves in queue order."""

        def key(move):
            urgent, promised = -int(move.priority), move.date_deadline or NEVER
            oldest = move.backorder_date or NEVER
            rank = move.sale_line_id.order_id.partner_id.backorder_rank or 99
            return {
                "urgent": (urgent, promised, oldest),
                "oldest": (oldest,),
                "promised": (promised, oldest),
                "rank": (rank, urgent, promised, oldest),
                "smallest": (move.product_qty, urgent, promised, oldest),
            }[policy]

        return moves.sorted(lambda move: (*key(move), move.id))

    def _get_wake(self, move):
        """Return until when a move takes nothing; the past where it takes part."""
        dates = (move.backorder_retry_date, move.backorder_not_before)
        return NEVER if move.backorder_paused else max(filter(None, dates), default=datetime.min)

    def _is_blocked(self, move, date):
        return self._get_wake(move) > date

    def _get_free(self):
        quant = self.env["stock.quant"]
        return {p: quant._get_available_quantity(p, self.stock) for p in self.products}

    def _take(self, move, free, left, date):
        """Take what a move still lacks of what is free, in full packs."""
        there = 0.0 if self._is_blocked(move, date) else free[move.product_id]
        if move.product_id == self.packed:
            there = there // 12 * 12
        quantity = min(left[move], there)
        free[move.product_id] -= quantity
        return quantity

    def _serve(self, queue, free, left=None, date=None):
        """Return what each move of the queue gets, by move; `free` is what is left then."""
        left = left or {move: move.product_qty for move in queue}
        date, got = date or fields.Datetime.now(), {}
        for move in queue:
            if move in got:
                continue
            order, together = move.sale_line_id.order_id, move
            is_bound = move.backorder_held and order.picking_policy == "one"
            if is_bound:
                together = queue.filtered(
                    lambda other, order=order: (
                        other.backorder_held and other.sale_line_id.order_id == order
                    )
                )
            before = dict(free)
            taken = {other: self._take(other, free, left, date) for other in together}
            if is_bound and any(taken[other] < left[other] for other in together):
                free.update(before)
                taken = dict.fromkeys(together, 0.0)
            got.update(taken)
        return got

    def _get_given(self, policy):
        """Return what each move is given, by move, in queue order.

        The queue is served now, and again whenever something comes or somebody waits no longer.
        """
        now, free = fields.Datetime.now(), self._get_free()
        queue = self._get_queue(self.held | self.newcomers, policy)
        served = self._serve(queue, free)
        left = {move: move.product_qty - served[move] for move in queue}
        expected = {}
        arrivals = {receipt: receipt.date for receipt in self.receipts}
        for date in sorted({*arrivals.values(), *map(self._get_wake, queue)} - {NEVER}):
            for receipt in self.receipts.filtered(lambda r, date=date: r.date == date):
                free[receipt.product_id] += receipt.product_qty
            got = self._serve(queue.filtered(lambda m: left[m]), free, left, max(date, now))
            for move, quantity in got.items():
                left[move] -= quantity
                if quantity and not left[move]:
                    expected[move] = date
        given = {}
        for move in queue:
            rest = min(left[move], free[move.product_id])
            free[move.product_id] -= rest
            given[move] = Given(served[move], left[move] - rest, expected.get(move))
        return given

    # The comparison

    def test_plan_is_the_queue_served_the_simplest_way(self):
        for number in self._worlds():
            for policy, _label in QUEUE_ORDERS:
                plan = self._plan(queue_order=policy)
                given = self._get_given(policy)
                self.assertEqual(list(plan), [move.id for move in given], (number, policy))
                ours = {
                    move: Given(line.served, line.missing, line.expected_date)
                    for move, line in zip(given, plan.values(), strict=True)
                }
                self.assertEqual(ours, given, (number, policy))

    def test_walk_says_what_the_whole_plan_says(self):
        """Whoever is asked for or gets anything, under every queue order, with places and dates."""
        moves = self.env["stock.move"]
        for module in (backorder_walk_mixin, backorder_place_mixin):
            self.patch(module, "FIRST", 1)
        left_out = 0
        for number in self._worlds():
            for move in self.held | self.newcomers:
                self._set(
                    move, location_id=self.rnd.choice([self.stock, self.stock, self.shelf]).id
                )
            self.env.invalidate_all()
            policy, _label = self.rnd.choice(QUEUE_ORDERS)
            self.company.backorder_queue_order = policy
            plan = self._plan()
            walked = moves._backorder_walk(company=self.company)
            asked = moves.browse(self.rnd.sample(list(plan), 5))
            told = moves._backorder_walk(company=self.company, moves=asked)
            places = asked._get_backorder_places()
            for move_id, line in plan.items():
                if move_id in asked._ids:
                    alike = told[move_id]._replace(turn=line.turn, place=places[move_id])
                    self.assertEqual(alike, line, (number, policy))
                got = (line.served, line.idle, line.brought, line.expected_date)
                one = walked.get(move_id)
                alike = (one.served, one.idle, one.brought, one.expected_date) if one else None
                self.assertEqual(alike or (0, 0, (), None), got, (number, policy))
            left_out += len(plan) - len(walked)
            newcomers = self.newcomers.filtered(lambda move: self.rnd.random() < 0.5)
            whole = self._plan(newcomers=newcomers)
            now = moves._backorder_walk(company=self.company, newcomers=newcomers, is_now=True)
            # Where there is more than all want, nobody but the newcomers is read.
            for move_id, line in now.items():
                self.assertEqual(line.served, whole[move_id].served, (number, policy))
            self.assertLessEqual(set(newcomers.ids), now.keys())
        self.assertGreater(left_out, 0)

    def test_newcomers_get_what_the_queue_leaves_them(self):
        for number in self._worlds():
            policy, _label = self.rnd.choice(QUEUE_ORDERS)
            self.company.backorder_queue_order = policy
            some = self.newcomers.filtered(lambda move: self.rnd.random() < 0.6)
            queue = self._get_queue(self.held | self.newcomers, policy)
            got = self._serve(queue, self._get_free())
            some.browse(self.rnd.sample(some.ids, len(some)))._action_assign()
            reserved = {move: move._get_backorder_reserved() for move in some}
            self.assertEqual(reserved, {move: got[move] for move in some}, (number, policy))
            plan = self._plan()
            for move in self.held:
                self.assertGreaterEqual(plan[move.id].served, got[move], (number, policy))

    def test_release_gives_what_the_plan_says_from_nested_places(self):
        """Demand that may take from one shelf only loses it neither to a newcomer nor to others."""
        for number in self._worlds():
            for move in self.held | self.newcomers:
                self._set(move, location_id=self.rnd.choice([self.stock, self.shelf, self.deep]).id)
            self.env.invalidate_all()
            some = self.newcomers.filtered(lambda move: self.rnd.random() < 0.6)
            before = self._plan(newcomers=some)
            some._action_assign()
            plan = self._plan()
            for move in self.held:
                self.assertGreaterEqual(plan[move.id].served, before[move.id].served, number)
            self.held._backorder_release()
            for move in self.held:
                reserved = move._get_backorder_reserved()
                self.assertAlmostEqual(reserved, plan[move.id].served, 6, number)
            left = [line for line in self._plan().values() if line.is_held and line.served]
            self.assertFalse(left, number)
            quants = self.env["stock.quant"].search(
                [("product_id", "in", [product.id for product in self.products])]
            )
            self.assertFalse(
                quants.filtered(lambda q: q.location_id.usage == "internal").filtered(
                    lambda q: q.reserved_quantity > q.quantity
                ),
                number,
            )
