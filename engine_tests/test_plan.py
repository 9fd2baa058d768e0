"""Rules of the queue, each with worlds at random and with an example."""

import os

import pytest
from engine import EPSILON, CompleteOrder, Ledger, Pile, QueueRow, Receipt, make_plan
from worlds import NOW, PATHS, World, day

WORLDS = int(os.environ.get("BACKORDER_WORLDS", "4000"))


def row(move_id, need, product_id=1, location_id=1, order_id=None, **values):
    """Return a row of the queue."""
    fields = {"bond": None, "blocked": None, "blocked_until": None, "pack_size": None, "date": NOW}
    return QueueRow(
        move_id, order_id or move_id, product_id, location_id, float(need), **{**fields, **values}
    )


def receipt(on, quantity, product_id=1, location_id=1, move_id=100, **values):
    """Return a receipt `on` so many days from now."""
    return Receipt(day(on), product_id, location_id, float(quantity), move_id + on, **values)


def plan(rows, free=0, receipts=(), bonds=()):
    """Return the plan where so much of product 1 is free in Stock."""
    ledger = Ledger(PATHS, {1: {Pile(1, None): float(free)}} if free else {})
    return make_plan(rows, ledger, receipts, bonds)


def dates(made):
    """Return in how many days each line is expected, in queue order."""
    return [line.expected_date and (line.expected_date - NOW).days for line in made.values()]


# Dates


@pytest.mark.parametrize("start", range(0, WORLDS, 1000))
def test_every_expected_date_comes_true(start):
    """Replayed day by day, each line gets its last goods on the day that was said, or never."""
    for seed in range(start, min(start + 1000, WORLDS)):
        world = World(seed)
        full = world.replay()
        for move_id, line in world.plan().items():
            said = NOW if line.served > line.need - EPSILON else line.expected_date
            assert said == full.get(move_id), (seed, move_id)


def test_two_receipts_and_an_urgent_line_ahead():
    """10 on day 5 and 10 on day 12, 10 wanted ahead of 3: the 3 are there on day 12."""
    made = plan([row(1, 10), row(2, 3)], receipts=[receipt(5, 10), receipt(12, 10)])
    assert dates(made) == [5, 12]


def test_part_now_and_the_rest_later():
    made = plan([row(1, 10)], free=4, receipts=[receipt(2, 3), receipt(5, 10)])
    assert made[1].served == 4
    assert [(move_id, quantity) for move_id, quantity, _date in made[1].brought] == [
        (102, 3),
        (105, 3),
    ]
    assert dates(made) == [5]


def test_complete_order_keeps_nothing_that_comes_for_a_part_of_it():
    """The first receipt goes to the line behind: the order is complete on day 7 only."""
    order = [row(1, 5, order_id=1, bond="order"), row(2, 5, 2, order_id=1, bond="order")]
    rows = [*order, row(3, 5)]
    coming = [receipt(1, 5), receipt(3, 5, product_id=2), receipt(7, 5)]
    made = plan(rows, receipts=coming, bonds=[CompleteOrder(order)])
    assert dates(made) == [7, 7, 1]
    assert made[2].expected_move_id == 103


def test_order_that_is_never_complete_has_no_date_and_what_nobody_wants_is_noted_for_it():
    order = [row(1, 5, order_id=1, bond="order"), row(2, 5, 2, order_id=1, bond="order")]
    made = plan(order, receipts=[receipt(1, 5)], bonds=[CompleteOrder(order)])
    assert dates(made) == [None, None]
    assert (made[1].coming, made[1].missing, made[2].missing) == (5, 0, 5)


def test_line_that_waits_for_a_day_leaves_what_comes_before_to_those_behind():
    paused = row(1, 5, blocked="paused", blocked_until=day(4))
    made = plan([paused, row(2, 5)], receipts=[receipt(3, 5), receipt(9, 5)])
    assert dates(made) == [9, 3]
    assert dates(plan([paused], free=5)) == [4]


def test_overdue_receipt_without_a_date_promises_nothing():
    late = receipt(0, 5, overdue_since=day(-3), has_date=False)
    made = plan([row(1, 5), row(2, 5)], receipts=[late, receipt(6, 5)])
    assert dates(made) == [None, 6]
    assert (made[1].overdue_since, made[1].missing) == (day(-3), 0)


def test_overdue_receipt_with_a_date_counts_from_today():
    late = receipt(2, 5, overdue_since=day(-3))
    made = plan([row(1, 5)], receipts=[late])
    assert dates(made) == [2]
    assert made[1].overdue_since == day(-3)


# Who is served


def _get_usable(line, row, until=NOW):
    """Return how much of what a line is served the row could have taken, or kept until then."""
    piles = getattr(line.served, "piles", None) or {Pile(line.location_id, None): line.served}
    return sum(
        quantity
        for place, quantity in piles.items()
        if PATHS[place.location_id].startswith(PATHS[row.location_id])
        and (not place.keeps_until or place.keeps_until >= max(row.date, until))
    )


@pytest.mark.parametrize("start", range(0, WORLDS, 1000))
def test_nobody_is_served_before_somebody_ahead_who_could_use_or_keep_it(start):
    """Whoever did not get all, or keep all, could not have used what those behind got."""
    for seed in range(start, min(start + 1000, WORLDS)):
        world = World(seed)
        made = world.plan()
        for line in made.values():
            short = next(row for row in world.rows if row.move_id == line.move_id)
            keepers = {other.order_id for other in made.values() if other.kept}
            is_served = line.served + line.kept > line.need - EPSILON
            if short.bond and line.order_id not in keepers or short.blocked or is_served:
                continue
            usable = sum(
                _get_usable(other, short, line.kept_until or NOW)
                for other in made.values()
                if other.turn > line.turn and other.product_id == line.product_id
            )
            assert usable < (short.pack_size or EPSILON), (seed, line.move_id)


@pytest.mark.parametrize("start", range(0, WORLDS, 1000))
def test_nothing_is_given_twice(start):
    """What is served, idle and coming is never more than there is."""
    for seed in range(start, min(start + 1000, WORLDS)):
        world = World(seed)
        made = world.plan()
        for product_id in world.products:
            there = sum(world.free.get(product_id, {}).values())
            coming = sum(r.quantity for r in world.receipts if r.product_id == product_id)
            lines = [line for line in made.values() if line.product_id == product_id]
            assert sum(line.served + line.idle for line in lines) < there + EPSILON, seed
            assert sum(line.served + line.kept for line in lines) < there + EPSILON, seed
            assert sum(line.coming for line in lines) < coming + EPSILON, seed
            assert all(line.missing > -EPSILON for line in lines), seed
