from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import EPSILON
from ..promise import make_late_sql, make_lead_sql, make_promise_sql
from ..readers import settle
from ..work import at_work, work_of

# What the plan does not release by itself, whatever is on its way.
BLOCKED = {"paused", "error", "manual", "untracked"}

# Who is late is known from the whole plan: of more lines than these it is not asked for a page.
LATE_FIRST = "backorder_is_late desc, "
MANY_LINES = 10_000

IS_OPEN = "(%(date)s IS NOT NULL AND %(state)s NOT IN ('draft', 'done', 'cancel'))"
# What each field says in SQL. What `plan`, `late`, `promised` and `reason` need is joined by the
# query that asks.
EXPRESSIONS = {
    "backorder_age": "FLOOR(EXTRACT(EPOCH FROM %(now)s - %(date)s) / 86400)::int",
    "backorder_place": "COALESCE(%(places)s.place, 0)",
    "backorder_served_qty": "COALESCE(%(plan)s.served, 0.0)",
    "backorder_expected_date": "%(plan)s.expected_date",
    "backorder_is_unordered": "COALESCE(%(plan)s.is_unordered, %(lacking)s)",
    "backorder_is_late": f"({IS_OPEN} AND %(late)s)",
    "backorder_promise_date": "%(promised)s",
    "backorder_reason_code": "%(reason)s.code",
    "backorder_stage": f"""
        CASE WHEN NOT {IS_OPEN} THEN NULL
             WHEN %(plan)s.served > 0 OR %(state)s IN ('assigned', 'partially_available')
             THEN 'ready'
             WHEN %(late)s THEN 'late'
             WHEN %(plan)s.expected_date IS NOT NULL AND NOT %(plan)s.is_blocked THEN 'expected'
             ELSE 'waiting' END""",
}


def by_plan(name):
    """Return the search method of a field that is not stored but has an SQL expression."""
    return lambda self, operator, value: self._search_backorder_planned(name, operator, value)


def to_array(values):
    """Return PostgreSQL's text of an array: read much faster than thousands of parameters.

    :param values: numbers, dates, booleans, None or plain words
    """
    texts = ("NULL" if value is None else str(value) for value in values)
    return f"{{{','.join(texts)}}}"


class BackorderQueryMixin(models.AbstractModel):
    """Search, group and sort lines by what the plan says.

    A plan cannot be stored truthfully: a receipt, a count or a star changes it for lines that
    nobody writes to. So nothing is stored. A query that asks for one of the fields of
    `EXPRESSIONS` joins the plan of this moment, made once whatever the number of lines.
    """

    _name = "backorder.query.mixin"
    _description = "Back Order Queries"

    # The two reads of the web client make the plan once, for the rows, their number and each column

    @api.model
    @api.readonly
    def web_search_read(
        self, domain, specification, offset=0, limit=None, order=None, count_limit=None
    ):
        """Make the plan once for a page, and number no more of the queues than it shows."""
        model = at_work(self, plan={})
        order = self._get_backorder_page_order(order)
        page = {"offset": offset, "limit": limit, "order": order, "count_limit": count_limit}
        places = model._fetch_backorder_first(order, offset + limit) if limit and order else {}
        if places:
            first = at_work(model, plan={"places": places})
            result = super(BackorderQueryMixin, first).web_search_read(
                Domain(domain) & Domain("id", "in", list(places)), specification, **page
            )
            if len(result["records"]) == limit:
                result["length"] = model.search_count(domain, limit=count_limit)
                return result
        return super(BackorderQueryMixin, model).web_search_read(domain, specification, **page)

    @api.model
    @api.readonly
    def web_read_group(
        self, domain, groupby, aggregates=(), limit=None, offset=0, order=None, **options
    ):
        """Make the plan once for all groups."""
        return super(BackorderQueryMixin, at_work(self, plan={})).web_read_group(
            domain, groupby, aggregates, limit=limit, offset=offset, order=order, **options
        )

    @api.model
    def _get_backorder_page_order(self, order):
        """Return the order of a page, without who is late where too many wait to know that.

        What follows in the order of our list brings the earliest promise first.

        :param str order: of the page
        """
        if not order or not order.startswith(LATE_FIRST):
            return order
        count = self.sudo().search_count(self._backorder_open_domain(), limit=MANY_LINES + 1)
        return order.removeprefix(LATE_FIRST) if count > MANY_LINES else order

    @api.model
    def _fetch_backorder_first(self, order, count):
        """Return {move id: place} of those whose place is as small as a page can show.

        Where they make a whole page, it shows nobody else.

        :param str order: of the page: nobody where it is not that of the places
        :param int count: how many lines the page and those before it show
        """
        first = {}
        if order.split(",")[0].lower().split() not in (
            ["backorder_place"],
            ["backorder_place", "asc"],
        ):
            return first
        for company in self._get_backorder_visible_companies():
            queues = self.sudo()._fetch_backorder_waited_queues()
            each = count // len(queues) * 2 + 2 if queues else 0
            lengths = dict.fromkeys(queues, min(each, count))
            heads = self.sudo()._fetch_backorder_heads(
                company, queues, lengths, company.backorder_queue_order
            )
            for ids in heads.values():
                first.update(zip(ids, range(1, len(ids) + 1), strict=True))
        return first

    # In SQL

    @api.model
    def _field_to_sql(self, alias, field_expr, query=None):
        """Give the fields of the plan an expression: they become sortable and groupable too."""
        if field_expr not in EXPRESSIONS:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        expression = EXPRESSIONS[field_expr]
        joins = {
            name: join(alias, query)
            for name, join in (
                ("plan", self._join_backorder_plan),
                ("places", self._join_backorder_places),
                ("lacking", self._get_backorder_lacking_sql),
                ("late", self._join_backorder_late),
                ("promised", self._join_backorder_promise),
                ("reason", self._join_backorder_reasons),
            )
            if f"%({name})s" in expression
        }
        return SQL(
            expression,
            date=self._field_to_sql(alias, "backorder_date"),
            state=self._field_to_sql(alias, "state"),
            now=fields.Datetime.now(),
            **joins,
        )

    @api.model
    def _search_backorder_planned(self, name, operator, value):
        """Return the domain of a condition on a field of `EXPRESSIONS`."""
        field = self._fields[name]
        return Domain.custom(
            to_sql=lambda model, alias, query: field.condition_to_sql(
                name, operator, value, model, alias, query
            )
        )

    @api.model
    def _join_backorder_plan(self, alias, query, plan=None):
        """Join the plan to a query on moves, once; return its alias.

        :param dict plan: the plan when it is made already
        """
        plan_alias = query.make_alias(alias, "backorder_plan")
        if plan_alias in query._joins:
            return SQL.identifier(plan_alias)
        if plan is None:
            # The web client asks an empty query whether a field can be sorted.
            plan = {} if query.is_empty() else self._keep_backorder_plan("plan")
        columns = {
            "id int": [line.move_id for line in plan.values()],
            "served float": [line.served for line in plan.values()],
            "expected_date timestamp": [line.expected_date for line in plan.values()],
            "is_unordered bool": [line.missing > EPSILON for line in plan.values()],
            "is_blocked bool": [line.reason in BLOCKED for line in plan.values()],
        }
        return self._join_backorder_columns(alias, query, plan_alias, columns)

    @api.model
    def _join_backorder_places(self, alias, query):
        """Join the places in the queues to a query on moves, once; return their alias."""
        places_alias = query.make_alias(alias, "backorder_places")
        places = SQL.identifier(places_alias)
        known = (work_of(self.env).plan or {}).get("places")
        if known and places_alias not in query._joins:
            columns = {"id int": list(known), "place int": list(known.values())}
            return self._join_backorder_columns(alias, query, places_alias, columns)
        if places_alias not in query._joins:
            settle(self.env)
            numbered = [
                self._get_backorder_places_sql(company)
                for company in self._get_backorder_visible_companies()
            ]
            nobody = SQL("SELECT NULL::int AS id, NULL::bigint AS place")
            table = SQL("(%s)", SQL(" UNION ALL ").join(numbered or [nobody]))
            own = SQL("%s = %s.id", SQL.identifier(alias, "id"), places)
            query.add_join("LEFT JOIN", places_alias, table, own)
        return places

    @api.model
    def _get_backorder_lacking_sql(self, alias, query):
        """Return in SQL whether a move waits that the plan leaves out: nothing is there for it."""
        return SQL(
            """
            EXISTS (SELECT
                      FROM stock_move m
                      JOIN res_company company
                        ON company.id = m.company_id AND company.backorder_automation
                      JOIN product_product product ON product.id = m.product_id
                      JOIN product_template template
                        ON template.id = product.product_tmpl_id AND template.is_storable
                     WHERE m.id = %s AND %s)
            """,
            SQL.identifier(alias, "id"),
            self._get_backorder_waits_sql(),
        )

    @api.model
    def _join_backorder_promise(self, alias, query):
        """Join what promises are made of to a query on moves; return the promise in SQL."""
        line = query.left_join(alias, "sale_line_id", "sale_order_line", "id", "backorder_line")
        order = query.left_join(line, "order_id", "sale_order", "id", "order")
        company = query.left_join(order, "company_id", "res_company", "id", "company")
        lines = self.env["sale.order.line"].sudo()
        orders, companies = self.env["sale.order"].sudo(), self.env["res.company"].sudo()
        return make_promise_sql(
            orders._field_to_sql(order, "commitment_date", query),
            companies._field_to_sql(company, "backorder_promise_by_lead", query),
            make_lead_sql(
                orders._field_to_sql(order, "date_order", query),
                lines._field_to_sql(line, "customer_lead", query),
            ),
        )

    @api.model
    def _join_backorder_late(self, alias, query):
        """Join the plan and the promises to a query on moves; return in SQL who is late."""
        plan = self._join_backorder_plan(alias, query)
        promised = self._join_backorder_promise(alias, query)
        return make_late_sql(promised, SQL("%s.expected_date", plan), self.env.tz)

    @api.model
    def _join_backorder_reasons(self, alias, query):
        """Join the reason codes to a query on moves, once; return their alias."""
        reason_alias = query.make_alias(alias, "backorder_reasons")
        if reason_alias in query._joins:
            return SQL.identifier(reason_alias)
        codes = {} if query.is_empty() else self._keep_backorder_plan("codes")
        columns = {"id int": list(codes), "code varchar": list(codes.values())}
        return self._join_backorder_columns(alias, query, reason_alias, columns)

    @api.model
    def _join_backorder_columns(self, alias, query, joined_alias, columns):
        """Join columns of values to a query on moves by the id of the move.

        :param dict columns: "name type" to a list of values; the first one is the id
        :return: the alias of the joined table
        """
        names, types = zip(*(column.split() for column in columns), strict=True)
        arrays = [
            SQL(f"%s::{column_type}[]", to_array(values))
            for column_type, values in zip(types, columns.values(), strict=True)
        ]
        table = SQL(
            "(SELECT * FROM unnest(%s) AS joined(%s))",
            SQL(", ").join(arrays),
            SQL(", ").join(map(SQL.identifier, names)),
        )
        joined = SQL.identifier(joined_alias)
        query.add_join(
            "LEFT JOIN", joined_alias, table, SQL("%s = %s.id", SQL.identifier(alias, "id"), joined)
        )
        return joined

    @api.model
    def _keep_backorder_plan(self, key):
        """Return the visible plan (`plan`) or codes (`codes`), once for a web client's read."""
        kept = work_of(self.env).plan
        if kept is None:
            kept = {}
        if key not in kept:
            kept[key] = getattr(self, f"_get_backorder_visible_{key}")()
        return kept[key]

    @api.model
    def _get_backorder_visible_companies(self):
        """Return the companies with the feature on whose lines the user may see."""
        companies = self.env["res.company"].sudo().search([("backorder_automation", "=", True)])
        return companies if self.env.su else companies & self.env.companies

    @api.model
    def _get_backorder_visible_plan(self):
        """Return the plan of whoever gets anything, of all that waits and the user may see."""
        companies = self._get_backorder_visible_companies()
        return self.sudo()._backorder_walk(company=companies) if companies else {}

    @api.model
    def _get_backorder_visible_codes(self):
        """Return {move id: reason code} of all back orders that wait and the user may see."""
        companies = self._get_backorder_visible_companies()
        moves = self.sudo().search(
            self._backorder_open_domain() & Domain("company_id", "in", companies.ids)
        )
        waiting = moves.filtered(lambda move: move._is_backorder_waiting())
        return waiting._get_backorder_codes() if waiting else {}
