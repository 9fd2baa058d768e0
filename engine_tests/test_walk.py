"""Reading only the heads of the queues changes nothing of what the plan says of them."""

import os
from collections import defaultdict

import pytest
from engine import EPSILON, Tails, make_plan, walk
from worlds import NOW, World

WORLDS = int(os.environ.get("BACKORDER_WORLDS", "4000"))


def walk_world(world, asked, receipts):
    """Return the plan of a world whose queues are walked, and the most rows that were read."""
    bound = {row.move_id for row in world.rows if row.bond}
    most = []

    def read(lengths):
        queues = defaultdict(list)
        for row in world.rows:
            queues[row.product_id, row.location_id].append(row.move_id)
        heads = {queue: ids[: lengths[queue]] for queue, ids in queues.items()}
        ends = {queue: ids[-1] for queue, ids in heads.items() if len(ids) < len(queues[queue])}
        chosen = bound.union(asked, *heads.values())
        rows = [row for row in world.rows if row.move_id in chosen]
        most.append(len(rows))
        return rows, Tails(ends, NOW)

    def plan(rows, tails):
        ledger = world.make_ledger(world.free, world.rows)
        bonds = world.get_bonds(rows)
        return make_plan(rows, ledger, receipts, bonds, world.window, NOW, tails=tails)

    return walk(read, plan, first=1, growth=2), max(most)


def simplify(line):
    """Return what both ways have to say alike: the numbers in the queue are another matter."""
    piles = getattr(line.served, "piles", None)
    return line._replace(place=0, turn=0), piles


@pytest.mark.parametrize("with_dates", [True, False])
@pytest.mark.parametrize("start", range(0, WORLDS, 1000))
def test_walk_says_what_the_whole_plan_says(start, with_dates):
    """Of every line that it read or was asked for; whoever it left out gets nothing, ever."""
    shorter = 0
    for seed in range(start, min(start + 1000, WORLDS)):
        world = World(seed)
        if not with_dates:
            world.window = None  # who keeps what is there asks for how long
        receipts = world.receipts if with_dates else None
        ledger = world.make_ledger(world.free, world.rows)
        bonds = world.get_bonds(world.rows)
        whole = make_plan(world.rows, ledger, receipts, bonds, world.window, NOW)
        asked = set(world.rnd.sample(sorted(whole), min(1, len(whole))))
        walked, most = walk_world(world, asked, receipts)
        assert asked <= walked.keys(), seed
        for move_id, line in whole.items():
            if move_id in walked:
                assert simplify(walked[move_id]) == simplify(line), (seed, move_id)
            else:
                assert line.served < EPSILON and line.idle < EPSILON, (seed, move_id)
                assert not line.brought and not line.expected_date, (seed, move_id)
        shorter += most < len(world.rows)
    assert shorter > 100, "the worlds are too small: nothing was left out"


@pytest.mark.parametrize(("reach", "longest"), [(None, 64), (64, 64), (8, 8)])
def test_walk_reads_no_more_than_it_may(reach, longest):
    """A queue of 50 that has something left to its end: read in steps of 1, 2, 4, and so on."""
    read = []

    def plan(rows, tails):
        tails.wanted = {"queue"} if rows < 50 else set()
        return rows

    def fetch(lengths):
        read.append(lengths["queue"])
        return lengths["queue"], Tails({}, NOW)

    made = walk(fetch, plan, first=1, growth=2, reach=reach)
    assert (made, read[-1]) == (None if longest < 50 else longest, longest)
