"""What is late: by the day of whoever reads."""

from datetime import timedelta

import pytz


def get_zone(name):
    """Return the time zone of a name; UTC where there is none of that name."""
    try:
        return pytz.timezone(name) if name else pytz.utc
    except pytz.UnknownTimeZoneError:
        return pytz.utc


def get_day(moment, zone):
    """Return the day of a moment.

    :param datetime moment: naive, in UTC
    :param zone: a time zone
    """
    if zone is pytz.utc:
        return moment.date()
    try:
        return pytz.utc.localize(moment).astimezone(zone).date()
    except OverflowError:  # where the calendar ends
        return moment.date()


def count_late_days(promised, expected, zone, now):
    """Return by how many days a promise is missed, as far as is known.

    :param promised: the promise, a datetime; None or False where there is none
    :param expected: when it is expected, a datetime; None or False where nobody knows
    :param zone: the time zone that makes the days
    :param datetime now: the moment of asking
    :return: 0 where it is not late
    """
    if not promised:
        return 0
    reached = get_day(now, zone)
    if expected:
        reached = max(reached, get_day(expected, zone))
    return max(0, (reached - get_day(promised, zone)).days)


def is_past(promised, expected, zone, now):
    """Return whether a promise has passed, or what is expected comes after it.

    :param promised, expected, zone, now: see :func:`count_late_days`
    """
    if not promised:
        return False
    over = (max(now, expected) if expected else now) - promised
    # Only what is close needs the time zone, which is slow for a long queue.
    if over <= timedelta(0) or over > timedelta(days=2):
        return over > timedelta(0)
    return count_late_days(promised, expected, zone, now) > 0
