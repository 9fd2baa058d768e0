"""Serve the queue now, and again on each day on which something comes."""

from collections import defaultdict

from .keeping import Keeping
from .projection import project
from .rows import EPSILON, PlanLine
from .tails import Tails
from .wishes import bring_forward


class Line:
    """A row of the queue while the plan is made."""

    __slots__ = (
        "brought",
        "bond",
        "expected_date",
        "expected_move_id",
        "idle",
        "left",
        "overdue_since",
        "is_dated",
        "kept",
        "kept_until",
        "place",
        "reason",
        "row",
        "served",
        "sure_date",
        "turn",
        "wish",
    )

    def __init__(self, row, turn, place):
        self.row, self.turn, self.place = row, turn, place
        self.left = row.need
        self.served, self.idle, self.brought = 0.0, 0.0, []
        self.is_dated = True
        self.reason = self.bond = None
        self.expected_date = self.expected_move_id = self.overdue_since = None
        self.kept, self.kept_until = 0.0, None
        self.sure_date = self.wish = None

    def give(self, served, reason):
        """Note what the row gets now, and why not more."""
        self.served, self.reason = served, reason
        self.left = self.row.need - served

    def keep(self, kept, until):
        """Note what is kept for the row while the rest of its order is on its way."""
        if kept > EPSILON:
            self.kept, self.kept_until = kept, until

    def note(self, piles, overdue):
        """Note what the row gets later.

        :param dict piles: `Pile` to a quantity
        :param dict overdue: id of the move that brings it to its overdue :class:`Receipt`
        """
        for pile, quantity in piles.items():
            self.left -= quantity
            if pile.move_id is None:
                self.idle += quantity
                continue
            self.brought.append((pile.move_id, quantity, pile.date))
            receipt = overdue.get(pile.move_id)
            if receipt:
                missed = receipt.overdue_since
                self.overdue_since = min(missed, self.overdue_since or missed)
                self.is_dated = self.is_dated and receipt.has_date

    def make(self):
        """Return the :class:`PlanLine`."""
        row = self.row
        return PlanLine(
            row.move_id,
            row.order_id,
            row.product_id,
            row.location_id,
            self.place,
            row.need,
            self.served,
            self.expected_date,
            self.expected_move_id,
            self.reason,
            self.idle,
            tuple(sorted(self.brought, key=lambda part: part[2])) if self.brought else (),
            self.turn,
            row.is_held,
            self.overdue_since,
            self.kept,
            self.kept_until and (self.sure_date or self.kept_until),
            self.sure_date,
            self.wish,
        )


def make_plan(rows, ledger, receipts=(), bonds=(), window=None, now=None, since=(), tails=None):
    """Give each row what is free when its turn comes, and say when it gets the rest.

    Pure: it reads and writes nothing but its arguments. The ledger is used up.

    :param list rows: :class:`QueueRow`, in queue order
    :param Ledger ledger: what is free now
    :param receipts: :class:`Receipt`, what is on its way; None where nobody asks when
    :param bonds: :class:`Together`, the rows that are served together
    :param timedelta window: orders that ship complete keep what is free where all of it is there
        within so long; nothing where it is None
    :param datetime now: when the plan is made; asked for with a window only
    :param dict since: bond to since when it has kept something
    :param Tails tails: what the rows leave out, see :func:`walk`; nothing when None
    :return: a dict of move id to :class:`PlanLine`, in queue order
    """
    tails = tails or Tails()
    sure = receipts and [receipt for receipt in receipts if not receipt.wish]
    hopes = ledger.make_twin() if receipts and len(sure) < len(receipts) else None
    lines = _serve(rows, ledger, sure, bonds, window and Keeping(now, window, since), tails)
    for line in lines.values():
        line.sure_date = line.expected_date
    if hopes:
        keeping = window and Keeping(now, window, since)
        bring_forward(lines, _serve(rows, hopes, receipts, bonds, keeping, tails), receipts)
    return {move_id: line.make() for move_id, line in lines.items()}


def _serve(rows, ledger, receipts, bonds, keeping, tails):
    """Return {move id: Line} of the queue, served now and, where somebody asks when, over time."""
    coming = sorted(receipts or (), key=lambda receipt: receipt.date)
    lines = _queue_up(rows, bonds)
    tails.find_turns(lines)
    if not any(bond.is_keeping for bond in bonds):
        keeping = None
    _serve_now(lines, ledger, coming, keeping, tails)
    if receipts is not None:
        project(lines, ledger, coming, keeping, tails)
    return lines


def _queue_up(rows, bonds):
    """Return {move id: Line} with its place, and its turn: that of the first it is bound to."""
    lines, counts = {}, defaultdict(int)
    for turn, row in enumerate(rows):
        counts[row.product_id, row.location_id] += 1
        place = counts[row.product_id, row.location_id]
        lines[row.move_id] = Line(row, turn, place)
    for bond in bonds:
        turn = min(lines[row.move_id].turn for row in bond.rows)
        for row in bond.rows:
            lines[row.move_id].bond, lines[row.move_id].turn = bond, turn
    return lines


def _serve_now(lines, ledger, receipts, keeping, tails):
    """Walk the queue once and give each line what is free when its turn comes."""
    if keeping:
        keeping.start(ledger, receipts)
    for line in lines.values():
        row = line.row
        if line.reason:
            continue
        if line.bond:
            _serve_bond(line.bond, lines, ledger, keeping)
        elif row.blocked:
            line.give(0.0, row.blocked)
        else:
            served = ledger.serve(row, row.need)
            line.give(served, "served" if served > row.need - EPSILON else "short")
            if keeping:
                keeping.claim(row, line.left)
    tails.look(ledger, [line for line in lines.values() if line.served + line.kept > EPSILON])
    if keeping:
        keeping.finish(ledger)


def _serve_bond(bond, lines, ledger, keeping):
    """Give the lines of a bond what is free for them, or let them keep it."""
    taken, reasons = bond.serve(bond.rows, ledger)
    for move_id, reason in reasons.items():
        lines[move_id].give(taken.get(move_id, 0.0), reason)
    if keeping:
        kept, until = keeping.keep(bond, bond.rows, taken, ledger)
        for move_id, quantity in kept.items():
            lines[move_id].keep(quantity, until)
