"""Random worlds, and what the jobs make of them day by day."""

from collections import defaultdict
from datetime import datetime, timedelta
from random import Random

from engine import (
    EPSILON,
    FOREVER,
    CompleteOrder,
    Ledger,
    Pile,
    QueueRow,
    Receipt,
    make_plan,
)

NOW = datetime(2024, 2, 26, 12)
# Stock, a shelf below it, a box on the shelf, and another warehouse's stock.
PATHS = {1: "/1/", 2: "/1/2/", 3: "/1/2/3/", 9: "/9/"}


def day(number):
    """Return the moment so many days from now."""
    return NOW + timedelta(days=number)


class World:
    """Demand in queue order, stock and receipts, made at random from a number."""

    def __init__(self, seed):
        rnd = self.rnd = Random(seed)
        self.products = list(range(1, rnd.randint(2, 4)))
        self.free = defaultdict(dict)
        for product_id in self.products:
            for _number in range(rnd.randint(0, 2)):
                place = Pile(rnd.choice([1, 2, 3, 9]), rnd.choice([None, None, day(3)]))
                self.free[product_id][place] = float(rnd.randint(1, 12))
        self.rows = [self._make_row(number) for number in range(1, rnd.randint(3, 12))]
        self.receipts = [
            Receipt(
                day(rnd.randint(0, 8)),
                rnd.choice(self.products),
                rnd.choice([1, 1, 2, 9]),
                float(rnd.randint(1, 12)),
                1000 + number,
            )
            for number in range(rnd.randint(0, 6))
        ]
        # How long orders that ship complete may keep what is free.
        days = Random(-seed - 1).choice([None, 1, 2, 4])
        self.window = days and timedelta(days=days)

    def _make_row(self, move_id):
        rnd = self.rnd
        order_id = rnd.randint(1, 6)
        blocked, until = rnd.choice(
            [(None, None)] * 8 + [("paused", day(rnd.randint(1, 5))), ("paused", FOREVER)]
        )
        return QueueRow(
            move_id,
            order_id,
            rnd.choice(self.products),
            rnd.choice([1, 1, 1, 2, 3, 9]),
            float(rnd.randint(1, 9)),
            "order" if order_id < 3 else None,
            blocked,
            until,
            rnd.choice([None, None, None, 3.0]),
            NOW + timedelta(days=rnd.randint(0, 5)),
        )

    def get_bonds(self, rows):
        """Return what is served together: the orders that ship complete."""
        orders = defaultdict(list)
        for row in rows:
            if row.bond:
                orders[row.order_id].append(row)
        return [CompleteOrder(group) for group in orders.values()]

    def make_ledger(self, free, rows):
        """Return a ledger of its own of what is free."""
        wanted_in = defaultdict(set)
        for row in rows:
            wanted_in[row.product_id].add(row.location_id)
        return Ledger(PATHS, {p: dict(pool) for p, pool in free.items()}, wanted_in)

    def plan(self, receipts=()):
        """Return the plan of this world, with some more receipts."""
        ledger = self.make_ledger(self.free, self.rows)
        bonds = self.get_bonds(self.rows)
        coming = [*self.receipts, *receipts]
        return make_plan(self.rows, ledger, coming, bonds, self.window, NOW)

    def replay(self):
        """Let the jobs run on every day on which something happens; return who was full when.

        Each run knows what is there on its day, what comes later, and who has kept something since
        when. It projects nothing itself.

        :return: a dict of move id to the day on which it got the last it needed
        """
        free = {product_id: dict(pool) for product_id, pool in self.free.items()}
        full, self.since = {}, {}
        rows = self._run(self.rows, free, full, NOW, self.receipts)
        days = {NOW} | {receipt.date for receipt in self.receipts}
        days |= {row.blocked_until for row in self.rows if row.blocked} - {FOREVER}
        for date in sorted(days):
            for receipt in self.receipts:
                if receipt.date == date:
                    pool = free.setdefault(receipt.product_id, {})
                    place = Pile(receipt.location_id, None)
                    pool[place] = pool.get(place, 0.0) + receipt.quantity
            coming = [receipt for receipt in self.receipts if receipt.date > date]
            rows = self._run(rows, free, full, date, coming)
        return full

    def _run(self, rows, free, full, date, coming):
        """Serve the queue once, take what was served out of stock, and return who still waits."""
        today = [
            row._replace(
                blocked=row.blocked if row.blocked and row.blocked_until > date else None,
                date=max(row.date, date),
            )
            for row in rows
        ]
        ledger = self.make_ledger(free, today)
        bonds = self.get_bonds(today)
        since = {
            bond: self.since[bond.rows[0].order_id]
            for bond in bonds
            if bond.rows[0].order_id in self.since
        }
        plan = make_plan(today, ledger, coming, bonds, self.window, date, since)
        keepers = {line.order_id for line in plan.values() if line.kept}
        self.since = {order_id: self.since.get(order_id, date) for order_id in keepers}
        taken = ledger.get_taken(0)
        waiting = []
        for row in rows:
            served = plan[row.move_id].served
            for place, quantity in taken.get(row.move_id, {}).items():
                # What is idle or comes later is in the journal too, behind; nobody has it yet.
                part = min(quantity, served)
                if part > 0:
                    served -= part
                    free[row.product_id][place] -= part
            left = row.need - plan[row.move_id].served
            if left > EPSILON:
                waiting.append(row._replace(need=left))
            else:
                full[row.move_id] = date
        return waiting
