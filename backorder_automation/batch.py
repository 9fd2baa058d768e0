"""What a release knows of its stock while it reserves a batch, and what it leaves for the end."""

from collections import defaultdict, deque
from datetime import datetime
from typing import NamedTuple


class Wanted(NamedTuple):
    """What Odoo asks for when it gathers stock: the arguments of `stock.quant._gather`, by id.

    Not `strict`: what is exactly in one place Odoo keeps itself (`quants_cache`).
    """

    product_id: int
    location_id: int
    lot_id: int | bool = False
    package_id: int | bool = False
    owner_id: int | bool = False
    # Odoo's context key `with_expiration`: what it takes has to keep until then.
    with_expiration: datetime | bool = False


class Batch:
    """The stock of a batch, found once and locked, and the move lines that take it.

    True while the quants are locked: a reservation changes what is reserved on a quant, not which
    quants there are. The stock of a line is taken when it is the line's turn; the lines themselves
    are created together, once it is known who gets what.
    """

    def __init__(self, stock, locked_ids=()):
        """Begin with what was found.

        :param dict stock: :class:`Wanted` to the ids of `stock.quant` records, in the order in
            which Odoo takes from them. No records: they would hold the environment that holds
            the batch.
        :param locked_ids: the ids of the quants that this transaction has locked
        """
        self.stock = stock
        self._locked_ids = frozenset(locked_ids)
        self._line_vals = []
        self._booked = defaultdict(deque)

    def has_locked(self, ids):
        """Return whether the quants with these ids are locked already."""
        return self._locked_ids.issuperset(ids)

    def leave_line(self, vals, wanted, quantity):
        """Leave a move line for the end, whose stock is taken already.

        :param dict vals: the values of the `stock.move.line`
        :param Wanted wanted: from where it takes
        :param float quantity: what it took, in the unit of the product
        """
        self._line_vals.append(vals)
        self._booked[wanted].append(quantity)

    def pop_lines(self):
        """Return the values of the lines that were left for the end, and forget them."""
        vals_list, self._line_vals = self._line_vals, []
        return vals_list

    def pop_booked(self, wanted):
        """Return what the next line of the end has taken there already, 0.0 where there is none.

        :param Wanted wanted: as in `leave_line`
        """
        booked = self._booked.get(wanted)
        return booked.popleft() if booked else 0.0
