"""What an order that ships complete keeps while its rest is on its way."""

from bisect import bisect_right
from math import ceil

from .rows import EPSILON


class Keeping:
    """Lets an order keep what is free for it, where all of it is there within some time.

    Nothing is taken: what is kept is left out of one walk of the queue, so that nobody behind gets
    it. Each walk decides anew, from what those ahead leave of what is free and of what comes.
    Those ahead claim what comes before it does; an order that keeps nothing claims nothing. What
    is overdue, and what is only wished for, comes too unsurely to let anybody wait for it.

    An order keeps for the time given at most, counted from when it began. Then it lets go, for one
    walk at least, in which those behind are served: nobody waits longer for what it keeps.

    :param datetime now: when the plan is made
    :param timedelta window: the time
    :param dict since: bond to since when it has kept what it keeps
    """

    def __init__(self, now, window, since=()):
        self.now, self.window = now, window
        self._since, self._before = dict(since), {}
        self._coming = self._date = None

    def fork(self):
        """Return another one for the days to come: who keeps now goes on keeping."""
        return Keeping(self.now, self.window, self._since)

    def start(self, ledger, receipts, date=None):
        """Begin a walk of the queue.

        :param Ledger ledger: what is free
        :param list receipts: :class:`Receipt` by date, none of them in the ledger if later
        :param datetime date: when; now where it is None, and no receipt has come then
        """
        self._date = date or self.now
        first = 0 if date is None else bisect_right(receipts, date, key=_get_date)
        last = bisect_right(receipts, self._date + self.window, key=_get_date)
        sure = [r for r in receipts[first:last] if not r.overdue_since and not r.wish]
        self._coming = ledger.expect(sure)
        self._before, self._since = self._since, {}

    def claim(self, row, need):
        """Let a row that waits on have what comes, before those behind may count on it."""
        if need > EPSILON and not row.blocked:
            self._coming.serve(row, need)

    def keep(self, bond, rows, taken, ledger):
        """Let rows that are served together keep what is free, or claim what comes, or neither.

        :param Together bond: what serves them
        :param list rows: the rows with what they needed before they had their turn
        :param dict taken: what each got: move id to a quantity
        :return: ({move id: what is kept for it}, until when); both empty where nothing is
        """
        lacking = [
            row._replace(need=row.need - taken.get(row.move_id, 0.0))
            for row in rows
            if row.need - taken.get(row.move_id, 0.0) > EPSILON
        ]
        if not bond.is_keeping:
            for row in lacking:
                self.claim(row, row.need)
            return {}, None
        since = self._before.get(bond, self._date)
        kept, until = self._take(lacking, ledger, since + self.window)
        if sum(kept.values()) <= EPSILON:
            return {}, None
        self._since[bond] = since
        return kept, until

    def finish(self, ledger):
        """End the walk: what was kept is free again, for those who keep it first of all."""
        ledger.let_go()

    def _take(self, rows, ledger, limit):
        """Hold all of the rows' needs, of what is free and of what comes until the limit.

        Goods that expire have to keep until the last of it comes, so that is tried again where it
        comes later.

        :return: ({move id: what is free}, when the last of it comes)
        """
        if any(row.blocked for row in rows):
            return {}, None
        rows = [(row._replace(pack_size=None), _get_whole_packs(row)) for row in rows]
        leaves, until = None, self._date
        mark, mark_coming = ledger.mark(), self._coming.mark()
        kept = {}
        while leaves is None or until > leaves:
            ledger.undo(mark)
            self._coming.undo(mark_coming)
            leaves, kept = until, {}
            for row, whole in rows:
                free = ledger.serve(row, whole, leaves)
                kept[row.move_id], rest = min(free, row.need), whole - free
                if rest > EPSILON and self._coming.serve(row, rest) < rest - EPSILON:
                    until = None
                    break
            until = until and max(self._coming.get_last_date(mark_coming) or until, until)
            if not until or until > limit:
                ledger.undo(mark)
                self._coming.undo(mark_coming)
                return {}, None
        ledger.hold(mark)
        return kept, until


def _get_date(receipt):
    return receipt.date


def _get_whole_packs(row):
    """Return how much has to be there, so that full packs make all of the need."""
    if not row.pack_size:
        return row.need
    return ceil(row.need / row.pack_size - EPSILON) * row.pack_size
