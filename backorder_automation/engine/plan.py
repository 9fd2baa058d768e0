"""Serve the queue now, and again on each day on which something comes."""

from collections import defaultdict

from .projection import project
from .rows import EPSILON, PlanLine
from .tails import Tails


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
        "place",
        "reason",
        "row",
        "served",
        "turn",
    )

    def __init__(self, row, turn, place):
        self.row, self.turn, self.place = row, turn, place
        self.left = row.need
        self.served, self.idle, self.brought = 0.0, 0.0, []
        self.is_dated = True
        self.reason = self.bond = None
        self.expected_date = self.expected_move_id = self.overdue_since = None

    def give(self, served, reason):
        """Note what the row gets now, and why not more."""
        self.served, self.reason = served, reason
        self.left = self.row.need - served

    def note(self, places, overdue):
        """Note what the row gets later.

        :param dict places: `Place` to a quantity
        :param dict overdue: id of the move that brings it to its overdue :class:`Receipt`
        """
        for place, quantity in places.items():
            self.left -= quantity
            if place.move_id is None:
                self.idle += quantity
                continue
            self.brought.append((place.move_id, quantity, place.date))
            receipt = overdue.get(place.move_id)
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
        )


def make_plan(rows, ledger, receipts=(), bonds=(), tails=None):
    """Give each row what is free when its turn comes, and say when it gets the rest.

    Pure: it reads and writes nothing but its arguments. The ledger is used up.

    :param list rows: :class:`QueueRow`, in queue order
    :param Ledger ledger: what is free now
    :param receipts: :class:`Receipt`, what is on its way; None where nobody asks when
    :param bonds: :class:`Together`, the rows that are served together
    :param Tails tails: what the rows leave out, see :func:`walk`; nothing when None
    :return: a dict of move id to :class:`PlanLine`, in queue order
    """
    lines = _queue_up(rows, bonds)
    tails = tails or Tails()
    tails.find_turns(lines)
    _serve_now(lines, ledger)
    tails.look(ledger, (line for line in lines.values() if line.served > EPSILON))
    if receipts is not None:
        project(lines, ledger, receipts, tails)
    return {move_id: line.make() for move_id, line in lines.items()}


def _queue_up(rows, bonds):
    """Return {move id: Line} with its place, and its turn: that of the first it is bound to."""
    lines, places = {}, defaultdict(int)
    for turn, row in enumerate(rows):
        places[row.product_id, row.location_id] += 1
        place = places[row.product_id, row.location_id]
        lines[row.move_id] = Line(row, turn, place)
    for bond in bonds:
        turn = min(lines[row.move_id].turn for row in bond.rows)
        for row in bond.rows:
            lines[row.move_id].bond, lines[row.move_id].turn = bond, turn
    return lines


def _serve_now(lines, ledger):
    """Walk the queue once and give each line what is free when its turn comes."""
    for line in lines.values():
        row = line.row
        if line.reason:
            continue
        if line.bond:
            taken, reasons = line.bond.serve(line.bond.rows, ledger)
            for move_id, reason in reasons.items():
                lines[move_id].give(taken.get(move_id, 0.0), reason)
        elif row.blocked:
            line.give(0.0, row.blocked)
        else:
            served = ledger.serve(row, row.need)
            line.give(served, "served" if served > row.need - EPSILON else "short")
