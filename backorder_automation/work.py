"""What our own code tells itself while methods of Odoo stand in between.

It travels in one context key, and only as an instance of a class of ours. A context arrives from
clients too, as JSON, which can make no such instance: whatever else stands in the key says nothing.
"""

from dataclasses import dataclass, replace

from .batch import Batch

CTX_WORK = "backorder_automation_work"

# Key in the values of a new move: what the move it is split from hands on (:class:`History`).
HISTORY = "backorder_history"


@dataclass(frozen=True, eq=False, slots=True)
class BackorderWork:
    """What a release, the guard, a page or a preview tells whatever it sets in motion.

    Never changed, only replaced: see :func:`at_work`. Compared by identity, so that it may stand
    in a context.
    """

    # How much each move may reserve: move id to a quantity in the unit of the product. The guard
    # and the release set it; an empty dict lets everything through. While it is set nothing wakes
    # the jobs: a release that unreserves would wake itself for ever.
    allowance: dict | None = None
    # From where the move at hand may reserve: `engine.Pile` to a quantity in the unit of the
    # product. The rest is for those who can take nothing else.
    piles: dict | None = None
    # Odoo's scheduler is at work, and commits each batch: it may look again at what it reserves.
    scheduled: bool = False
    # Held demand stays out of searches for moves to reserve, which Odoo would load one by one only
    # to reserve nothing for them.
    without_held: bool = False
    # Odoo splits held demand as whoever acts: what the part gets, the whole loses.
    splits: bool = False
    # The stock of a batch while it is reserved: Odoo searches twice for each line, and locks and
    # creates line by line.
    batch: Batch | None = None
    # The note on where a new transfer comes from is left to the release, which writes those of the
    # batch together: posting them one by one costs six queries each.
    without_origin_note: bool = False
    # Keeps the plan while one read of the web client asks for it again and again: for the rows,
    # their number and each column of the kanban. Nothing is written meanwhile.
    plan: dict | None = None
    # What customers would be told, were a shortfall held now: order line id to (back ordered
    # quantity in the unit of the line, expected date or False).
    preview: dict | None = None
    # Who would like to join the queue, and is no move yet: a list of columns of `stock_move`.
    newcomers: list | None = None
    # How many rows of a queue may be read to tell what it leaves: anybody opens a page of a shop.
    reach: int | None = None


NO_WORK = BackorderWork()


@dataclass(frozen=True, eq=False, slots=True)
class History:
    """The history of back-ordered demand, on its way from a move to the part split off it.

    Odoo creates the parts of a split from values, as whoever acts, who may not set these fields.
    Only the split of a move makes this object, so it proves where the values come from.
    """

    values: dict


def work_of(env):
    """Return the :class:`BackorderWork` of an environment, an empty one where there is none."""
    work = env.context.get(CTX_WORK)
    return work if isinstance(work, BackorderWork) else NO_WORK


def at_work(records, **changes):
    """Return the records in an environment whose work has these attributes changed.

    :param changes: attributes of :class:`BackorderWork`
    """
    return records.with_context(**{CTX_WORK: replace(work_of(records.env), **changes)})
