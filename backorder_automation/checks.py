"""What a client may send: said in a sentence at the door, not by an error from below."""

from datetime import timedelta
from math import isfinite

from odoo import fields
from odoo.exceptions import UserError

# Further ahead nobody plans. Whoever means "for ever" leaves the date empty.
MAX_YEARS = 10
MAX_DAYS = MAX_YEARS * 365
# The largest number a column of whole numbers holds.
MAX_INTEGER = 2**31 - 1


def check_numbers(model, vals):
    """Make sure that values of our numeric fields are numbers the database can hold.

    :param model: the model they are written to
    :param dict vals: field name to value; fields of others are left alone
    :raises UserError: at a value that is infinite, not a number, or too large
    """
    for name, value in vals.items():
        field = model._fields.get(name)
        is_ours = field and "backorder" in f"{model._name} {name}"
        if is_ours and field.type in ("float", "integer") and not _is_number(field, value):
            raise UserError(
                model.env._(
                    "%(field)s: %(value)s is not a number that can be used.",
                    field=field._description_string(model.env) or name,
                    value=value,
                )
            )


def _is_number(field, value):
    """Return whether the column of the field can hold the value."""
    try:
        number = float(value or 0)
    except (OverflowError, TypeError, ValueError):
        return False
    return isfinite(number) and (field.type == "float" or abs(number) <= MAX_INTEGER)


def check_pause_date(model, date):
    """Make sure that a line is not paused beyond what anybody plans.

    :param model: any model, for its language
    :param date: a datetime or its text; nothing is fine
    :raises UserError: when it is more than `MAX_YEARS` years ahead
    """
    try:
        until = fields.Datetime.to_datetime(date)
    except (TypeError, ValueError):
        raise UserError(model.env._("%s is not a date.", date)) from None
    if until and until > fields.Datetime.now() + timedelta(days=MAX_DAYS):
        raise UserError(
            model.env._(
                "Nothing can be paused for more than %s years. Leave the date empty to pause it "
                "until somebody resumes it.",
                MAX_YEARS,
            )
        )
