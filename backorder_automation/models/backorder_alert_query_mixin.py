from typing import NamedTuple

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import EPSILON
from ..promise import PROMISE_SQL, get_zone, make_day_sql, make_late_sql
from ..readers import settle
from .backorder_query_mixin import to_array

# Nobody is told of more orders at once than they can look after: the oldest promises first, the
# others as those are done. All of them stand in the list of back orders.
MOST = 200


# Where every kind of activity was deleted.
NOTHING = SQL(
    """
    SELECT NULL::int AS order_id, NULL::text AS kind, NULL::int AS move_id,
           NULL::int AS product_id, NULL::float AS lacking, NULL::timestamp AS expected_date,
           NULL::text AS wish, NULL::timestamp AS promised
     WHERE FALSE
    """
)


class AlertLine(NamedTuple):
    """A line that something is wrong with; quantities in the unit of the product."""

    order_id: int
    kind: str
    move_id: int
    product_id: int
    lacking: float
    expected_date: object  # a datetime, None when nobody knows
    wish: str | None  # what the date rests on, though nobody has ordered it yet


class BackorderAlertQueryMixin(models.AbstractModel):
    """Find in SQL what is wrong and whom nobody told, however many orders wait."""

    _name = "backorder.alert.query.mixin"
    _description = "Back Order Alert Queries"

    @api.model
    def _fetch_backorder_alert_changes(self, kinds, plan, companies):
        """Return what became wrong, right, or different since people were told.

        :param kinds: the kinds that somebody can be told of
        :param dict plan: of whoever gets anything, see `_backorder_walk`
        :param companies: `res.company` to look at
        :return: a list of (order id, kind, `new`, `over` or `changed`, digest of the order)
        """
        settle(self.env)
        for name in ("sale.order", "stock.move", "stock.move.line", "mail.activity"):
            self.env[name].flush_model()
        busy = self._fetch_backorder_alert_counts(kinds)
        return self.env.execute_query(
            SQL(
                """
                  WITH wrong AS (%(wrong)s),
                       now AS (
                SELECT order_id, kind, MIN(promised) AS promised
                  FROM wrong GROUP BY order_id, kind),
                       digest AS (
                SELECT order_id,
                       SUM(HASHTEXTEXTENDED(
                           CONCAT_WS(':', kind, move_id, ROUND(lacking::numeric, 5),
                                     expected_date::date, wish), 0)::numeric)::text AS digest
                  FROM wrong GROUP BY order_id),
                       told AS (
                SELECT so.id AS order_id, kind
                  FROM sale_order so,
                       UNNEST(STRING_TO_ARRAY(so.backorder_alerts, ' ')) AS kind
                 WHERE so.backorder_alerts IS NOT NULL),
                       change AS (
                SELECT order_id, kind, now.promised, COALESCE(so.user_id, 0) AS user_id,
                       CASE WHEN told.kind IS NULL THEN 'new' WHEN now.kind IS NULL THEN 'over'
                            WHEN so.backorder_alert_digest IS DISTINCT FROM digest.digest
                            THEN 'changed' END AS change,
                       digest.digest
                  FROM now FULL JOIN told USING (order_id, kind)
                  JOIN sale_order so ON so.id = order_id
             LEFT JOIN digest USING (order_id)),
                       ranked AS (
                SELECT *, ROW_NUMBER() OVER (
                           PARTITION BY kind, change, user_id ORDER BY promised, order_id) AS number
                  FROM change
                 WHERE change IS NOT NULL)
                SELECT order_id, kind, change, digest
                  FROM ranked
             LEFT JOIN UNNEST(%(kinds)s::text[], %(users)s::int[], %(counts)s::int[])
                       AS busy(kind, user_id, count) USING (kind, user_id)
                 WHERE change <> 'new' OR number + COALESCE(busy.count, 0) <= %(most)s
              ORDER BY order_id, kind
                """,
                wrong=self._get_backorder_wrong_query(
                    {
                        kind: self._fetch_backorder_alert_scope(kind, busy, companies)
                        for kind in kinds
                    },
                    plan,
                    companies,
                ),
                kinds=[kind for kind, _user_id in busy],
                users=[user_id for _kind, user_id in busy],
                counts=list(busy.values()),
                most=MOST,
            )
        )

    @api.model
    def _fetch_backorder_alert_counts(self, kinds):
        """Return of how many orders of each salesperson somebody is told now.

        :return: {(kind, user id): number}; 0 is nobody
        """
        by_type = {self._get_backorder_alert_type(kind).id: kind for kind in kinds}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT activity.activity_type_id, COALESCE(so.user_id, 0), COUNT(*)
                  FROM mail_activity activity
                  JOIN sale_order so ON so.id = activity.res_id
                 WHERE activity.res_model = 'sale.order' AND activity.active
                   AND activity.activity_type_id IN %s
              GROUP BY activity.activity_type_id, COALESCE(so.user_id, 0)
                """,
                tuple(by_type) or (0,),
            )
        )
        return {(by_type[type_id], user_id): count for type_id, user_id, count in rows}

    @api.model
    def _fetch_backorder_alert_scope(self, kind, busy, companies):
        """Return the ids of the orders to look at: of which somebody is told, or may be."""
        scope = SQL("TRUE")
        full = [user for (one, user), count in busy.items() if one == kind and count >= MOST]
        if full:
            told = SQL("so.backorder_alerts IS NOT NULL")
            scope = SQL("(%s OR COALESCE(so.user_id, 0) NOT IN %s)", told, tuple(full))
        by_lead = companies.filtered("backorder_promise_by_lead")
        if kind == "promise" and not by_lead:
            scope = SQL("%s AND so.commitment_date IS NOT NULL", scope)
        query = SQL("SELECT so.id FROM sale_order so WHERE so.is_backordered AND %s", scope)
        return [order_id for (order_id,) in self.env.execute_query(query)]

    @api.model
    def _fetch_backorder_alert_lines(self, order_ids, kinds, plan, companies):
        """Return the :class:`AlertLine` of some orders, by (order id, kind), in queue order."""
        if not order_ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT order_id, kind, move_id, product_id, lacking, expected_date, wish
                  FROM (%s) wrong
              ORDER BY order_id, move_id
                """,
                self._get_backorder_wrong_query(
                    dict.fromkeys(kinds, list(order_ids)), plan, companies
                ),
            )
        )
        lines = {}
        for row in map(AlertLine._make, rows):
            lines.setdefault((row.order_id, row.kind), []).append(row)
        return lines

    @api.model
    def _get_backorder_wrong_query(self, scopes, plan, companies):
        """Return the query of what is wrong: a row for each line and kind.

        What the plan leaves out gets nothing, now or later.

        :param dict scopes: kind to the ids of the orders to look at
        """
        zone = SQL("zone.name")
        lacks = SQL("line.can_lack AND line.lacking > %s", EPSILON)
        today = make_day_sql(SQL("%s::timestamp", fields.Datetime.now()), zone)
        conditions = {
            "age": SQL("%s - %s > wanted.days", today, make_day_sql(SQL("since"), zone)),
            "nothing": SQL("%s AND line.missing > %s", lacks, EPSILON),
            "promise": SQL(
                "%s AND line.promised IS NOT NULL AND (line.expected_date IS NULL OR %s)",
                lacks,
                make_late_sql(SQL("line.promised"), SQL("line.expected_date"), zone),
            ),
        }
        queries = [
            SQL(
                """
                SELECT line.order_id, %(kind)s::text AS kind, line.move_id, line.product_id,
                       line.lacking, line.expected_date, line.wish, line.promised
                  FROM (%(lines)s) line
                  JOIN UNNEST(%(companies)s::int[], %(limits)s::int[]) AS wanted(company_id, days)
                    ON wanted.company_id = line.company_id
                  JOIN UNNEST(%(users)s, %(zones)s) AS zone(user_id, name)
                    ON zone.user_id = line.user_id
                 WHERE %(condition)s
                """,
                kind=kind,
                lines=self._get_backorder_alert_lines_query(
                    plan,
                    companies,
                    scope,
                ),
                condition=conditions[kind],
                **self._get_backorder_alert_limits(kind, companies),
                **self._get_backorder_alert_zones(),
            )
            for kind, scope in scopes.items()
        ]
        return SQL(" UNION ALL ").join(queries or [NOTHING])

    @api.model
    def _get_backorder_alert_limits(self, kind, companies):
        """Return which companies want to be told of a kind, and after how many days: columns."""
        limits = {company.id: company._get_backorder_alerts().get(kind) for company in companies}
        wanted = {company_id: int(limit) for company_id, limit in limits.items() if limit}
        return {"companies": list(wanted), "limits": list(wanted.values())}

    @api.model
    def _get_backorder_alert_zones(self):
        """Return the time zones of the salespeople, who are told, as two columns; 0 is nobody."""
        users = self.env["res.users"].sudo().with_context(active_test=False)
        users = users.search([("share", "=", False)])
        names = {0: pytz.utc.zone, **{user.id: get_zone(user.tz).zone for user in users}}
        return {"users": list(names), "zones": list(names.values())}

    @api.model
    def _get_backorder_alert_lines_query(self, plan, companies, scope):
        """Return the query of all back orders that wait: what they lack, and when it comes."""
        columns = {
            "int": [line.move_id for line in plan.values()],
            "float": [line.lacking for line in plan.values()],
            "float ": [line.missing for line in plan.values()],
            "timestamp": [line.expected_date for line in plan.values()],
        }
        arrays = SQL(", ").join(
            SQL(f"%s::{column_type}[]", to_array(values)) for column_type, values in columns.items()
        )
        need = self.env["stock.move"]._get_backorder_need_sql()
        return SQL(
            """
            SELECT line.order_id, m.id AS move_id, m.product_id, m.company_id,
                   COALESCE(so.user_id, 0) AS user_id,
                   COALESCE(plan.lacking, %(need)s) AS lacking,
                   COALESCE(plan.missing, %(need)s) AS missing,
                   plan.expected_date, plan.wish, %(promise)s AS promised,
                   m.backorder_date AS since,
                   template.is_storable IS TRUE
                   AND (m.backorder_held IS NOT TRUE OR m.backorder_retry_date > %(now)s
                        OR m.backorder_paused IS NOT TRUE
                           AND COALESCE(m.backorder_not_before <= %(now)s, TRUE)) AS can_lack
              FROM stock_move m
              JOIN product_product product ON product.id = m.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN sale_order_line line ON line.id = m.sale_line_id
              JOIN sale_order so ON so.id = line.order_id
              JOIN res_company company ON company.id = so.company_id
         LEFT JOIN UNNEST(%(arrays)s, %(wishes)s::text[])
                   AS plan(id, lacking, missing, expected_date, wish)
                ON plan.id = m.id
             WHERE m.backorder_date IS NOT NULL AND m.company_id IN %(companies)s
               AND so.id = ANY(%(scope)s::int[])
               AND m.state IN ('waiting', 'confirmed', 'partially_available')
               AND %(waits)s
            """,
            need=need,
            promise=PROMISE_SQL,
            now=fields.Datetime.now(),
            arrays=arrays,
            wishes=[line.wish for line in plan.values()],
            companies=companies._ids or (0,),
            scope=to_array(scope),
            waits=self.env["stock.move"]._get_backorder_waits_sql(),
        )
