from collections import defaultdict
from datetime import datetime

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import EPSILON
from ..plan_line import BackorderPlanLine, BackorderQueueRow
from ..supply import Supply


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
        :param newcomers: `stock.move` records that are not held and want the same stock: they
            stand in the queue at the place their own promise gives them
        :param queue_order: plan with this queue order instead of the company's
        :param locations: `stock.location` records: return only the lines that take from there or
            from below. Everybody stands in the queue all the same.
        :param dict needs: what if some moves needed something else: move id to a quantity in the
            unit of the product
        :return: a dict of move id to :class:`BackorderPlanLine`, in queue order
        """
        self.env.flush_all()
        companies = company
        if company is None:
            companies = self.env["res.company"].sudo().search([("backorder_automation", "=", True)])
        newcomer_ids = newcomers.ids if newcomers else []
        needs = {
            **{move.id: move._get_backorder_need() for move in newcomers or ()},
            **(needs or {}),
        }
        plan = {}
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
                plan.update(self._serve_backorder_queue(rows))
        if locations is not None:
            places = set(self.env["stock.location"].search([("id", "child_of", locations.ids)]).ids)
            plan = {key: line for key, line in plan.items() if line.location_id in places}
        return plan

    @api.model
    def _get_backorder_queue_order(self, policy):
        """Return the SQL order of the queue under a company policy.

        Every path uses this one. It is total and deterministic: ties end on the id. Demand that
        was never back ordered ranks as if it became so now. What only refills a place ranks
        behind all customers, or those of the same urgency where urgency counts first.

        :param str policy: a value of `res.company.backorder_queue_order`
        """
        refill = self._get_backorder_refill()
        urgent = SQL("m.priority DESC")
        promised = SQL("m.date_deadline ASC NULLS LAST")
        oldest = SQL("m.backorder_date ASC NULLS LAST")
        # A contact without a rank of its own has that of its company.
        rank = SQL(
            "COALESCE(NULLIF(customer.backorder_rank, 0), NULLIF(parent.backorder_rank, 0))"
            " ASC NULLS LAST"
        )
        keys = {
            "urgent": [urgent, refill, promised, oldest],
            "oldest": [refill, oldest],
            "promised": [refill, promised, oldest],
            # Who has no rank stands behind who has one: so does a refill.
            "rank": [rank, urgent, refill, promised, oldest],
            "smallest": [refill, SQL("m.product_qty ASC"), urgent, promised, oldest],
        }[policy]
        return SQL(", ").join([*keys, SQL("m.id")])

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
                  FROM stock_move m
                  JOIN sale_order_line line ON line.id = m.sale_line_id
                  JOIN sale_order so ON so.id = line.order_id AND so.picking_policy = 'one'
                  JOIN sale_order_line sibling ON sibling.order_id = so.id
                  JOIN stock_move other
                    ON other.sale_line_id = sibling.id AND other.backorder_held
                 WHERE m.backorder_held AND m.product_id IN %s AND m.company_id = %s
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
    def _fetch_backorder_queue(self, company, product_ids, newcomer_ids, policy):
        """Read the held moves of a company, and the newcomers, in queue order.

        :return: a list of :class:`BackorderQueueRow`
        """
        query = self._get_backorder_queue_query(company, product_ids, newcomer_ids, policy)
        return list(map(BackorderQueueRow._make, self.env.execute_query(query)))

    @api.model
    def _get_backorder_queue_query(self, company, product_ids, newcomer_ids, policy):
        """Return the query of `_fetch_backorder_queue`, in SQL."""
        now = fields.Datetime.now()
        conditions = [SQL("m.company_id = %s", company.id)]
        if newcomer_ids:
            conditions.append(SQL("(m.backorder_held OR m.id IN %s)", tuple(newcomer_ids)))
        else:
            conditions.append(SQL("m.backorder_held"))
        if product_ids is not None:
            conditions.append(SQL("m.product_id IN %s", tuple(product_ids) or (0,)))
        return SQL(
            """
            SELECT m.id, line.order_id, m.product_id, m.location_id, m.product_qty,
                   %s,
                   CASE WHEN m.backorder_held IS NOT TRUE THEN NULL
                        WHEN m.backorder_retry_date > %s THEN 'error'
                        WHEN m.backorder_paused OR m.backorder_not_before > %s THEN 'paused'
                   END,
                   CASE WHEN m.backorder_held IS NOT TRUE THEN NULL
                        WHEN m.backorder_paused THEN %s
                        WHEN m.backorder_not_before > %s THEN m.backorder_not_before
                   END,
                   CASE WHEN categ.packaging_reserve_method = 'full'
                             AND pack.id <> template.uom_id
                        THEN (pack.factor / unit.factor)::float
                        WHEN m.product_uom <> template.uom_id
                        THEN (own.factor / unit.factor)::float * %s
                   END,
                   GREATEST(m.date, %s)
              FROM stock_move m
              JOIN product_product product ON product.id = m.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN product_category categ ON categ.id = template.categ_id
         LEFT JOIN uom_uom unit ON unit.id = template.uom_id
         LEFT JOIN uom_uom own ON own.id = m.product_uom
         LEFT JOIN uom_uom pack ON pack.id = m.packaging_uom_id
         LEFT JOIN sale_order_line line ON line.id = m.sale_line_id
         LEFT JOIN sale_order so ON so.id = line.order_id
         LEFT JOIN res_partner customer ON customer.id = so.partner_id
         LEFT JOIN res_partner parent ON parent.id = customer.commercial_partner_id
             WHERE %s
          ORDER BY %s
            """,
            self._get_backorder_bond(),
            now,
            now,
            datetime.max,
            now,
            # Odoo reserves no part of the smallest quantity that the unit of the move can say.
            10.0 ** -self.env["decimal.precision"].precision_get("Product Unit"),
            now,
            SQL(" AND ").join(conditions),
            self._get_backorder_queue_order(policy),
        )

    @api.model
    def _serve_backorder_queue(self, rows):
        """Walk the queue once and give each line what is free when its turn comes.

        :param list rows: the queue, as `_fetch_backorder_queue` reads it
        """
        wanted_in = defaultdict(set)
        for row in rows:
            wanted_in[row.product_id].add(row.location_id)
        supply = Supply(self.env, wanted_in.keys(), wanted_in)
        groups = self._get_backorder_groups(rows)
        served, reasons, turns, group_turns = {}, {}, {}, {}
        for turn, row in enumerate(rows):
            move_id, need = row.move_id, row.need
            if move_id in groups:
                serve, group = groups[move_id]
                turns[move_id] = group_turns.setdefault(id(group), turn)
                if move_id not in reasons:
                    serve(group, supply, served, reasons)
            elif row.blocked:
                reasons[move_id] = row.blocked
            else:
                served[move_id] = quantity = supply.serve(row, need)
                reasons[move_id] = "served" if quantity > need - EPSILON else "short"
        return self._make_backorder_plan(rows, served, reasons, turns, supply)

    @api.model
    def _get_backorder_groups(self, rows):
        """Return the rows that are served together, when the first of them has its turn.

        :param list rows: the queue, as `_fetch_backorder_queue` reads it
        :return: a dict of move id to (how, rows): `how(rows, supply, served, reasons)` notes
            what each row gets, and its reason, by move id
        """
        orders = defaultdict(list)
        for row in rows:
            if row.bond == "order":
                orders[row.order_id].append(row)
        return {
            row.move_id: (self._serve_complete_order, group)
            for group in orders.values()
            for row in group
        }

    @api.model
    def _serve_complete_order(self, rows, supply, served, reasons):
        """Serve all lines of an order that ships complete, or none of them.

        The order stands in the queue with its best line, and takes no hostage: what cannot be
        completed now protects and reserves nothing.
        """
        saved = supply.save({row.product_id for row in rows})
        taken = {}
        for row in rows:
            taken[row.move_id] = 0.0 if row.blocked else supply.serve(row, row.need)
            if taken[row.move_id] < row.need - EPSILON:
                supply.restore(saved)
                served.update(dict.fromkeys((row.move_id for row in rows), 0.0))
                reasons.update((row.move_id, row.blocked or "complete") for row in rows)
                return
        served.update(taken)
        reasons.update(dict.fromkeys(taken, "served"))

    @api.model
    def _make_backorder_plan(self, rows, served, reasons, turns, supply):
        """Number the places in each queue and match what is missing with what is expected.

        Everybody has been served by now. What is still free is idle: it counts as there for
        those who cannot use it yet, so that nobody expects or orders it again.
        """
        places, plan, paused, left = defaultdict(int), {}, [], supply.get_left()
        for turn, row in enumerate(rows):
            move_id, product_id, location_id = row.move_id, row.product_id, row.location_id
            places[product_id, location_id] = place = places[product_id, location_id] + 1
            given = served.get(move_id, 0.0)
            lacking, idle, brought = row.need - given, 0.0, ()
            expected_date = expected_move_id = None
            if lacking > EPSILON:
                if product_id in left:
                    idle = supply.take(product_id, location_id, lacking, date=row.date)
                    lacking -= idle
                brought = supply.bring(product_id, location_id, lacking, row.paused_until)
                if brought:
                    expected_date, expected_move_id = self._get_expected(row, lacking, brought)
                if row.paused_until:
                    paused.append((row, lacking))
            plan[move_id] = BackorderPlanLine(
                move_id,
                row.order_id,
                product_id,
                location_id,
                place,
                row.need,
                given,
                expected_date,
                expected_move_id,
                reasons[move_id],
                idle,
                brought,
                turns.get(move_id, turn),
            )
        self._bring_to_paused(plan, paused, supply)
        return plan

    @api.model
    def _bring_to_paused(self, plan, paused, supply):
        """Let paused lines have what those behind them leave of what comes meanwhile.

        :param list paused: (row of the queue, what it lacks in the unit of the product) pairs
        """
        for row, lacking in paused:
            line = plan[row.move_id]
            more = supply.bring(row.product_id, row.location_id, lacking - line.coming)
            brought = tuple(sorted(line.brought + more, key=lambda part: part[2]))
            date, move_id = self._get_expected(row, lacking, brought)
            plan[row.move_id] = line._replace(
                expected_date=date, expected_move_id=move_id, brought=brought
            )

    @api.model
    def _get_expected(self, row, lacking, brought):
        """Return when all that a row of the queue lacks is there, and what brings the last of it.

        Not before its pause ends. (None, None) when not all of it is on its way.

        :param tuple brought: what is on its way for it: (move id, quantity, date), by date
        """
        if not brought or sum(part[1] for part in brought) < lacking - EPSILON:
            return None, None
        move_id, _quantity, date = brought[-1]
        if row.paused_until and row.paused_until != datetime.max:
            date = max(date, row.paused_until)
        return date, move_id
