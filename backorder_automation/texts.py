"""Dates and quantities in people's words, whatever the database has."""

from babel.dates import format_skeleton

from odoo import fields
from odoo.tools import format_date, format_datetime, get_lang
from odoo.tools.misc import babel_locale_parse, formatLang


def format_day(env, moment):
    """Return a date or datetime as a day of the user, also where the calendar ends.

    Odoo's own raises an error where the time zone of the user leads out of the years 1 to 9999.

    :param moment: a date or a datetime in UTC; nothing gives an empty text
    """
    try:
        return format_date(env, moment)
    except OverflowError:
        return format_date(env, moment.date())


def format_moment(env, moment, dt_format=None):
    """Return a datetime as day and time of the user; see `format_day`.

    :param moment: a datetime in UTC; nothing gives an empty text
    :param str dt_format: `short` leaves out the seconds; else as the language has it
    """
    try:
        return format_datetime(env, moment, dt_format=dt_format or False)
    except OverflowError:
        return format_date(env, moment.date())


def format_quantity(env, quantity, unit):
    """Return a quantity with only the decimals it has, and its unit where that says anything.

    :param float quantity: in the unit
    :param unit: the `uom.uom` it is in; "Units" are not named
    """
    decimals = f"{unit.round(quantity):f}".rstrip("0").partition(".")[2]
    text = formatLang(env, quantity, digits=len(decimals))
    piece_id = env["ir.model.data"]._xmlid_to_res_id("uom.product_uom_unit", False)
    return text if unit.id == piece_id else f"{text} {unit.name}"


def format_goods(env, quantity, unit, product):
    """Return how much of what: `33 Gadget`, or `2.5 kg Flour` where it is not counted in units.

    :param float quantity: in `unit`, a `uom.uom`
    """
    return f"{format_quantity(env, quantity, unit)} {format_product(product)}"


def format_product(product):
    """Return the name of a `product.product` without its internal reference."""
    return product.with_context(display_default_code=False).display_name


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
