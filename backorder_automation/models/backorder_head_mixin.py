from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..queue_orders import REFILL, URGENT, get_queue_order
from ..readers import settle

# What an index of ours knows of those who wait.
OPEN_STATES = SQL("('waiting', 'confirmed', 'partially_available')")
# The products that anybody waits for: one step of the index for each, and NULL at the end.
WAITED = SQL(
    """
      WITH RECURSIVE waited AS (
           (SELECT m.product_id FROM stock_move m WHERE m.state IN %(states)s
          ORDER BY m.product_id LIMIT 1)
         UNION ALL
           SELECT (SELECT m.product_id FROM stock_move m
                    WHERE m.state IN %(states)s AND m.product_id > waited.product_id
                 ORDER BY m.product_id LIMIT 1)
             FROM waited
            WHERE waited.product_id IS NOT NULL)
    """,
    states=OPEN_STATES,
)
# What the queries of the plan read, and its hooks in other addons may.
FLUSHED = (
    "product.category",
    "product.product",
    "product.template",
    "stock.location",
    "stock.move",
    "stock.move.line",
    "stock.picking.type",
    "stock.quant",
    "uom.uom",
)
# Of these only some fields: the rest may be expensive to recompute.
FLUSHED_FIELDS = {
    "res.company": [
        "backorder_automation",
        "backorder_keep_days",
        "backorder_overdue_days",
        "backorder_queue_order",
    ],
    "res.partner": ["backorder_rank", "commercial_partner_id"],
    "sale.order": ["is_backordered", "partner_id", "picking_policy"],
    "sale.order.line": ["order_id", "product_id", "product_uom_id", "product_uom_qty"],
}


class BackorderHeadMixin(models.AbstractModel):
    """Read the heads of the queues by an index, and nobody who stands behind them."""

    _name = "backorder.head.mixin"
    _description = "Back Order Queue Heads"

    @api.model
    def _backorder_flush(self):
        """Get ready for the queries of the plan: write what they read.

        An addon whose hook reads anything else adds to it.
        """
        settle(self.env)
        for name in FLUSHED:
            self.env[name].flush_model()
        for name, names in FLUSHED_FIELDS.items():
            self.env[name].flush_model(names)

    # Which queues have something to give

    @api.model
    def _fetch_backorder_supplied(self, is_now):
        """Return the ids of the products that somebody waits for and that are free, or coming.

        One step of an index for each product that anybody waits for.

        :param bool is_now: only those that are free
        """
        coming = SQL(
            """
            UNION
            SELECT m.product_id
              FROM stock_move m
              JOIN stock_location src ON src.id = m.location_id
             WHERE (m.state = 'assigned' OR m.state IN %s AND src.usage <> 'internal')
            """,
            OPEN_STATES,
        )
        rows = self.env.execute_query(
            SQL(
                """
                %(waited)s
                SELECT product_id
                  FROM waited
                 WHERE EXISTS (SELECT FROM stock_quant q
                                 JOIN stock_location l ON l.id = q.location_id
                                WHERE q.product_id = waited.product_id
                                  AND q.quantity > q.reserved_quantity
                                  AND l.usage IN ('internal', 'transit'))
                %(coming)s
                """,
                waited=WAITED,
                coming=SQL() if is_now else coming,
            )
        )
        return {product_id for (product_id,) in rows}

    @api.model
    def _fetch_backorder_queues(self, product_ids):
        """Return the queues of some products, as (product id, location id): one step for each."""
        return self.env.execute_query(
            SQL(
                """
                  WITH RECURSIVE queue AS (
                       SELECT wanted.product_id, first.location_id
                         FROM UNNEST(%(product_ids)s::int[]) AS wanted(product_id)
                   CROSS JOIN LATERAL (SELECT m.location_id FROM stock_move m
                                        WHERE m.state IN %(states)s
                                          AND m.product_id = wanted.product_id
                                     ORDER BY m.location_id LIMIT 1) first
                     UNION ALL
                       SELECT queue.product_id, next.location_id
                         FROM queue
                   CROSS JOIN LATERAL (SELECT m.location_id FROM stock_move m
                                        WHERE m.state IN %(states)s
                                          AND m.product_id = queue.product_id
                                          AND m.location_id > queue.location_id
                                     ORDER BY m.location_id LIMIT 1) next)
                SELECT product_id, location_id FROM queue
                """,
                product_ids=list(product_ids),
                states=OPEN_STATES,
            )
        )

    @api.model
    def _fetch_backorder_waited_queues(self):
        """Return all queues in which anybody waits, as (product id, location id)."""
        self._backorder_flush()
        rows = self.env.execute_query(
            SQL("%s SELECT product_id FROM waited WHERE product_id IS NOT NULL", WAITED)
        )
        return self._fetch_backorder_queues(product_id for (product_id,) in rows)

    # The heads of the queues

    @api.model
    def _fetch_backorder_heads(self, company, queues, lengths, policy):
        """Return the first rows of some queues, and one more where there is one.

        :param list queues: (product id, location id) pairs
        :param dict lengths: queue to how many rows of it
        :return: a dict of queue to the ids of its moves, in queue order
        """
        by_length = defaultdict(list)
        for queue in queues:
            by_length[lengths[queue]].append(queue)
        heads = defaultdict(list)
        for length, some in by_length.items():
            products, locations = zip(*some, strict=True)
            bands = SQL(" UNION ALL ").join(
                SQL(
                    """
                    (%s WHERE m.product_id = queue.product_id
                           AND m.location_id = queue.location_id AND %s AND %s
                     ORDER BY %s LIMIT %s)
                    """,
                    select,
                    self._get_backorder_queue_condition(company),
                    condition,
                    order,
                    length + 1,
                )
                for select, condition, order in self._get_backorder_queue_bands(policy, company)
            )
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT queue.product_id, queue.location_id, head.id
                      FROM UNNEST(%s, %s) AS queue(product_id, location_id)
                CROSS JOIN LATERAL (SELECT id FROM (%s) band LIMIT %s) head
                    """,
                    list(products),
                    list(locations),
                    bands,
                    length + 1,
                )
            )
            for product_id, location_id, move_id in rows:
                heads[product_id, location_id].append(move_id)
        return heads

    @api.model
    def _get_backorder_queue_bands(self, policy, company):
        """Return the queue order in bands, each of which an index can read from its first row on.

        What refills stands behind the customers, of the same urgency where urgency counts first.

        :param str policy: a value of `res.company.backorder_queue_order`
        :return: a list of (SELECT, condition, order) in SQL, the first band first
        """
        refill, order = self._get_backorder_refill(), get_queue_order(policy)
        if order.ranks[:2] != (URGENT, REFILL) or company.backorder_keep_days > 0:
            select = self._get_backorder_queue_from(SQL("m.id"))
            return [(select, SQL("TRUE"), self._get_backorder_queue_order(policy, company))]
        select = SQL("SELECT m.id FROM stock_move m")
        rest = order.make_sql(order.ranks[2:], deadline=SQL("m.date_deadline"))
        stars = sorted(dict(self._fields["priority"].selection), reverse=True)
        # PostgreSQL puts those without a priority first.
        urgencies = [SQL("m.priority IS NULL"), *(SQL("m.priority = %s", star) for star in stars)]
        return [
            (select, SQL("%s AND %s", urgency, band), rest)
            for urgency in urgencies
            for band in (SQL("NOT %s", refill), SQL("%s", refill))
        ]

    @api.model
    def _get_backorder_queue_condition(self, company):
        """Return in SQL whether a move `m` stands in a queue of the company."""
        return SQL(
            "m.company_id = %s AND m.state IN %s AND %s",
            company.id,
            OPEN_STATES,
            self._get_backorder_waits_sql(),
        )

    @api.model
    def _get_backorder_queue_from(self, columns):
        """Return the SELECT of some columns from whatever the queue order reads.

        What an order does not read PostgreSQL leaves out.
        """
        return SQL(
            """
            SELECT %s
              FROM %s m
         LEFT JOIN sale_order_line line ON line.id = m.sale_line_id
         LEFT JOIN sale_order so ON so.id = line.order_id
         LEFT JOIN res_partner customer ON customer.id = so.partner_id
         LEFT JOIN res_partner parent ON parent.id = customer.commercial_partner_id
            """,
            columns,
            self._get_backorder_queue_moves(),
        )

    @api.model
    def _fetch_backorder_bound(self, product_ids, company):
        """Return the ids of the moves of some products that are served together with others."""
        rows = self.env.execute_query(
            SQL(" UNION ").join(self._get_backorder_bound(tuple(product_ids), company))
        )
        return {move_id for (move_id,) in rows}

    @api.model
    def _get_backorder_bound(self, product_ids, company):
        """Return queries of the moves that `_get_backorder_bond` binds to others, by an index.

        :param tuple product_ids: ids of `product.product`
        :return: a list of SQL, each a SELECT of ids of `stock.move`
        """
        return [
            SQL(
                """
                SELECT m.id
                  FROM sale_order so
                  JOIN sale_order_line line ON line.order_id = so.id
                  JOIN stock_move m ON m.sale_line_id = line.id AND m.backorder_held
                 WHERE so.picking_policy = 'one' AND so.is_backordered
                   AND m.product_id IN %s AND m.company_id = %s
                """,
                product_ids,
                company.id,
            )
        ]
