"""What a client may send: said in a sentence at the door, not by an error from below."""

from datetime import timedelta
from math import isfinite

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command

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
        if is_ours and _holds_number(field, value) and not _is_number(field, value):
            raise UserError(
                model.env._(
                    "%(field)s: %(value)s is not a number that can be used.",
                    field=field._description_string(model.env) or name,
                    value=value,
                )
            )


def _holds_number(field, value):
    """Return whether the column of the field takes the value as a number; an id is one."""
    is_id = field.type == "many2one" and isinstance(value, int)
    return is_id or field.type in ("float", "integer")


def _is_number(field, value):
    """Return whether the column of the field can hold the value."""
    try:
        number = float(value or 0)
    except (OverflowError, TypeError, ValueError):
        return False
    return isfinite(number) and (field.type == "float" or abs(number) <= MAX_INTEGER)


def check_days(model, days):
    """Make sure that a number of days to look back leads to a day.

    :param model: any model, for its language
    :param days: what a client sends
    :raises UserError: when it is no whole number, negative, or more than `MAX_DAYS`
    """
    if not isinstance(days, int) or not 0 <= days <= MAX_DAYS:
        raise UserError(
            model.env._("Days to look back are a number from 0 to %(days)s.", days=MAX_DAYS)
        )


def check_commands(model, commands):
    """Make sure that a client names records the way Odoo does.

    :param model: any model, for its language
    :param commands: the value of a many2many or one2many field, as the web client sends it
    :raises UserError: when it is no list of ids and commands, or an id is no number
    """
    if not isinstance(commands, list | tuple) or not all(map(_is_command, commands)):
        raise UserError(model.env._("This does not say which records are meant."))


def _is_command(command):
    """Return whether this is an id, or a command of Odoo's whose ids are numbers."""
    if isinstance(command, int):
        return True
    if not isinstance(command, list | tuple) or not command:
        return False
    if command[0] == Command.SET:
        ids = command[2] if len(command) > 2 else None
        return isinstance(ids, list | tuple) and all(isinstance(one, int) for one in ids)
    if command[0] == Command.LINK:
        return len(command) > 1 and isinstance(command[1], int)
    if command[0] in (Command.CREATE, Command.UPDATE):
        return len(command) > 2 and isinstance(command[2] or {}, dict)
    return command[0] in (Command.DELETE, Command.UNLINK, Command.CLEAR)


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
