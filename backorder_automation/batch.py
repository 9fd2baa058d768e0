"""What a release knows of its stock while it reserves a batch, and what it leaves for the end."""

from collections import defaultdict, deque
from typing import Any, NamedTuple


class Found(NamedTuple):
    """The stock of a product in or below a location, and what was asked to find it."""

    domain: Any  # `odoo.fields.Domain`, of `stock.quant._get_gather_domain`
    quants: Any  # `stock.quant` records, in the order in which Odoo takes from them


class Batch:
    """The stock of a batch, found once and locked, and the move lines that take it.

    True while the quants are locked: a reservation changes what is reserved on a quant, not which
    quants there are. The stock of a line is taken when it is the line's turn; the lines themselves
    are created together, once it is known who gets what.
    """

    def __init__(self, stock, locked_ids=()):
        """Begin with what was found.

        :param dict stock: (product, location) to :class:`Found`
        :param locked_ids: the ids of the quants that this transaction has locked
        """
        self._stock = stock
        self._locked_ids = frozenset(locked_ids)
        self._line_vals = []
        self._booked = defaultdict(deque)

    def find(self, product, location, domain):
        """Return the stock of a product in a place; None where it was not asked for like this."""
        found = self._stock.get((product, location))
        return found.quants if found and found.domain == domain else None

    def has_locked(self, ids):
        """Return whether the quants with these ids are locked already."""
        return self._locked_ids.issuperset(ids)

    def leave_line(self, vals, key, quantity):
        """Leave a move line for the end, whose stock is taken already.

        :param dict vals: the values of the `stock.move.line`
        :param tuple key: product, location, lot, package and owner it takes from
        :param float quantity: what it took, in the unit of the product
        """
        self._line_vals.append(vals)
        self._booked[key].append(quantity)

    def pop_lines(self):
        """Return the values of the lines that were left for the end, and forget them."""
        vals_list, self._line_vals = self._line_vals, []
        return vals_list

    def pop_booked(self, key):
        """Return what the next line of the end has taken there already, 0.0 where there is none.

        :param tuple key: as in `leave_line`
        """
        booked = self._booked.get(key)
        return booked.popleft() if booked else 0.0
