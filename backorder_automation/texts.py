"""Dates and quantities in people's words, whatever the database has."""

from odoo.tools import format_date, format_datetime


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


def format_quantity(quantity, unit):
    """Return a quantity as people write it: 33, 1500000, 0.25.

    :param float quantity: in `unit`, a `uom.uom`
    """
    text = f"{unit.round(quantity):.10f}"
    return text.rstrip("0").rstrip(".")


def format_goods(env, quantity, unit, product):
    """Return how much of what: `33 Gadget`, or `2.5 kg Flour` where it is not counted in units.

    :param float quantity: in `unit`, a `uom.uom`
    """
    counted = env["ir.model.data"]._xmlid_to_res_id("uom.product_uom_unit", False)
    name = "" if unit.id == counted else unit.name
    words = (format_quantity(quantity, unit), name, format_product(product))
    return " ".join(filter(None, words))


def format_product(product):
    """Return the name of a `product.product` without its internal reference."""
    return product.with_context(display_default_code=False).display_name
