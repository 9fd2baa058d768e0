from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import FIRST, Ledger, Tails, make_plan, walk
from ..queue_orders import REFILL, URGENT, get_queue_order
from ..readers import read_free, read_paths, settle

# Of so many lines of a queue the places are counted one by one.
FEW = 3
# What an index of ours knows of those who wait.
OPEN_STATES = SQL("('waiting', 'confirmed', 'partially_available')")


class BackorderWalkMixin(models.AbstractModel):
    """The plan as far as the goods reach: its cost follows what can be done, not what waits.

    `_backorder_walk` says of whoever gets anything, and of whoever it is asked about, what
    `_backorder_plan` says. It reads the heads of the queues by an index, and only of those that
    have something to give.
    """

    _name = "backorder.walk.mixin"
    _description = "Back Order Walk"

    @api.model
    def _backorder_walk(
        self, products=None, company=None, newcomers=None, moves=None, needs=None, is_now=False
    ):
        """Return the plan of the lines that get anything, and of `moves`.

        :param products: as for `_backorder_plan`, like `company`, `newcomers` and `needs`
        :param moves: `stock.move` records whose lines are wanted too, whatever they get
        :param bool is_now: only who gets what now; no dates, and nothing of what is on its way
        :return: a dict of move id to :class:`PlanLine`, in queue order
        """
        self._backorder_flush()
        companies = company
        if company is None:
            companies = self.env["res.company"].sudo().search([("backorder_automation", "=", True)])
        newcomers, moves = newcomers or self.browse(), moves or self.browse()
        needs = {**{move.id: move._get_backorder_need() for move in newcomers}, **(needs or {})}
        plan = {}
        for one in companies:
            product_ids = set((newcomers | moves).product_id.ids)
            if products is None:
                product_ids |= self._fetch_backorder_supplied(is_now)
            else:
                product_ids |= set(products.ids)
            if product_ids:
                product_ids = self._get_backorder_joined_products(
                    self.env["product.product"].browse(product_ids), one
                )
                plan.update(
                    self._walk_backorder_queues(one, product_ids, newcomers, moves, needs, is_now)
                )
        return plan

    @api.model
    def _walk_backorder_queues(self, company, product_ids, newcomers, moves, needs, is_now):
        """Return the walk of the queues of some products in one company."""
        queues = self._fetch_backorder_queues(product_ids)
        bound = self._fetch_backorder_bound(product_ids, company)
        wanted_in = defaultdict(set)
        for product_id, location_id in queues:
            wanted_in[product_id].add(location_id)
        for newcomer in newcomers:
            wanted_in[newcomer.product_id.id].add(newcomer.location_id.id)
        paths = read_paths(self.env)
        free = read_free(self.env, tuple(wanted_in))
        receipts = None
        if (
            not is_now or company.backorder_keep_days > 0
        ):  # who keeps what is there asks for how long
            receipts = self._get_backorder_receipts(wanted_in, company)
        policy, now = company.backorder_queue_order, fields.Datetime.now()
        heads, asked = set(), {*newcomers.ids, *moves.ids}

        def read(lengths):
            by_queue = self._fetch_backorder_heads(company, queues, lengths, policy)
            ends = {}
            for queue, ids in by_queue.items():
                if len(ids) > lengths[queue]:
                    del ids[-1]
                    ends[queue] = ids[-1]
            heads.update(*by_queue.values())
            ids = heads | bound | asked
            rows = self._fetch_backorder_queue(
                company, product_ids, newcomers.ids, policy, move_ids=ids
            )
            if any(row.bond and row.move_id not in bound for row in rows):
                # Of a bond that only `_get_backorder_bond` knows: all of it is needed.
                rows = self._fetch_backorder_queue(company, product_ids, newcomers.ids, policy)
                rows = [row for row in rows if row.bond or row.move_id in ids]
            return [row._replace(need=needs.get(row.move_id, row.need)) for row in rows], Tails(
                ends, now
            )

        def plan(rows, tails):
            pools = {product_id: dict(pool) for product_id, pool in free.items()}
            ledger = Ledger(paths, pools, wanted_in)
            groups = self._get_backorder_groups(rows)
            keeping = self._get_backorder_keeping(groups, company)
            made = make_plan(rows, ledger, receipts, groups, **keeping, tails=tails)
            if tails.wanted and newcomers and is_now and not moves:
                there = Ledger(paths, free, wanted_in)
                tails.wanted -= newcomers._get_backorder_plentiful(there, queues, company)
            return made

        made = walk(read, plan, first=FIRST + len(moves))
        behind = [move_id for move_id in moves._ids if move_id in made and move_id not in heads]
        for move_id, place in self._fetch_backorder_places(behind, company).items():
            made[move_id] = made[move_id]._replace(place=place)
        return made

    def _get_backorder_plentiful(self, ledger, queues, company):
        """Return the queues of which there is more than all who wait want, and self beside them.

        :param Ledger ledger: what is free now
        :param list queues: (product id, location id) pairs
        """
        condition = self._get_backorder_queue_condition(company)
        wanted = defaultdict(float)
        wanted.update(
            self.env.execute_query(
                SQL(
                    """
                    SELECT m.product_id, SUM(m.product_qty)
                      FROM stock_move m
                     WHERE m.product_id IN %s AND %s
                  GROUP BY m.product_id
                    """,
                    self.product_id._ids,
                    condition,
                )
            )
        )
        for move in self:
            wanted[move.product_id.id] += move.product_qty
        scarce = {
            move.product_id.id
            for move in self
            if ledger.free(move.product_id.id, move.location_id.id) < wanted[move.product_id.id]
        }
        return {queue for queue in queues if queue[0] in wanted and queue[0] not in scarce}

    @api.model
    def _backorder_flush(self):
        """Get ready for the queries of the plan: write what they read, nothing else."""
        settle(self.env)
        for name in ("stock.move", "stock.move.line", "stock.quant"):
            self.env[name].flush_model()
        for name, names in FLUSHED.items():
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
                  WITH RECURSIVE waited AS (
                       (SELECT m.product_id FROM stock_move m WHERE m.state IN %(states)s
                      ORDER BY m.product_id LIMIT 1)
                     UNION ALL
                       SELECT (SELECT m.product_id FROM stock_move m
                                WHERE m.state IN %(states)s AND m.product_id > waited.product_id
                             ORDER BY m.product_id LIMIT 1)
                         FROM waited
                        WHERE waited.product_id IS NOT NULL)
                SELECT product_id
                  FROM waited
                 WHERE EXISTS (SELECT FROM stock_quant q
                                 JOIN stock_location l ON l.id = q.location_id
                                WHERE q.product_id = waited.product_id
                                  AND q.quantity > q.reserved_quantity
                                  AND l.usage IN ('internal', 'transit'))
                %(coming)s
                """,
                states=OPEN_STATES,
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
                         FROM UNNEST(%(product_ids)s) AS wanted(product_id)
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
    def _fetch_backorder_waited_queues(self, company):
        """Return all queues in which anybody of a company waits, as (product id, location id)."""
        self._backorder_flush()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT m.product_id FROM stock_move m WHERE m.state IN %s"
                " AND m.company_id = %s",
                OPEN_STATES,
                company.id,
            )
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
        return [
            (select, SQL("m.priority = %s AND %s", star, band), rest)
            for star in stars
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
              FROM stock_move m
         LEFT JOIN sale_order_line line ON line.id = m.sale_line_id
         LEFT JOIN sale_order so ON so.id = line.order_id
         LEFT JOIN res_partner customer ON customer.id = so.partner_id
         LEFT JOIN res_partner parent ON parent.id = customer.commercial_partner_id
            """,
            columns,
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

    # Places

    @api.model
    def _fetch_backorder_places(self, move_ids, company):
        """Return {move id: its place in its queue}; without a query where nobody is asked for.

        Whoever asks for a few is told by counting those ahead of each.

        :param move_ids: ids of `stock.move` that stand in a queue of the company
        """
        moves, places = self.browse(move_ids), {}
        by_queue = moves.grouped(lambda move: (move.product_id, move.location_id)).values()
        few = moves.browse(move.id for group in by_queue if len(group) <= FEW for move in group)
        if few and company.backorder_queue_order == "urgent" and company.backorder_keep_days <= 0:
            places = few._count_backorder_ahead(company)
            moves -= few
        if moves:
            numbered = SQL(
                "%s AND m.product_id IN %s AND m.location_id IN %s",
                self._get_backorder_places_sql(company),
                moves.product_id._ids,
                moves.location_id._ids,
            )
            query = "SELECT id, place FROM (%s) numbered WHERE id IN %s"
            places.update(self.env.execute_query(SQL(query, numbered, moves._ids)))
        return places

    def _count_backorder_ahead(self, company):
        """Return {move id: its place in its queue}, in the default order of the queue."""
        refill = self._get_backorder_refill()
        key = SQL(
            """
            %s, COALESCE(m.date_deadline, 'infinity'), COALESCE(m.backorder_date, 'infinity'),
            COALESCE(m.backorder_queue_id, m.id), m.id
            """,
            refill,
        )
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT own.id, 1 + ahead.count
                      FROM (SELECT m.product_id, m.location_id, m.priority,
                                   %(key)s
                              FROM stock_move m
                             WHERE m.id IN %(ids)s)
                           AS own(product_id, location_id, priority,
                                  refill, deadline, since, part, id)
                CROSS JOIN LATERAL (
                           SELECT COUNT(*)
                             FROM stock_move m
                            WHERE m.product_id = own.product_id
                              AND m.location_id = own.location_id
                              AND (m.priority > own.priority
                                   OR m.priority = own.priority
                                      AND (%(key)s)
                                          < (own.refill, own.deadline, own.since, own.part, own.id))
                              AND %(condition)s) ahead
                    """,
                    key=key,
                    ids=self._ids,
                    condition=self._get_backorder_queue_condition(company),
                )
            )
        )

    @api.model
    def _get_backorder_places_sql(self, company):
        """Return the SELECT of (id, place) of all that stands in the queues of a company.

        Where nothing waits that only refills, an index has the order already.
        """
        refill = None if self._is_backorder_refill_waiting(company) else SQL("FALSE")
        number = SQL(
            "m.id, ROW_NUMBER() OVER (PARTITION BY m.product_id, m.location_id ORDER BY %s)"
            " AS place",
            self._get_backorder_queue_order(company.backorder_queue_order, company, refill),
        )
        condition = self._get_backorder_queue_condition(company)
        return SQL("%s WHERE %s", self._get_backorder_queue_from(number), condition)

    @api.model
    def _is_backorder_refill_waiting(self, company):
        """Return whether anything in the queues of a company only refills a place."""
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT FROM stock_move m WHERE m.sale_line_id IS NULL AND %s AND %s LIMIT 1",
                    self._get_backorder_queue_condition(company),
                    self._get_backorder_refill(),
                )
            )
        )


# What else the queries of the plan read, besides moves and stock.
FLUSHED = {
    "product.category": ["packaging_reserve_method"],
    "product.template": ["categ_id", "is_storable", "uom_id"],
    "res.company": [
        "backorder_automation",
        "backorder_keep_days",
        "backorder_overdue_days",
        "backorder_queue_order",
    ],
    "res.partner": ["backorder_rank", "commercial_partner_id"],
    "sale.order": ["is_backordered", "partner_id", "picking_policy"],
    "sale.order.line": ["order_id", "product_uom_qty"],
    "stock.location": ["parent_path", "usage"],
    "stock.picking.type": ["reservation_method"],
}
