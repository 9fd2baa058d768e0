"""Dates in people's words, whatever date the database has."""

from babel.dates import format_skeleton

from odoo import fields
from odoo.tools import format_date, format_datetime, get_lang
from odoo.tools.misc import babel_locale_parse


def format_day(env, moment):
    """Return a date or datetime as a day of the user, also where the calendar ends.

    Odoo's own raises an error where the time zone of the user leads out of the years 1 to 9999.

    :param moment: a date or a datetime in UTC; nothing gives an empty text
    """
    try:
        return format_date(env, moment)
    except OverflowError:
        return format_date(env, moment.date())


def format_moment(env, moment):
    """Return a datetime as day and time of the user; see `format_day`.

    :param moment: a datetime in UTC; nothing gives an empty text
    """
    try:
        return format_datetime(env, moment)
    except OverflowError:
        return format_date(env, moment.date())


def format_short_day(env, moment):
    """Return a datetime as a day and month of the user, with the year where it is another one.

    :param datetime moment: in UTC
    """
    today = fields.Date.context_today(env.user)
    try:
        day = fields.Datetime.context_timestamp(env.user, moment).date()
    except OverflowError:
        day = moment.date()
    locale = babel_locale_parse(get_lang(env).code)
    return format_skeleton("MMMd" if day.year == today.year else "yMMMd", day, locale=locale)
