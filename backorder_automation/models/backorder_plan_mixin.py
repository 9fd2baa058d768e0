from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import EPSILON


class BackorderPlanLine(NamedTuple):
    """What the plan gives one held move. Quantities are in the unit of the product."""

    move_id: int
    order_id: int
    product_id: int
    location_id: int
    place: int  # 1 is the head of the queue of this product in this location
    need: float
    served: float  # from stock that is free now
    expected_date: datetime | None  # when the rest is expected; None when nothing is ordered
    reason: str  # a key of the texts in `_get_backorder_reason_texts`


class BackorderPlanMixin(models.AbstractModel):
    """The one brain: who gets how much of the free stock now, and why the others wait."""

    _name = "backorder.plan.mixin"
    _description = "Back Order Plan"

    @api.model
    def _backorder_plan(self, products=None, company=None):
        """Serve the queue from free stock, greedily, without writing anything.

        A fixed number of queries, however long the queue is.

        :param products: `product.product` records whose queues to plan; all of them when None.
            Queues joined by an order that ships complete are planned together.
        :param company: `res.company` to plan for; every company with the feature on when None
        :return: a dict of move id to :class:`BackorderPlanLine`, in queue order
        """
        self.env["stock.move"].flush_model()
        self.env["stock.quant"].flush_model()
        self.env["sale.order"].flush_model()
        companies = company or self.env["res.company"].sudo().search(
            [("backorder_automation", "=", True)]
        )
        plan = {}
        for one in companies:
            product_ids = None if products is None else self._get_joined_products(products, one)
            rows = self._fetch_backorder_queue(one, product_ids)
            if rows:
                plan.update(self._serve_backorder_queue(rows))
        return plan

    @api.model
    def _get_backorder_queue_order(self, company):
        """Return the SQL order of the queue: urgent, promised date, oldest, id.

        Every path uses this one. It is total and deterministic: it ends on the id.
        """
        return SQL(
            "m.priority DESC, m.date_deadline ASC NULLS LAST, m.backorder_date ASC NULLS LAST, m.id"
        )

    @api.model
    def _get_joined_products(self, products, company):
        """Add the products that an order shipping complete joins with `products`."""
        product_ids = set(products.ids)
        while True:
            joined = self.env.execute_query(
                SQL(
                    """
                    SELECT DISTINCT other.product_id
                      FROM stock_move m
                      JOIN sale_order_line line ON line.id = m.sale_line_id
                      JOIN sale_order so ON so.id = line.order_id AND so.picking_policy = 'one'
                      JOIN sale_order_line sibling ON sibling.order_id = so.id
                      JOIN stock_move other
                        ON other.sale_line_id = sibling.id AND other.backorder_held
                     WHERE m.backorder_held AND m.product_id IN %s AND m.company_id = %s
                    """,
                    tuple(product_ids) or (0,),
                    company.id,
                )
            )
            found = product_ids.union(product_id for (product_id,) in joined)
            if found == product_ids:
                return product_ids
            product_ids = found

    @api.model
    def _fetch_backorder_queue(self, company, product_ids):
        """Read the held moves of a company in queue order."""
        where = SQL("AND m.product_id IN %s", tuple(product_ids)) if product_ids else SQL()
        return self.env.execute_query(
            SQL(
                """
                SELECT m.id, line.order_id, m.product_id, m.location_id, m.product_qty,
                       so.picking_policy = 'one',
                       COALESCE(m.backorder_retry_date > %s, FALSE)
                  FROM stock_move m
                  JOIN sale_order_line line ON line.id = m.sale_line_id
                  JOIN sale_order so ON so.id = line.order_id
                 WHERE m.backorder_held AND m.company_id = %s %s
                 ORDER BY %s
                """,
                fields.Datetime.now(),
                company.id,
                where,
                self._get_backorder_queue_order(company),
            )
        )

    @api.model
    def _serve_backorder_queue(self, rows):
        """Walk the queue once and give each line what is free when its turn comes."""
        stock = BackorderStock(self.env, {row[2] for row in rows}, {row[3] for row in rows})
        complete_orders = defaultdict(list)
        for row in rows:
            if row[5]:
                complete_orders[row[1]].append(row)
        served, reasons = {}, {}
        for row in rows:
            move_id, order_id, product_id, location_id, need, ship_complete, blocked = row
            if move_id in reasons:
                continue
            if blocked:
                reasons[move_id] = "error"
            elif ship_complete:
                self._serve_complete_order(complete_orders[order_id], stock, served, reasons)
            else:
                served[move_id] = stock.take(product_id, location_id, need)
                reasons[move_id] = "served" if served[move_id] >= need - EPSILON else "short"
        return self._make_backorder_plan(rows, served, reasons, stock)

    @api.model
    def _serve_complete_order(self, rows, stock, served, reasons):
        """Serve all lines of an order that ships complete, or none of them.

        The order stands in the queue with its best line, and takes no hostage: what cannot be
        completed now protects and reserves nothing.
        """
        taken = []
        for move_id, _order, product_id, location_id, need, _complete, blocked in rows:
            quantity = 0.0 if blocked else stock.take(product_id, location_id, need)
            taken.append((product_id, location_id, quantity))
            if quantity < need - EPSILON:
                for place in taken:
                    stock.put_back(*place)
                reasons.update({row[0]: "complete" for row in rows})
                return
            served[move_id] = quantity
        reasons.update({row[0]: "served" for row in rows})

    @api.model
    def _make_backorder_plan(self, rows, served, reasons, stock):
        """Number the places in each queue and match the rest with what is expected."""
        places, plan = defaultdict(int), {}
        for move_id, order_id, product_id, location_id, need, _complete, _blocked in rows:
            places[product_id, location_id] += 1
            reason = reasons[move_id]
            quantity = served.get(move_id, 0.0) if reason in ("served", "short") else 0.0
            expected = None
            if need - quantity > EPSILON:
                expected = stock.expect(product_id, location_id, need - quantity)
            plan[move_id] = BackorderPlanLine(
                move_id,
                order_id,
                product_id,
                location_id,
                places[product_id, location_id],
                need,
                quantity,
                expected,
                reason,
            )
        return plan

    def _get_backorder_reasons(self):
        """Return a dict of move id to the text that says why the held move waits."""
        plan = self._backorder_plan(self.product_id)
        return {
            move.id: self._get_backorder_reason_text(move, plan[move.id])
            for move in self
            if move.id in plan
        }

    @api.model
    def _get_backorder_reason_text(self, move, line):
        """Return why one held move waits, in the words of the people who read it."""
        place = self.env._("Place %s in the queue.", line.place)
        if line.reason == "served":
            return self.env._("Stock is free: it ships with the next run.")
        if line.reason == "error":
            return self.env._(
                "Stopped by an error, next try %(date)s: %(error)s",
                date=fields.Datetime.to_string(move.backorder_retry_date),
                error=move.backorder_error,
            )
        if line.reason == "complete":
            return self.env._("The order ships complete and not everything is in stock. ") + place
        if line.expected_date:
            return place + self.env._(
                " Expected on %s.", fields.Date.to_string(line.expected_date)
            )
        return place + self.env._(" Nothing free and nothing ordered.")


class BackorderStock:
    """Free and incoming stock by product, taken by whoever comes next in the queue.

    Quantities are in the unit of the product. A demand takes from its location and everything
    below, so that two demands may share part of their stock.
    """

    def __init__(self, env, product_ids, location_ids):
        self.env = env
        self.paths = self._read_paths()
        self.free = self._read_free(product_ids)
        self.incoming = self._read_incoming(product_ids)
        self.location_ids = location_ids

    def _read_paths(self):
        rows = self.env.execute_query(SQL("SELECT id, parent_path FROM stock_location"))
        return dict(rows)

    def _read_free(self, product_ids):
        """Return free stock as {product id: {location id: quantity}}."""
        free = defaultdict(dict)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT product_id, location_id, SUM(free)
                  FROM (SELECT q.product_id, q.location_id,
                               CASE WHEN t.tracking = 'none'
                                    THEN SUM(q.quantity - q.reserved_quantity)
                                    ELSE GREATEST(SUM(q.quantity - q.reserved_quantity), 0)
                               END AS free
                          FROM stock_quant q
                          JOIN stock_location l
                            ON l.id = q.location_id AND l.usage IN ('internal', 'transit')
                          JOIN product_product p ON p.id = q.product_id
                          JOIN product_template t ON t.id = p.product_tmpl_id
                         WHERE q.product_id IN %s
                      GROUP BY q.product_id, q.location_id, q.lot_id, t.tracking) by_lot
              GROUP BY product_id, location_id
                """,
                tuple(product_ids),
            )
        )
        for product_id, location_id, quantity in rows:
            free[product_id][location_id] = quantity
        return free

    def _read_incoming(self, product_ids):
        """Return what is on its way as {product id: [[date, location id, quantity], ...]}."""
        incoming = defaultdict(list)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.product_id, m.date, COALESCE(m.location_final_id, m.location_dest_id),
                       m.product_qty
                  FROM stock_move m
                  JOIN stock_location src ON src.id = m.location_id
                  JOIN stock_location dest
                    ON dest.id = COALESCE(m.location_final_id, m.location_dest_id)
                 WHERE m.product_id IN %s
                   AND m.state IN ('waiting', 'confirmed', 'partially_available', 'assigned')
                   AND dest.usage = 'internal' AND src.usage <> 'internal'
              ORDER BY m.date, m.id
                """,
                tuple(product_ids),
            )
        )
        for product_id, date, location_id, quantity in rows:
            incoming[product_id].append([date, location_id, quantity])
        return incoming

    def _is_below(self, location_id, ancestor_id):
        return self.paths[location_id].startswith(self.paths[ancestor_id])

    def take(self, product_id, location_id, need):
        """Take up to `need` from the location and everything below; return what was taken."""
        pool = self.free.get(product_id)
        if not pool:
            return 0.0
        inside = [leaf for leaf in pool if self._is_below(leaf, location_id)]
        quantity = max(0.0, min(need, sum(pool[leaf] for leaf in inside)))
        left = quantity
        for leaf in inside:
            if left <= 0:
                break
            part = min(left, max(pool[leaf], 0.0))
            pool[leaf] -= part
            left -= part
        return quantity

    def put_back(self, product_id, location_id, quantity):
        """Undo a `take`."""
        if quantity:
            pool = self.free[product_id]
            leaf = next(leaf for leaf in pool if self._is_below(leaf, location_id))
            pool[leaf] += quantity

    def expect(self, product_id, location_id, need):
        """Take `need` from what is on its way; return the date when all of it is there."""
        for supply in self.incoming.get(product_id, ()):
            date, dest_id, quantity = supply
            if quantity <= 0 or not self._is_below(dest_id, location_id):
                continue
            part = min(need, quantity)
            supply[2] -= part
            need -= part
            if need <= EPSILON:
                return date
        return None
