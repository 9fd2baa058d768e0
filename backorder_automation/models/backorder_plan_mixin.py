from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import FOREVER, CompleteOrder, QueueRow, make_plan
from ..queue_orders import get_queue_order
from ..readers import read_ledger, read_paths


class BackorderPlanMixin(models.AbstractModel):
    """The one brain: who gets how much of the free stock now, and why the others wait.

    The release, the guard, the simulation, the reason and the expected date all come from
    `_backorder_plan`: there is no second opinion.
    """

    _name = "backorder.plan.mixin"
    _description = "Back Order Plan"

    @api.model
    def _backorder_plan(
        self,
        products=None,
        company=None,
        newcomers=None,
        queue_order=None,
        locations=None,
        needs=None,
    ):
        """Serve the queue from free stock, greedily, without writing anything.

        A fixed number of queries, however long the queue is.

        :param products: `product.product` records whose queues to plan; all of them when None.
            Queues joined by an order that ships complete are planned together.
        :param company: `res.company` to plan for; every company with the feature on when None
        :param newcomers: `stock.move` records that want to reserve now, or would, had they to:
            they stand in the queue whatever their operation type reserves by itself
        :param queue_order: plan with this queue order instead of the company's
        :param locations: `stock.location` records: return only the lines that take from there or
            from below. Everybody stands in the queue all the same.
        :param dict needs: what if some moves needed something else: move id to a quantity in the
            unit of the product
        :return: a dict of move id to :class:`PlanLine`, in queue order
        """
        self._backorder_flush()
        companies = company
        if company is None:
            companies = self.env["res.company"].sudo().search([("backorder_automation", "=", True)])
        newcomer_ids = newcomers.ids if newcomers else []
        needs = {
            **{move.id: move._get_backorder_need() for move in newcomers or ()},
            **(needs or {}),
        }
        plan, paths = {}, read_paths(self.env) if companies else {}
        for one in companies:
            product_ids = None
            if products is not None:
                product_ids = self._get_backorder_joined_products(products, one)
            rows = self._fetch_backorder_queue(
                one, product_ids, newcomer_ids, queue_order or one.backorder_queue_order
            )
            if needs:
                rows = [row._replace(need=needs.get(row.move_id, row.need)) for row in rows]
            if rows:
                plan.update(self._make_backorder_plan(rows, one, paths))
        if locations is not None:
            places = set(self.env["stock.location"].search([("id", "child_of", locations.ids)]).ids)
            plan = {key: line for key, line in plan.items() if line.location_id in places}
        return plan

    @api.model
    def _make_backorder_plan(self, rows, company, paths):
        """Return the plan of one company's queue: what the engine makes of what is there.

        :param list rows: the queue, as `_fetch_backorder_queue` reads it
        :param company: the `res.company` whose queue it is
        :param dict paths: location id to its path, see :func:`read_paths`
        """
        wanted_in = defaultdict(set)
        for row in rows:
            wanted_in[row.product_id].add(row.location_id)
        ledger = read_ledger(self.env, wanted_in, wanted_in, paths)
        receipts = self._get_backorder_receipts(wanted_in, company)
        groups = self._get_backorder_groups(rows)
        keeping = self._get_backorder_keeping(groups, company)
        return make_plan(rows, ledger, receipts, groups, **keeping)

    @api.model
    def _get_backorder_queue_order(self, policy, company, refill=None):
        """Return the SQL order of the queue under a company policy.

        Every path uses this one. It is total and deterministic: ties end on the id. Demand that
        was never back ordered ranks as if it became so now. What only refills a place ranks
        behind all customers, or those of the same urgency where urgency counts first.

        To add an order, write one class: see `QueueOrder` in `queue_orders.py`.

        :param str policy: a value of `res.company.backorder_queue_order`
        :param company: the `res.company` whose queue it is
        :param refill: what says in SQL whether a move only refills; `_get_backorder_refill` if None
        :raises KeyError: when no class has this name
        """
        return get_queue_order(policy).make_sql(
            refill=refill or self._get_backorder_refill(),
            deadline=self._get_backorder_deadline_sql(company),
        )

    @api.model
    def _get_backorder_joined_products(self, products, company):
        """Return the ids of `products`, and of those that are served together with them."""
        product_ids = set(products.ids)
        while product_ids:
            joins = self._get_backorder_joins(tuple(product_ids), company)
            rows = self.env.execute_query(SQL(" UNION ").join(joins))
            found = product_ids.union(product_id for (product_id,) in rows)
            if found == product_ids:
                break
            product_ids = found
        return product_ids

    @api.model
    def _get_backorder_joins(self, product_ids, company):
        """Return queries of the products held together with these: by orders shipping complete.

        :param tuple product_ids: ids of `product.product`
        :return: a list of SQL, each a SELECT of product ids
        """
        return [
            SQL(
                """
                SELECT other.product_id
                  FROM sale_order so
                  JOIN sale_order_line line ON line.order_id = so.id
                  JOIN stock_move m ON m.sale_line_id = line.id AND m.backorder_held
                  JOIN sale_order_line sibling ON sibling.order_id = so.id
                  JOIN stock_move other
                    ON other.sale_line_id = sibling.id AND other.backorder_held
                 WHERE so.picking_policy = 'one' AND so.is_backordered
                   AND m.product_id IN %s AND m.company_id = %s
                """,
                product_ids,
                company.id,
            )
        ]

    @api.model
    def _get_backorder_bond(self):
        """Return in SQL what held demand is served together with: `order`, or NULL for nothing."""
        return SQL("CASE WHEN so.picking_policy = 'one' AND m.backorder_held THEN 'order' END")

    @api.model
    def _fetch_backorder_queue(self, company, product_ids, newcomer_ids, policy, move_ids=None):
        """Read all open demand of a company, and the newcomers, in queue order.

        :param move_ids: only these of it
        :return: a list of :class:`QueueRow`
        """
        query = self._get_backorder_queue_query(
            company, product_ids, newcomer_ids, policy, move_ids
        )
        return list(map(QueueRow._make, self.env.execute_query(query)))

    @api.model
    def _get_backorder_queue_query(self, company, product_ids, newcomer_ids, policy, move_ids=None):
        """Return the query of `_fetch_backorder_queue`, in SQL."""
        now = fields.Datetime.now()
        conditions = [SQL("m.company_id = %s", company.id)]
        newcomer = SQL("m.id IN %s", tuple(newcomer_ids) or (0,))
        conditions.append(SQL("(%s OR %s)", self._get_backorder_waits_sql(), newcomer))
        if not newcomer_ids:  # an index finds these among all that was ever done
            conditions.append(SQL("m.state IN ('waiting', 'confirmed', 'partially_available')"))
        if move_ids is not None:
            conditions.append(SQL("m.id IN %s", tuple(move_ids) or (0,)))
        elif product_ids is not None:
            conditions.append(SQL("m.product_id IN %s", tuple(product_ids) or (0,)))
        return SQL(
            """
            SELECT m.id, line.order_id, m.product_id, m.location_id,
                   %(need)s,
                   %(bond)s,
                   CASE WHEN m.backorder_held IS TRUE THEN
                       CASE WHEN template.is_storable IS NOT TRUE THEN 'untracked'
                            WHEN m.backorder_retry_date > %(now)s THEN 'error'
                            WHEN m.backorder_paused OR m.backorder_not_before > %(now)s
                            THEN 'paused'
                       END
                        WHEN %(newcomer)s THEN NULL
                        WHEN m.backorder_retry_date > %(now)s THEN 'error'
                        WHEN NOT %(automatic)s THEN 'manual'
                   END,
                   CASE WHEN m.backorder_paused OR template.is_storable IS NOT TRUE
                        THEN %(forever)s
                        WHEN m.backorder_held IS TRUE
                        THEN GREATEST(m.backorder_not_before, m.backorder_retry_date, %(now)s)
                        WHEN m.backorder_retry_date > %(now)s AND %(automatic)s
                        THEN m.backorder_retry_date
                        ELSE COALESCE(m.reservation_date, %(forever)s)
                   END,
                   CASE WHEN categ.packaging_reserve_method = 'full'
                             AND pack.id <> template.uom_id
                        THEN (pack.factor / unit.factor)::float
                        WHEN m.product_uom <> template.uom_id
                        THEN (own.factor / unit.factor)::float * %(smallest)s
                   END,
                   GREATEST(m.date, %(now)s),
                   m.backorder_held IS TRUE
              FROM %(moves)s m
              JOIN product_product product ON product.id = m.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN product_category categ ON categ.id = template.categ_id
         LEFT JOIN stock_picking_type ptype ON ptype.id = m.picking_type_id
         LEFT JOIN uom_uom unit ON unit.id = template.uom_id
         LEFT JOIN uom_uom own ON own.id = m.product_uom
         LEFT JOIN uom_uom pack ON pack.id = m.packaging_uom_id
         LEFT JOIN sale_order_line line ON line.id = m.sale_line_id
         LEFT JOIN sale_order so ON so.id = line.order_id
         LEFT JOIN res_partner customer ON customer.id = so.partner_id
         LEFT JOIN res_partner parent ON parent.id = customer.commercial_partner_id
             WHERE %(conditions)s
          ORDER BY %(order)s
            """,
            need=self._get_backorder_need_sql(),
            bond=self._get_backorder_bond(),
            moves=self._get_backorder_queue_moves(),
            now=now,
            newcomer=newcomer,
            automatic=self._get_backorder_automatic_sql(),
            forever=FOREVER,
            # Odoo reserves no part of the smallest quantity that the unit of the move can say.
            smallest=10.0 ** -self.env["decimal.precision"].precision_get("Product Unit"),
            conditions=SQL(" AND ").join(conditions),
            order=self._get_backorder_queue_order(policy, company),
        )

    @api.model
    def _get_backorder_need_sql(self):
        """Return in SQL what a move `m` still has to reserve, in the unit of the product."""
        return SQL(
            """
            m.product_qty
            - CASE WHEN m.state = 'partially_available' THEN
                   COALESCE((SELECT SUM(part.quantity_product_uom)
                               FROM stock_move_line part
                              WHERE part.move_id = m.id), 0)
              ELSE 0 END
            """
        )

    @api.model
    def _get_backorder_queue_moves(self):
        """Return in SQL the table whose rows may stand in the queue."""
        return SQL("stock_move")

    @api.model
    def _get_backorder_waits_sql(self):
        """Return in SQL whether a move `m` stands in the queue: it takes from stock, and lacks.

        Held demand, and what waits in a transfer of whatever kind. What a move before it brings
        is not in stock: nobody else gets it. See `_is_backorder_waiting`.
        """
        return SQL(
            """
            (m.backorder_held IS TRUE
             OR m.state IN ('confirmed', 'partially_available')
                AND m.procure_method = 'make_to_stock' AND m.picked IS NOT TRUE
                AND m.product_uom_qty > 0
                AND EXISTS (SELECT FROM stock_location source
                             WHERE source.id = m.location_id
                               AND source.usage IN ('internal', 'transit'))
                AND EXISTS (SELECT FROM product_product p
                              JOIN product_template t ON t.id = p.product_tmpl_id
                             WHERE p.id = m.product_id AND t.is_storable)
                AND NOT EXISTS (SELECT FROM stock_move_move_rel before
                                 WHERE before.move_dest_id = m.id))
            """
        )

    @api.model
    def _get_backorder_automatic_sql(self):
        """Return in SQL whether Odoo reserves for the move `m` by itself by now.

        Not where its operation type `ptype` is reserved by hand, or some days before the date. A
        released back order had its goods already, and has its next ones.
        """
        return SQL(
            "(COALESCE(ptype.reservation_method = 'at_confirm', FALSE)"
            " OR COALESCE(m.reservation_date <= %s, FALSE)"
            " OR m.backorder_release_date IS NOT NULL)",
            fields.Date.today(),
        )

    @api.model
    def _get_backorder_groups(self, rows):
        """Return the rows that are served together, when the first of them has its turn.

        :param list rows: the queue, as `_fetch_backorder_queue` reads it
        :return: a list of :class:`Together`
        """
        orders = defaultdict(list)
        for row in rows:
            if row.bond == "order":
                orders[row.order_id].append(row)
        return [CompleteOrder(group) for group in orders.values()]
