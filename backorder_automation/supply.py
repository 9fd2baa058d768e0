"""Free and incoming stock, handed out by the plan to whoever comes next in the queue."""

from collections import defaultdict
from datetime import datetime
from itertools import combinations
from typing import NamedTuple

from odoo.tools import SQL

from .const import EPSILON
from .plan_line import Share


class Place(NamedTuple):
    """Where goods are that keep until the same date."""

    location_id: int
    keeps_until: datetime | None


class Supply:
    """What can be given away, by product and location; quantities in the unit of the product.

    A demand takes from its location and everything below, so two demands may share only part of
    their stock. Reads with three queries when it is made and never writes.

    :param dict wanted_in: product id to the ids of the locations from which it is wanted
    """

    def __init__(self, env, product_ids, wanted_in=None):
        self.env = env
        self.product_ids = tuple(product_ids)
        self._paths = dict(env.execute_query(SQL("SELECT id, parent_path FROM stock_location")))
        self._perishable = set()
        self._free = self._read_free()
        self._incoming = self._read_incoming()
        self._leaves = {}
        self._uneven = self._get_uneven(wanted_in or {})

    def _read_free(self):
        """Return {product id: {Place: on hand minus reserved}}, what has to go first in front.

        As Odoo counts it: without lots the sum may net negative quants, with lots it does not.
        """
        free = defaultdict(dict)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT product_id, location_id, keeps_until, SUM(free)
                  FROM (SELECT q.product_id, q.location_id, %s AS keeps_until,
                               CASE WHEN t.tracking = 'none'
                                    THEN SUM(COALESCE(q.quantity, 0) - q.reserved_quantity)
                                    ELSE GREATEST(
                                         SUM(COALESCE(q.quantity, 0) - q.reserved_quantity), 0
                                    )
                               END AS free
                          FROM stock_quant q
                          JOIN stock_location l
                            ON l.id = q.location_id AND l.usage IN ('internal', 'transit')
                          JOIN product_product p ON p.id = q.product_id
                          JOIN product_template t ON t.id = p.product_tmpl_id
                         WHERE q.product_id IN %s
                      GROUP BY q.product_id, q.location_id, q.lot_id, t.tracking, keeps_until
                       ) by_lot
              GROUP BY product_id, location_id, keeps_until
              ORDER BY keeps_until NULLS LAST
                """,
                self.env["stock.quant"]._get_backorder_keeps_until(),
                self.product_ids,
            )
        )
        for product_id, location_id, keeps_until, quantity in rows:
            free[product_id][Place(location_id, keeps_until)] = quantity
            if keeps_until:
                self._perishable.add(product_id)
        return free

    def _read_incoming(self):
        """Return {product id: [[date, location id, quantity, move id], ...]} by date.

        From one place of ours to another what is reserved: not free now, but there again soon.
        What was made or allocated for somebody's own transfer is nobody else's.
        """
        incoming = defaultdict(list)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.product_id, m.date, dest.id,
                       m.product_qty - COALESCE(own.quantity, 0), m.id
                  FROM stock_move m
                  JOIN stock_location src ON src.id = m.location_id
                  JOIN stock_location dest
                    ON dest.id = COALESCE(m.location_final_id, m.location_dest_id)
     LEFT JOIN LATERAL (SELECT SUM(next.product_qty) AS quantity
                          FROM stock_move_move_rel rel
                          JOIN stock_move next ON next.id = rel.move_dest_id
                          JOIN stock_location place
                            ON place.id = COALESCE(next.location_final_id, next.location_dest_id)
                         WHERE rel.move_orig_id = m.id AND place.usage <> 'internal'
                           AND next.backorder_held IS NOT TRUE
                           AND next.state NOT IN ('draft', 'done', 'cancel')) own ON TRUE
                 WHERE m.product_id IN %s
                   AND m.state IN ('waiting', 'confirmed', 'partially_available', 'assigned')
                   AND dest.usage = 'internal'
                   AND (src.usage <> 'internal' OR m.state = 'assigned')
              ORDER BY m.date, m.id
                """,
                self.product_ids,
            )
        )
        for product_id, *supply in rows:
            if supply[2] > 0:
                incoming[product_id].append(supply)
        return incoming

    def _get_uneven(self, wanted_in):
        """Return the ids of the products of which not everybody can take everything."""
        nested = {
            product_id
            for product_id, location_ids in wanted_in.items()
            if any(self.is_shared(*pair) for pair in combinations(location_ids, 2))
        }
        return nested | self._perishable

    def is_below(self, location_id, ancestor_id):
        """Return whether the location is the other one or lies below it."""
        return self._paths[location_id].startswith(self._paths[ancestor_id])

    def is_shared(self, location_id, other_id):
        """Return whether demand of the two locations may take the same stock."""
        return self.is_below(location_id, other_id) or self.is_below(other_id, location_id)

    def _get_leaves(self, product_id, location_id, date=None):
        """Return the places at or below the location where the product is or was.

        :param datetime date: only those whose goods keep until then
        """
        key = product_id, location_id
        leaves = self._leaves.get(key)
        if leaves is None:
            pool = self._free.get(product_id, ())
            leaves = [leaf for leaf in pool if self.is_below(leaf.location_id, location_id)]
            self._leaves[key] = leaves
        if date and product_id in self._perishable:
            return [leaf for leaf in leaves if not leaf.keeps_until or leaf.keeps_until >= date]
        return leaves

    def free(self, product_id, location_id):
        """Return what is left to take at or below the location."""
        leaves = self._get_leaves(product_id, location_id)
        return max(0.0, sum(self._free[product_id][leaf] for leaf in leaves)) if leaves else 0.0

    def take(self, product_id, location_id, need, pack_size=None, date=None):
        """Take up to `need` of what keeps until a date; return what was taken.

        In full packs when a pack size is given.
        """
        leaves = self._get_leaves(product_id, location_id, date)
        if not leaves:
            return 0.0
        pool = self._free[product_id]
        if len(leaves) == 1:
            free = pool[leaves[0]]
        else:
            free = sum(pool[leaf] for leaf in leaves)
        if pack_size:
            free = (free + EPSILON) // pack_size * pack_size
        quantity = min(need, free)
        if quantity <= 0:
            return 0.0
        if len(leaves) == 1:
            pool[leaves[0]] -= quantity
            return quantity
        left = quantity
        for leaf in leaves:
            part = min(left, pool[leaf])
            if part > 0:
                pool[leaf] -= part
                left -= part
                if left <= 0:
                    break
        return quantity

    def serve(self, row, need):
        """Take up to `need` for a row of the queue, in its full packs; return what was taken."""
        product_id = row.product_id
        if product_id not in self._uneven:
            return self.take(product_id, row.location_id, need, row.pack_size, row.date)
        before = dict(self._free.get(product_id, ()))
        share = Share(self.take(product_id, row.location_id, need, row.pack_size, row.date))
        share.places = {
            place: free - self._free[product_id][place]
            for place, free in before.items()
            if free > self._free[product_id][place]
        }
        return share

    def get_left(self):
        """Return the ids of the products of which anything is left to take."""
        return {
            product_id
            for product_id, pool in self._free.items()
            if any(quantity > EPSILON for quantity in pool.values())
        }

    def save(self, product_ids):
        """Return how the free stock of some products stands, for `restore`."""
        return {product_id: dict(self._free.get(product_id, ())) for product_id in product_ids}

    def restore(self, saved):
        """Undo every `take` since `save`."""
        for product_id, pool in saved.items():
            if pool:
                self._free[product_id].update(pool)

    def bring(self, product_id, location_id, need, since=None):
        """Take up to `need` from what is on its way, the earliest first.

        :param datetime since: only from what comes by then or later
        :return: what brings it: a tuple of (move id, quantity, date)
        """
        incoming = self._incoming.get(product_id)
        if not incoming or need <= EPSILON:
            return ()
        brought, used_up = [], []
        for supply in incoming:
            date, dest_id, quantity, move_id = supply
            if (since and date < since) or not self.is_below(dest_id, location_id):
                continue
            part = min(need, quantity)
            supply[2] -= part
            need -= part
            brought.append((move_id, part, date))
            if supply[2] <= 0:
                used_up.append(supply)
            if need <= EPSILON:
                break
        for supply in used_up:
            incoming.remove(supply)  # or everybody behind would look at it again
        return tuple(brought)
