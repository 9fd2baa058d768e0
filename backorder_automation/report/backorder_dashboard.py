from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ..checks import check_days
from ..work import at_work
from .backorder_report import AGES

OPEN = [("state", "in", ("waiting", "released"))]
RATES = ("backorder_rate", "unit_fill_rate", "line_fill_rate", "order_fill_rate", "otif_rate")
# What of the report is counted.
COLUMNS = (
    "age",
    "backorder_date",
    "currency_id",
    "on_time",
    "on_time_rate",
    "open_quantity",
    "open_value",
    "order_id",
    "partner_id",
    "state",
)


class Counts(NamedTuple):
    """What customers wait for in all, and of how many the promise was kept."""

    lines: int
    units: float | None
    orders: int
    customers: int
    promised: int  # of how many it is known whether the promise is kept
    kept: float | None  # percent of them


class BackorderDashboard(models.AbstractModel):
    """The key figures of back orders, each with the rows behind it.

    Read with a handful of grouped queries from the two reports, with the rights of the user.
    """

    _name = "backorder.dashboard"
    _description = "Back Order Dashboard"

    @api.model
    @api.readonly
    def get_figures(self, days=90):
        """Return what the dashboard shows.

        A figure is a dict: key, label, value (text), help, model and domain of its rows, is_bad.

        :param int days: how far the rates look back, by the date of the order
        :raises UserError: when that is no number of days
        """
        check_days(self, days)
        since = fields.Datetime.to_string(fields.Datetime.now() - timedelta(days=days))
        self = at_work(self, plan={})  # one plan for all that asks who is late
        groups, counts = self._read_back_orders(since)
        return {
            "is_empty": not counts.lines
            and not self.env["backorder.report"].search_count([], limit=1),
            "is_on": self.env.company.backorder_automation,
            "open": self._get_open_figures(groups, counts),
            "ages": self._get_age_figures(groups),
            "rates": self._get_rate_figures(since, counts),
            "since": since,
        }

    @api.model
    def _read_back_orders(self, since):
        """Read the rows of the report once, with the rights of the user, and count them.

        :return: what is open, as a list of (age, currency, whether on time, lines, value), and the
            :class:`Counts` of all of it
        """
        report = self.env["backorder.report"]
        self.env.flush_all()  # the query of the report reads tables, not fields
        query = report._search(Domain(OPEN) | Domain("backorder_date", ">=", since))
        columns = [
            SQL("%s AS %s", report._field_to_sql(report._table, name, query), SQL.identifier(name))
            for name in COLUMNS
        ]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT GROUPING(age), age, currency_id, on_time,
                       COUNT(*) FILTER (WHERE is_open),
                       SUM(open_value) FILTER (WHERE is_open),
                       SUM(open_quantity) FILTER (WHERE is_open),
                       COUNT(DISTINCT order_id) FILTER (WHERE is_open),
                       COUNT(DISTINCT partner_id) FILTER (WHERE is_open),
                       COUNT(*) FILTER (WHERE is_promised),
                       AVG(on_time_rate) FILTER (WHERE is_promised)
                  FROM (SELECT *, state IN ('waiting', 'released') AS is_open,
                               on_time IS NOT NULL AND backorder_date >= %s AS is_promised
                          FROM (%s) piece) piece
              GROUP BY GROUPING SETS ((age, currency_id, on_time), ())
                """,
                since,
                query.select(*columns),
            )
        )
        currencies = self.env["res.currency"].browse(row[2] for row in rows if row[2])
        by_id = {currency.id: currency for currency in currencies}
        groups = [(row[1], by_id.get(row[2]), *row[3:6]) for row in rows if not row[0] and row[4]]
        return groups, next(Counts(row[4], *row[6:]) for row in rows if row[0])

    @api.model
    def _get_open_figures(self, groups, counts):
        """Return the figures of what customers wait for now.

        :param groups, counts: see `_read_back_orders`
        """
        counted = {
            "count": (self.env._("Lines"), counts.lines),
            "open_quantity": (self.env._("Units"), counts.units),
            "order_id": (self.env._("Orders"), counts.orders),
            "partner_id": (self.env._("Customers"), counts.customers),
        }
        overdue = [*OPEN, ("on_time", "=", "no")]
        overdue_count = sum(count for *_keys, on_time, count, _value in groups if on_time == "no")
        return [
            self._make(
                "open_value",
                self.env._("Open Value"),
                self._format_money(groups) or self._format(0),
                OPEN,
            ),
            *(
                self._make(key, label, self._format(count or 0), OPEN)
                for key, (label, count) in counted.items()
            ),
            self._make(
                "overdue",
                self.env._("Late Lines"),
                self._format(overdue_count),
                overdue,
                help=self.env._(
                    "The promised day has passed, or what is on its way comes after it."
                ),
                is_bad=overdue_count > 0,
            ),
        ]

    @api.model
    def _get_age_figures(self, groups):
        """Return one figure for each age: how many lines, and what they are worth.

        :param groups: see `_read_back_orders`
        """
        labels = dict(self.env["backorder.report"].fields_get(["age"])["age"]["selection"])
        figures = []
        for age, _label in AGES:
            rows = [row for row in groups if row[0] == age]
            figures.append(
                {
                    **self._make(
                        age,
                        labels[age],
                        self._format(sum(count for *_keys, count, _value in rows)),
                        [*OPEN, ("age", "=", age)],
                        is_bad=age == "over" and bool(rows),
                    ),
                    "note": self._format_money(rows),
                }
            )
        return figures

    @api.model
    def _format_money(self, groups):
        """Return what some groups are worth, a sum for each currency."""
        values = defaultdict(float)
        for _age, currency, _on_time, _count, value in groups:
            values[currency] += value
        return " + ".join(self._format(value, currency=one) for one, value in values.items())

    @api.model
    def _get_rate_figures(self, since, counts):
        """Return the rates of the orders since a date, and how back orders kept their promise.

        :param counts: see `_read_back_orders`
        """
        fill, report = self.env["backorder.fill.report"], self.env["backorder.report"]
        measured = [("is_measured", "=", True), ("date", ">=", since)]
        promised = [("on_time", "!=", False), ("backorder_date", ">=", since)]
        [[count, *rates]] = fill._read_group(
            measured, aggregates=["__count", *(f"{name}:avg" for name in RATES)]
        )
        behind = {
            "backorder_rate": [("backorder_rate", "=", 100)],
            "unit_fill_rate": [("unit_fill_rate", "<", 100)],
            "line_fill_rate": [("line_fill_rate", "=", 0)],
            "order_fill_rate": [("order_fill_rate", "=", 0)],
            "otif_rate": [("otif_rate", "=", 0)],
        }
        figures = [
            self._make_rate(fill._fields[name], rate, count, measured + behind[name])
            for name, rate in zip(RATES, rates, strict=True)
        ]
        late = [*promised, ("on_time", "=", "no")]
        promises = self._make_rate(
            report._fields["on_time_rate"], counts.kept, counts.promised, late
        )
        return [*figures, {**promises, "label": self.env._("Back Orders on Time")}]

    @api.model
    def _make_rate(self, field, rate, count, domain):
        """Return the figure of a rate field; a dash where there are no rows to count."""
        text = f"{self._format(rate, digits=1)} %" if count else "-"
        attributes = ["string", "help"]
        described = self.env[field.model_name].fields_get([field.name], attributes)[field.name]
        label = described["string"].removesuffix(" %")
        return self._make(
            field.name, label, text, domain, model=field.model_name, help=described["help"]
        )

    @api.model
    def _make(self, key, label, value, domain, model="backorder.report", help="", is_bad=False):
        """Return a figure; see `get_figures`."""
        return {
            "key": key,
            "label": label,
            "value": value,
            "model": model,
            "domain": list(domain),
            "help": help,
            "is_bad": is_bad,
        }

    @api.model
    def _format(self, value, digits=0, currency=None):
        """Return a number as people of the user's language write it, money in its currency."""
        return formatLang(self.env, value, digits=digits, currency_obj=currency)
