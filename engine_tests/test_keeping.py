"""What orders that ship complete keep, and for how long."""

from datetime import timedelta
from random import Random

import pytest
from engine import EPSILON, CompleteOrder, Ledger, Pile, Receipt, make_plan
from test_plan import WORLDS, dates, receipt, row
from worlds import NOW, PATHS, World, day

A, B = 1, 2


def order(order_id=1, first=1, quantity=5, **values):
    """Return the rows of an order of A and B that ships complete."""
    values = {"order_id": order_id, "bond": "order", **values}
    return [row(first, quantity, A, **values), row(first + 1, quantity, B, **values)]


def plan(rows, free=5, receipts=(), keep_days=3, since=None):
    """Return the plan where so much of A is free, and orders may keep it for some days."""
    groups = {}
    for one in rows:
        if one.bond:
            groups.setdefault(one.order_id, []).append(one)
    bonds = {order_id: CompleteOrder(group) for order_id, group in groups.items()}
    ledger = Ledger(PATHS, {A: {Pile(1, None): float(free)}})
    kept = {bonds[order_id]: date for order_id, date in (since or {}).items()}
    window = timedelta(days=keep_days) if keep_days else None
    return make_plan(rows, ledger, receipts, bonds.values(), window, NOW, kept)


def get_kept(made):
    return [(line.kept, line.served) for line in made.values()]


def test_order_keeps_what_is_there_when_the_rest_comes_in_time():
    made = plan([*order(), row(3, 5)], receipts=[receipt(3, 5, B), receipt(5, 5)])
    assert get_kept(made) == [(5, 0), (0, 0), (0, 0)]
    assert dates(made) == [3, 3, 5]
    assert made[1].kept_until == day(3)
    assert made[2].kept_until is None


@pytest.mark.parametrize("keep_days", [None, 2])
def test_order_keeps_nothing_when_the_rest_comes_later_or_the_setting_is_off(keep_days):
    made = plan([*order(), row(3, 5)], receipts=[receipt(3, 5, B)], keep_days=keep_days)
    assert get_kept(made) == [(0, 0), (0, 0), (0, 5)]


def test_order_keeps_nothing_when_the_rest_is_not_ordered():
    assert get_kept(plan([*order(), row(3, 5)])) == [(0, 0), (0, 0), (0, 5)]
    made = plan([*order(), row(3, 5)], receipts=[receipt(3, 4, B)])
    assert get_kept(made) == [(0, 0), (0, 0), (0, 5)]


def test_what_is_overdue_or_a_wish_lets_nobody_wait():
    late = receipt(1, 5, B, overdue_since=day(-2))
    assert get_kept(plan([*order(), row(3, 5)], receipts=[late]))[2] == (0, 5)
    wish = receipt(1, 5, B, wish="P1")
    assert get_kept(plan([*order(), row(3, 5)], receipts=[wish]))[2] == (0, 5)


def test_those_ahead_are_served_and_may_count_on_what_comes_first():
    made = plan([row(3, 5), *order()], receipts=[receipt(1, 5, B), receipt(2, 5)])
    assert get_kept(made) == [(0, 5), (0, 0), (0, 0)]
    made = plan([row(3, 5, B), *order(), row(4, 5)], receipts=[receipt(1, 5, B)])
    assert get_kept(made)[3] == (0, 5), "B is for who is ahead: the order is never complete"


def test_two_orders_keep_one_behind_the_other():
    rows = [*order(1, 1), *order(2, 3), row(5, 5)]
    made = plan(rows, free=10, receipts=[receipt(1, 5, B), receipt(2, 5, B)])
    assert [line.kept for line in made.values()] == [5, 0, 5, 0, 0]
    made = plan(rows, free=10, receipts=[receipt(1, 5, B)])
    assert [(line.kept, line.served) for line in made.values()][2:] == [(0, 0), (0, 0), (0, 5)]


def test_only_what_is_needed_is_kept():
    made = plan([*order(), row(3, 5)], free=7, receipts=[receipt(3, 5, B)])
    assert get_kept(made) == [(5, 0), (0, 0), (0, 2)]


def test_order_of_which_a_line_is_paused_keeps_nothing():
    first, second = order()
    paused = second._replace(blocked="paused", blocked_until=day(1))
    made = plan([first, paused, row(3, 5)], receipts=[receipt(1, 5, B)])
    assert get_kept(made)[2] == (0, 5)


def test_goods_that_expire_before_the_rest_comes_are_not_kept():
    ledger = Ledger(PATHS, {A: {Pile(1, day(2)): 5.0}})
    rows = [*order(), row(3, 5)]
    window = timedelta(days=9)
    for on, kept in ((2, 5), (3, 0)):
        bond = CompleteOrder(rows[:2])
        made = make_plan(rows, ledger.make_twin(), [receipt(on, 5, B)], [bond], window, NOW)
        assert made[1].kept == kept


def test_nobody_waits_longer_though_the_rest_is_late_again_and_again():
    """Each day the receipt is put off by a day: it is always expected in time."""
    rows, since, kept = [*order(), row(3, 5)], {}, []
    for number in range(8):
        began = {1: since[1] - timedelta(days=number)} if since else {}
        made = plan(rows, receipts=[receipt(2, 5, B)], since=began)
        kept.append(made[1].kept)
        now = NOW + timedelta(days=number)
        since = {1: since.get(1, now)} if made[1].kept else {}
    # Kept for three days from the first one on: on the second day it still fits, then no more.
    assert kept[:3] == [5, 5, 0]
    assert made[3].served == (0 if kept[-1] else 5)


def _live(window, rows_of_day, days=40):
    """Run the queue each day; return on which one the order of A and B ships, None for never.

    A comes on even days and B on odd ones, one of each. Everybody knows that.
    """
    waiting, free = order(quantity=1), {A: 0.0, B: 0.0}
    since = None
    receipts = [
        Receipt(day(number), A if number % 2 == 0 else B, 1, 1.0, 1000 + number)
        for number in range(days + 10)
    ]
    for number in range(days):
        now = day(number)
        free[receipts[number].product_id] += 1.0
        waiting += rows_of_day(number)
        bonds = [CompleteOrder(rows) for rows in [[r for r in waiting if r.bond]] if rows]
        ledger = Ledger(PATHS, {key: {Pile(1, None): left} for key, left in free.items()})
        kept = {bonds[0]: since} if since else {}
        coming = receipts[number + 1 :]
        made = make_plan(waiting, ledger, coming, bonds, window, now, kept)
        if made[1].served:
            return number
        since = (since or now) if any(line.kept for line in made.values()) else None
        for line in made.values():
            free[line.product_id] -= line.served
        waiting = [r for r in waiting if made[r.move_id].served < EPSILON]
    return None


def test_order_of_a_and_b_is_not_passed_over_for_ever():
    """Each day somebody new takes what came: never both are there, unless one is kept."""

    def newcomer(number):
        return [row(100 + number, 1, A if number % 2 == 0 else B)]

    assert _live(None, newcomer) is None
    assert _live(timedelta(days=1), newcomer) == 1


def test_order_keeps_nothing_for_ever_where_the_rest_never_comes_in_time():
    assert _live(timedelta(hours=1), lambda number: [row(100 + number, 1, 1 + number % 2)]) is None


# Wishes


def test_wish_gives_a_date_and_nothing_else():
    wish = receipt(4, 5, wish="P1", move_id=-200)
    made = plan([row(1, 5), row(2, 5)], free=5, receipts=[wish])
    assert (made[2].expected_date, made[2].wish, made[2].sure_date) == (day(4), "P1", None)
    assert (made[2].coming, made[2].missing, made[2].expected_move_id) == (0, 5, None)
    assert made[1].wish is None


def test_receipt_that_comes_sooner_is_no_wish():
    wish = receipt(4, 5, wish="P1", move_id=-200)
    made = plan([row(1, 5)], free=0, receipts=[receipt(2, 5), wish])
    assert (made[1].expected_date, made[1].wish) == (day(2), None)


def test_who_is_served_because_somebody_ahead_takes_a_wish_says_so():
    wish = receipt(1, 5, wish="P1", move_id=-200)
    made = plan([row(1, 5), row(2, 5)], free=0, receipts=[wish, receipt(2, 5), receipt(8, 5)])
    assert [(line.expected_date, line.wish) for line in made.values()] == [
        (day(1), "P1"),
        (day(2), "P1"),
    ]
    assert [line.sure_date for line in made.values()] == [day(2), day(8)]


def test_whole_order_rests_on_the_wish_for_a_part_of_it():
    made = plan(order(), receipts=[receipt(2, 5, B, wish="P1", move_id=-200)], keep_days=None)
    assert [(line.expected_date, line.wish) for line in made.values()] == [(day(2), "P1")] * 2


def test_wish_that_is_overdue_and_that_nobody_dates_gives_none():
    wish = receipt(1, 5, wish="P1", move_id=-200, overdue_since=day(-2), has_date=False)
    made = plan([row(1, 5)], free=0, receipts=[wish])
    assert (made[1].expected_date, made[1].wish, made[1].overdue_since) == (None, None, None)


@pytest.mark.parametrize("start", range(0, WORLDS, 1000))
def test_wishes_bring_dates_forward_and_change_nothing_else(start):
    for seed in range(start, min(start + 1000, WORLDS)):
        world, rnd = World(seed), Random(seed + 1)
        wishes = [
            Receipt(
                day(rnd.randint(0, 8)),
                rnd.choice(world.products),
                rnd.choice([1, 2]),
                float(rnd.randint(1, 9)),
                -number,
                wish=f"P{number}",
            )
            for number in range(1, rnd.randint(2, 4))
        ]
        for sure, hoped in zip(world.plan().values(), world.plan(wishes).values(), strict=True):
            assert sure.expected_date == sure.sure_date == hoped.sure_date, seed
            assert (hoped.wish is None) == (hoped.expected_date == hoped.sure_date), seed
            if sure.sure_date:
                assert hoped.expected_date <= sure.sure_date, seed
            same = {"expected_date": None, "expected_move_id": None, "wish": None}
            assert hoped._replace(**same) == sure._replace(**same), seed
