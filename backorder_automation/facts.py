"""What the reasons of held moves are made of."""

from collections import defaultdict
from heapq import nlargest

from odoo.tools import SQL

from .const import EPSILON
from .engine import Circumstances
from .readers import read_ledger

# Of more lines than this the whole plan is made: most of the queues have to be read anyway.
MANY = 1000


class BackorderFacts:
    """What the plan does not say about some held moves, read once for all of them."""

    def __init__(self, moves):
        self.env = moves.env
        self.plan = self._make_plan(moves)
        self.supply = read_ledger(moves.env, moves.product_id.ids)
        self._scheduled = moves._get_backorder_scheduled_products()
        self.donors = moves._get_backorder_donors()
        self.positions = self._read_positions(moves)
        self._products, self._last_behind, self._doubts = moves.product_id, {}, None
        self._donors_by_product = self.donors.grouped("product_id")
        self._served, self._orders = defaultdict(list), defaultdict(list)
        for line in self.plan.values():
            self._orders[line.order_id].append(line)
            if line.served + line.kept > EPSILON:
                self._served[line.product_id].append(line)
        self.elsewhere = self._read_elsewhere(moves)

    def _make_plan(self, moves):
        """Return the plan of the moves, and of whoever is served before them."""
        if len(moves) > MANY:
            return moves._backorder_plan(moves.product_id)
        return moves._backorder_walk(moves.product_id, moves=moves)

    def _read_positions(self, moves):
        """Return {move id: position}: the donors stand in the queue like everybody else."""
        positions = {}
        for company in moves.company_id if self.donors else ():
            queue = moves._fetch_backorder_queue(
                company,
                moves.product_id.ids,
                self.donors.ids,
                company.backorder_queue_order,
                move_ids=(moves | self.donors).ids,
            )
            positions.update({row.move_id: position for position, row in enumerate(queue)})
        return positions

    def _read_elsewhere(self, moves):
        """Return {product id: {warehouse id: free quantity}} in all warehouses."""
        elsewhere = defaultdict(dict)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT q.product_id, l.warehouse_id, SUM(q.quantity - q.reserved_quantity)
                  FROM stock_quant q
                  JOIN stock_location l ON l.id = q.location_id AND l.usage = 'internal'
                 WHERE q.product_id IN %s AND l.company_id IN %s AND l.warehouse_id IS NOT NULL
              GROUP BY q.product_id, l.warehouse_id
                HAVING SUM(q.quantity - q.reserved_quantity) > %s
                """,
                moves.product_id._ids or (0,),
                moves.company_id._ids or (0,),
                EPSILON,
            )
        )
        for product_id, warehouse_id, quantity in rows:
            elsewhere[product_id][warehouse_id] = quantity
        places = self.env["stock.location"].browse(line.location_id for line in self._all_served())
        warehouses = {place.id: place.warehouse_id.id for place in places}
        for line in self._all_served():  # what those get who wait there is not to be had
            if warehouses[line.location_id] in elsewhere[line.product_id]:
                elsewhere[line.product_id][warehouses[line.location_id]] -= line.served + line.kept
        return elsewhere

    def _all_served(self):
        """Return the plan's lines that get or keep anything."""
        return [line for lines in self._served.values() for line in lines]

    def is_scheduled(self, line):
        """Return whether a schedule that is switched on releases what is free for the line."""
        return self._scheduled is None or line.product_id in self._scheduled

    def get_served_ahead(self, line):
        """Yield the plan's lines that had stock this one could use before it had its turn."""
        for other in self._served[line.product_id]:
            if other.turn < line.turn and self.supply.is_shared(
                other.location_id, line.location_id
            ):
                yield other

    def get_order_lines(self, order_id):
        """Return the plan's lines of an order."""
        return self._orders[order_id]

    def get_reserved_behind(self, move):
        """Return reserved, unpicked moves that stand behind this one in the queue.

        Not those of its own order: the customer would win nothing.
        """
        return self._get_donors(move).filtered(
            lambda donor: (
                self.positions.get(donor.id, -1) > self.positions.get(move.id, 0)
                and donor.sale_line_id.order_id != move.sale_line_id.order_id
            )
        )

    def is_reserved_behind(self, move):
        """Return whether `get_reserved_behind` finds any, for many moves of one queue at once."""
        key = move.product_id, move.location_id
        if key not in self._last_behind:
            last = {}
            for donor in self._get_donors(move).sorted(lambda m: self.positions.get(m.id, -1)):
                last[donor.sale_line_id.order_id] = self.positions.get(donor.id, -1)
            # Two are enough: one of them at most is of the order that asks.
            self._last_behind[key] = nlargest(2, last.items(), key=lambda item: item[1])
        return any(
            order != move.sale_line_id.order_id and position > self.positions.get(move.id, 0)
            for order, position in self._last_behind[key]
        )

    def _get_donors(self, move):
        """Return the reserved, unpicked moves that take from where this one takes."""
        donors = self._donors_by_product.get(move.product_id, self.donors.browse())
        return donors.filtered(
            lambda donor: self.supply.is_below(donor.location_id.id, move.location_id.id)
        )

    def get_doubts(self, move):
        """Return what was not found where this move takes from, and is not counted yet."""
        if self._doubts is None:
            moves = self.env["stock.move"].sudo()
            self._doubts = moves._get_backorder_doubts(products=self._products)
        return self._doubts.filtered(
            lambda doubt: (
                doubt.product_id == move.product_id
                and self.supply.is_below(doubt.location_id.id, move.location_id.id)
            )
        )

    def get_elsewhere(self, move):
        """Return the other warehouses of the company that have the product: {warehouse: free}."""
        own = move.location_id.warehouse_id
        free = self.elsewhere[move.product_id.id]
        return {
            warehouse: free[warehouse.id]
            for warehouse in self.env["stock.warehouse"].browse(free)
            if free[warehouse.id] > EPSILON
            and warehouse != own
            and warehouse.company_id == move.company_id
        }


class LineFacts(Circumstances):
    """What decides why one move waits.

    :param BackorderFacts facts: what was read for all of them
    :param PlanLine line: what the plan gives it
    :param move: the `stock.move`
    """

    def __init__(self, facts, line, move):
        self._facts, self._line, self._move = facts, line, move

    def is_scheduled(self):
        """Return whether a schedule releases what is free for it."""
        return self._facts.is_scheduled(self._line)

    def is_free(self):
        """Return whether anything is free where it takes from."""
        line = self._line
        return self._facts.supply.free(line.product_id, line.location_id) > EPSILON

    def is_ahead(self):
        """Return whether somebody before it has of that."""
        return any(self._facts.get_served_ahead(self._line))

    def is_in_doubt(self):
        """Return whether what the system has for it was not found."""
        return bool(self._facts.get_doubts(self._move))

    def is_reserved_behind(self):
        """Return whether somebody behind it has reserved."""
        return self._facts.is_reserved_behind(self._move)

    def is_elsewhere(self):
        """Return whether another warehouse has it."""
        return bool(self._facts.get_elsewhere(self._move))
