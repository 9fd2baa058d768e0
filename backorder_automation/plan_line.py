from datetime import datetime
from typing import NamedTuple


class BackorderQueueRow(NamedTuple):
    """What the plan knows of one move when its turn comes. In queue order, read in SQL."""

    move_id: int
    order_id: int
    product_id: int
    location_id: int
    need: float  # in the unit of the product
    bond: str | None  # what it is served together with, see `_get_backorder_bond`
    blocked: str | None  # why it takes nothing now: a key of `backorder.reason.mixin`
    paused_until: datetime | None  # datetime.max for a pause without an end
    pack_size: float | None  # only full packs, of so many units of the product
    date: datetime  # when it is to leave: its goods have to keep until then


class Share(float):
    """What the plan gives, in the unit of the product, and from where (`places`).

    Only where that matters: of goods that expire, or that some who wait take only from a part of
    where others take. Whoever takes anything else takes what they could have nowhere else.
    """

    places = None  # a dict of `supply.Place` to a quantity


class BackorderPlanLine(NamedTuple):
    """What the plan gives one move. Quantities are in the unit of the product."""

    move_id: int
    order_id: int
    product_id: int
    location_id: int
    place: int  # 1 is the head of the queue of this product in this location
    need: float
    served: float  # from stock that is free now; a `Share` where it matters from where
    expected_date: datetime | None  # when the rest is there; None when it is not ordered
    expected_move_id: int | None  # what brings the last of it
    reason: str  # served, short, complete, or why it is blocked; `backorder_reason_code` says more
    idle: float = 0.0  # free too, but of no use yet: the rest of the order or of a pack lacks
    brought: tuple = ()  # what is on its way for the rest: (move id, quantity, date), by date
    turn: int = 0  # when it had its turn: with the best line of what it is served together with

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
        return self.need - self.served - self.idle - self.coming
