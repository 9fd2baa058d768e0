"""What is promised to a customer, and what is late: the one definition, in Python and in SQL.

A promise is a date a person gave: the delivery date of the order. Where the company says that it
promises by lead time, an order without one promises what Odoo expects of the lead time of its
lines. Everything else has no promise, and is never late.

Late is by the day: the promise has passed, or what is expected comes after it. A day is one in the
time zone of whoever reads, as the screens show it; activities take that of the salesperson.
"""

import pytz

from odoo import fields
from odoo.tools import SQL

from .engine.late import count_late_days, is_past
from .engine.late import get_day as get_day
from .engine.late import get_zone as get_zone


def make_lead_sql(ordered, lead):
    """Return what the lead time of a confirmed order line gives, in SQL: Odoo's `_expected_date()`.

    :param SQL ordered: the date of the order
    :param SQL lead: the lead time of the line, in days
    """
    return SQL("%s + %s * INTERVAL '1 day'", ordered, lead)


def make_promise_sql(committed, by_lead, lead_date):
    """Return the promise of an order line in SQL.

    In Python it is `sale.order.line._get_backorder_promised_date`.

    :param SQL committed: the delivery date of the order
    :param SQL by_lead: whether its company promises by lead time
    :param SQL lead_date: see :func:`make_lead_sql`
    """
    return SQL("COALESCE(%s, CASE WHEN %s THEN %s END)", committed, by_lead, lead_date)


# In a query that calls the order `so`, its line `line` and their company `company`.
LEAD_SQL = make_lead_sql(SQL("so.date_order"), SQL("line.customer_lead"))
PROMISE_SQL = make_promise_sql(
    SQL("so.commitment_date"), SQL("company.backorder_promise_by_lead"), LEAD_SQL
)


def get_late_days(promised, expected, zone):
    """Return by how many days a promise is missed, as far as is known now: 0 where it is not."""
    return count_late_days(promised, expected, zone, fields.Datetime.now())


def is_late(promised, expected, zone):
    """Return whether a promise has passed, or what is expected comes after it."""
    return is_past(promised, expected, zone, fields.Datetime.now())


def make_day_sql(moment, zone):
    """Return the day of a moment in SQL.

    :param SQL moment: a timestamp, in UTC
    :param zone: a time zone, as `env.tz`, or the name of one in SQL
    """
    if zone is pytz.utc:
        return SQL("(%s)::date", moment)
    name = zone if isinstance(zone, SQL) else zone.zone
    return SQL("timezone(%s, timezone('UTC', %s))::date", name, moment)


def make_late_sql(promised, expected, zone):
    """Return :func:`is_late` in SQL; never NULL.

    :param SQL promised, expected: timestamps in UTC, or NULL
    :param zone: the time zone that makes the days, or the name of one in SQL
    """
    return SQL(
        "COALESCE(GREATEST(%s, %s) > %s, FALSE)",
        make_day_sql(SQL("%s::timestamp", fields.Datetime.now()), zone),
        make_day_sql(expected, zone),
        make_day_sql(promised, zone),
    )
