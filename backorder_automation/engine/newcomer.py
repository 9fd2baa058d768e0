"""Somebody who is not in the queue yet, and asks what it would leave."""

from .bonds import Together
from .rows import EPSILON


class Newcomer(Together):
    """Looks, when his turn comes, at what is left for him, and takes nothing.

    So any number of newcomers may ask at once: none of them is in the way of the others.

    :param QueueRow row: his place in the queue, and from where he would take
    :param free: what is free there before anybody is served
    :param undated: the ids of the moves that bring something nobody knows the day of
    :param float wanted: how much he wants; 0 when nobody knows
    """

    def __init__(self, row, free, undated=(), wanted=0.0):
        super().__init__([row])
        self._row = row
        self._undated = undated
        self._free = free
        self._wanted = wanted
        self.quantity = 0.0  # what he gets now
        self.ahead = 0.0  # what of the free goods is for those ahead of him
        self.date = None  # when he gets more than now; None when nobody knows
        self.whole_date = None  # when there is all he wants, and not yet now; None when unknown

    def serve(self, rows, ledger, date=None):
        """Note what is left; give nothing."""
        left = self._look(ledger, date)
        if date is None:
            self.quantity = left
            self.ahead = self._free - ledger.free(self._row.product_id, self._row.location_id)
        elif left > self.quantity + EPSILON:
            self.date = self.date or date
            if self.quantity < self._wanted - EPSILON and left > self._wanted - EPSILON:
                self.whole_date = self.whole_date or date
        return {self._row.move_id: 0.0}, {self._row.move_id: "newcomer"}

    def _look(self, ledger, date):
        """Return what he could take: of what has no date nothing, of packs only whole ones."""
        mark = ledger.mark()
        ledger.serve(self._row, self._row.need, date)
        taken = ledger.get_taken(mark).get(self._row.move_id, {})
        ledger.undo(mark)
        left = sum(part for place, part in taken.items() if place.move_id not in self._undated)
        pack = self._row.pack_size
        return (left + EPSILON) // pack * pack if pack else left
