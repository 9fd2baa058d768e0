"""Queue orders: who stands ahead of whom. One class each: what ranks, what it says, its SQL.

A new one is a class and a test: see :class:`QueueOrder`.
"""

from typing import NamedTuple

from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class Key(NamedTuple):
    """What a queue order ranks by, smallest first.

    `sql` is an ORDER BY term of the query of the queue: the move is `m`, its order line `line`,
    its order `so`, the customer `customer`, the customer's company `parent`. `%(refill)s` and
    `%(deadline)s` stand for what `stock.move._get_backorder_queue_order` says of them.

    `reads` are the fields of the move it is read from. None where it takes more than the move:
    whoever compares single moves stops at such a key, and asks the queue.
    """

    sql: str
    reads: tuple | None


URGENT = Key("m.priority DESC", ("priority",))
PROMISED = Key("%(deadline)s ASC NULLS LAST", ("date_deadline",))
# Demand that was never back ordered ranks as if it became so now.
OLDEST = Key("m.backorder_date ASC NULLS LAST", ("backorder_date",))
# A part that was split off keeps the size of the whole.
SIZE = Key(
    "COALESCE(NULLIF(m.backorder_queue_qty, 0), m.product_qty) ASC",
    ("backorder_queue_qty", "product_qty"),
)
# A contact without a rank of its own has that of its company.
RANK = Key(
    "COALESCE(NULLIF(customer.backorder_rank, 0), NULLIF(parent.backorder_rank, 0)) ASC NULLS LAST",
    None,
)
# What only refills a location of ours stands behind those who wait.
REFILL = Key("%(refill)s", None)
# Every order ends on these, so it is total. A part that was split off keeps the place of the whole.
ENDS = (
    Key("COALESCE(m.backorder_queue_id, m.id)", ("backorder_queue_id", "id")),
    Key("m.id", ("id",)),
)

_orders = {}


class QueueOrder:
    """Who stands ahead of whom. A subclass with a `name` is a queue order.

    To add one here: write the class. In another addon: write the class, and let
    `res.company.backorder_queue_order` know its name with `selection_add`.
    """

    # The value of `res.company.backorder_queue_order`.
    name = ""
    # What it says to people: in the list to choose from, and in a sentence below it.
    label = ""
    help = ""
    # What ranks: the keys, the first one counts most. `ENDS` follow by themselves.
    ranks = ()

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        if cls.name:
            _orders[cls.name] = cls

    @classmethod
    def make_sql(cls, ranks=None, **terms):
        """Return the ORDER BY of the queue, in SQL.

        :param ranks: only these keys, and `ENDS`; all of them when None
        :param SQL refill: whether a move `m` only refills a location of ours
        :param SQL deadline: until when a move `m` is promised, or ranks as if it were
        """
        return SQL(", ").join(
            SQL(key.sql, **terms) for key in (*(cls.ranks if ranks is None else ranks), *ENDS)
        )


class Urgent(QueueOrder):
    """The order at install."""

    name = "urgent"
    label = "Urgent, promised date, oldest"
    help = _lt("A starred line first, then the earliest promise, then who waits longest.")
    ranks = (URGENT, REFILL, PROMISED, OLDEST)


class Oldest(QueueOrder):
    """First come, first served."""

    name = "oldest"
    label = "Oldest first"
    help = _lt("Who waits longest, starred or not.")
    ranks = (REFILL, OLDEST)


class Promised(QueueOrder):
    """The calendar alone."""

    name = "promised"
    label = "Promised date first"
    help = _lt("The earliest promise, starred or not, then who waits longest.")
    ranks = (REFILL, PROMISED, OLDEST)


class Rank(QueueOrder):
    """Some customers before others."""

    name = "rank"
    label = "Customer rank first"
    help = _lt(
        "The Back Order Rank of the contact, else of its company: 1 first, 0 is none. "
        "Then a starred line, the earliest promise, who waits longest."
    )
    # Who has no rank stands behind who has one: so does a refill.
    ranks = (RANK, URGENT, REFILL, PROMISED, OLDEST)


class Smallest(QueueOrder):
    """As many orders as possible from what there is."""

    name = "smallest"
    label = "Smallest first"
    help = _lt(
        "The smallest quantity, then a starred line, the earliest promise, who waits longest."
    )
    ranks = (REFILL, SIZE, URGENT, PROMISED, OLDEST)


# What `res.company.backorder_queue_order` offers at first: another addon adds its own there.
QUEUE_ORDERS = [(order.name, order.label) for order in _orders.values()]


def get_queue_order(name):
    """Return the :class:`QueueOrder` of a value of `res.company.backorder_queue_order`.

    :raises KeyError: when nobody wrote the class
    """
    return _orders[name]
