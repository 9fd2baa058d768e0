"""What goes into the engine and what comes out. Quantities are in the unit of the product."""

from datetime import datetime
from typing import NamedTuple

# A quantity below this is nothing. Odoo's finest unit precision is far above it.
EPSILON = 1e-6
# When a pause without an end is over.
FOREVER = datetime.max


class Pile(NamedTuple):
    """Where goods are that keep until the same date, and what brings them if they are to come."""

    location_id: int
    keeps_until: datetime | None
    move_id: int | None = None
    date: datetime | None = None


class Share(float):
    """What the plan gives, and from where (`piles`).

    Only where that matters: of goods that expire, or that some who wait take only from a part of
    where others take. Whoever takes anything else takes what they could have nowhere else.
    """

    piles = None  # a dict of `Pile` to a quantity


class QueueRow(NamedTuple):
    """One move that wants goods, in its place in the queue."""

    move_id: int
    order_id: int | None
    product_id: int
    location_id: int  # it takes from there and from everything below
    need: float
    bond: str | None  # what it is served together with
    blocked: str | None  # why it takes nothing now: a reason
    blocked_until: datetime | None  # `FOREVER` when nobody knows
    pack_size: float | None  # only full packs, of so many units of the product
    date: datetime  # when it is to leave: its goods have to keep until then
    is_held: bool = True  # a back order without a transfer; else it waits in one


class Receipt(NamedTuple):
    """What is on its way."""

    date: datetime
    product_id: int
    location_id: int
    quantity: float
    move_id: int
    overdue_since: datetime | None = None  # when it should have been there
    has_date: bool = True  # False: it is overdue, and nobody knows when it comes
    wish: str | None = None  # the name of what is not ordered yet; `move_id` is no move then


class PlanLine(NamedTuple):
    """What the plan gives one move."""

    move_id: int
    order_id: int | None
    product_id: int
    location_id: int
    place: int  # 1 is the head of the queue of this product in this location
    need: float
    served: float  # from stock that is free now; a `Share` where it matters from where
    expected_date: datetime | None  # when all of it is there; None when nobody knows
    expected_move_id: int | None  # what brings the last of it
    reason: str  # served, short, or why it takes nothing
    idle: float = 0.0  # free too, but of no use yet: the rest of the order or of a pack lacks
    brought: tuple = ()  # what is on its way for the rest: (move id, quantity, date), by date
    turn: int = 0  # when it had its turn: with the best line of what it is served together with
    is_held: bool = True
    overdue_since: datetime | None = None  # the oldest date that what is on its way has missed
    kept: float = 0.0  # free, and kept for it alone until the rest of its order is there
    kept_until: datetime | None = None
    sure_date: datetime | None = None  # the expected date where no wish comes true
    wish: str | None = None  # what the expected date rests on, though nobody has ordered it yet

    @property
    def lacking(self):
        """What stock does not cover, used now or not."""
        return self.need - self.served - self.idle

    @property
    def coming(self):
        """What is on its way for the rest."""
        return sum(quantity for _move_id, quantity, _date in self.brought)

    @property
    def missing(self):
        """What is neither free nor on its way: nobody has ordered it yet.

        Of what has no stock any more nothing has to be ordered for it.
        """
        if self.reason == "untracked":
            return 0.0
        return self.lacking - self.coming
