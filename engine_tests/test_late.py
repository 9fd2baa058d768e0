"""Late is by the day, and the day is the reader's."""

from datetime import datetime, timedelta

import pytest
import pytz
from engine.late import count_late_days, get_day, get_zone, is_past

NOON = datetime(2024, 2, 28, 12)
KIRITIMATI, SAMOA = pytz.timezone("Pacific/Kiritimati"), pytz.timezone("Pacific/Pago_Pago")


@pytest.mark.parametrize(
    ("promised", "expected", "days"),
    [
        (None, None, 0),
        (NOON, None, 0),
        (NOON - timedelta(hours=11), None, 0),
        (NOON - timedelta(hours=13), None, 1),
        (NOON + timedelta(days=5), NOON + timedelta(days=5, hours=3), 0),
        (NOON + timedelta(days=1), NOON + timedelta(days=3), 2),
        (NOON - timedelta(days=9), NOON - timedelta(days=12), 9),
    ],
)
def test_late_by_so_many_days(promised, expected, days):
    assert count_late_days(promised, expected, pytz.utc, NOON) == days
    assert is_past(promised, expected, pytz.utc, NOON) == bool(days)


def test_same_moment_is_late_for_one_reader_and_not_for_another():
    """At 12:00 in UTC it is the 29th in Kiritimati already; in Samoa it is the 28th still."""
    promised = datetime(2024, 2, 28, 9)
    assert get_day(NOON, KIRITIMATI) != get_day(NOON, SAMOA)
    assert is_past(promised, None, KIRITIMATI, NOON)
    assert not is_past(promised, None, SAMOA, datetime(2024, 2, 28, 10))


def test_short_way_says_what_the_days_say():
    """Of what is far away the time zone is not asked."""
    for zone in (pytz.utc, KIRITIMATI, SAMOA):
        for hours in range(-80, 80):
            promised = NOON + timedelta(hours=hours)
            days = count_late_days(promised, None, zone, NOON)
            assert is_past(promised, None, zone, NOON) == (days > 0), (zone, hours)


def test_ends_of_the_calendar_and_unknown_zones():
    assert get_day(datetime.max, KIRITIMATI) == datetime.max.date()
    assert get_zone("Nowhere/Land") is pytz.utc and get_zone(None) is pytz.utc
