"""The queue over time: what each line gets on the day on which something comes."""

from bisect import insort
from collections import defaultdict

from .rows import EPSILON, FOREVER


def project(lines, ledger, receipts, keeping, tails):
    """Serve the queue again whenever something comes, or somebody waits no longer.

    This is what the jobs are going to do, so a date comes true if the receipts do. What is left
    over in the end is noted for those who cannot use it: nobody needs to order it again.

    :param dict lines: move id to `Line`, in queue order, with what they got already
    :param Ledger ledger: what they left
    :param receipts: :class:`Receipt` by date, none of them before today
    :param Keeping keeping: lets orders that ship complete keep what is free, where they may
    :param Tails tails: what the lines leave out
    """
    overdue = {receipt.move_id: receipt for receipt in receipts if receipt.overdue_since}
    arrivals = defaultdict(list)
    for receipt in receipts:
        arrivals[receipt.product_id].append(receipt)
    lacking = [line for line in lines.values() if line.left > EPSILON]
    for queue in _get_queues(lacking):
        products = {line.row.product_id for line in queue}
        coming = [receipt for product_id in products for receipt in arrivals.pop(product_id, ())]
        coming.sort(key=lambda receipt: receipt.date)
        _Queue(queue, products, ledger, overdue, keeping, tails).run(coming)
    for product_id, unwanted in arrivals.items():
        for receipt in unwanted:
            ledger.receive(receipt)
        tails.look(ledger, (), (product_id,))
    _match_rest(lacking, ledger, overdue)


def _get_queues(lacking):
    """Return the lines in queues that have nothing to do with one another.

    Lines of one product are in one queue, and so are products that bonds tie together.
    """
    root = {}

    def find(product_id):
        while root.setdefault(product_id, product_id) != product_id:
            root[product_id] = product_id = root[root[product_id]]
        return product_id

    for bond in {id(line.bond): line.bond for line in lacking if line.bond}.values():
        first, *others = {row.product_id for row in bond.rows}
        for other in others:
            root[find(other)] = find(first)
    queues = defaultdict(list)
    for line in lacking:
        queues[find(line.row.product_id)].append(line)
    return queues.values()


class _Queue:
    """The lines of some products that are not served fully yet, in queue order."""

    def __init__(self, lines, products, ledger, overdue, keeping, tails):
        self._lines = {line.row.move_id: line for line in lines}
        self._products = products
        self._ledger = ledger
        self._overdue = overdue
        self._tails = tails
        is_bound = any(line.bond and line.bond.is_keeping for line in lines)
        self._keeping = keeping.fork() if keeping and is_bound else None
        self._asleep = {line.row.move_id for line in lines if line.row.blocked}
        self._numbers = {line.row.move_id: number for number, line in enumerate(lines)}
        # What is bound to others has its turn with the first of them, even where that one sleeps.
        self._active = [
            (number, line)
            for number, line in enumerate(lines)
            if line.bond or line.row.move_id not in self._asleep
        ]
        self._head = 0

    def run(self, receipts):
        """Go from day to day until nothing comes any more."""
        arrivals, wakes = defaultdict(list), defaultdict(list)
        for receipt in receipts:
            arrivals[receipt.date].append(receipt)
        for move_id in self._asleep:
            until = self._lines[move_id].row.blocked_until
            if until and until != FOREVER:
                wakes[until].append(move_id)
        for date in sorted(arrivals.keys() | wakes.keys()):
            for receipt in arrivals.get(date, ()):
                self._ledger.receive(receipt)
            for move_id in wakes.get(date, ()):
                self._wake(move_id)
            mark = self._ledger.mark()
            if self._keeping:
                self._keeping.start(self._ledger, receipts, date)
            kept = self._serve(date)
            taken = self._ledger.get_taken(mark)
            got = {*taken, *kept}
            self._tails.look(
                self._ledger, [self._lines[move_id] for move_id in got], self._products, date
            )
            if self._keeping:
                self._keeping.finish(self._ledger)
            self._note(taken, date)
            self._ledger.clear(self._products)

    def _wake(self, move_id):
        """Let a line take part from now on."""
        self._asleep.discard(move_id)
        line = self._lines[move_id]
        if not line.bond:
            insort(self._active, (self._numbers[move_id], line), lo=self._head)

    def _serve(self, date):
        """Walk the queue until nothing is left to give; return the ids of those who keep any."""
        asked, keepers = set(), set()
        for index in range(self._head, len(self._active)):
            _number, line = self._active[index]
            if line.left <= EPSILON:
                self._head += index == self._head
                continue
            if line.bond and id(line.bond) in asked:
                continue
            if line.bond:
                asked.add(id(line.bond))
                rows = self._get_rows(line.bond)
                taken, _reasons = line.bond.serve(rows, self._ledger, date)
                if self._keeping:
                    kept, _until = self._keeping.keep(line.bond, rows, taken, self._ledger)
                    keepers.update(kept)
            else:
                served = self._ledger.serve(line.row, line.left, date)
                if served >= line.left - EPSILON:
                    continue
                if self._keeping:
                    self._keeping.claim(line.row._replace(blocked=None), line.left - served)
            if not self._ledger.has_left(self._products):
                break
        return keepers

    def _get_rows(self, bond):
        """Return the rows of a bond that still need something, as they stand on this day."""
        return [
            row._replace(
                need=self._lines[row.move_id].left,
                blocked=row.blocked if row.move_id in self._asleep else None,
            )
            for row in bond.rows
            if row.move_id in self._lines and self._lines[row.move_id].left > EPSILON
        ]

    def _note(self, taken, date):
        """Note what everybody got on this day; who has all of it knows the date now.

        :param dict taken: move id to {`Pile`: quantity}
        """
        for move_id, piles in taken.items():
            self._lines[move_id].note(piles, self._overdue)
        last = _get_last([part for move_id in taken for part in self._lines[move_id].brought])
        for move_id in taken:
            line = self._lines[move_id]
            if line.left <= EPSILON and line.is_dated:
                line.expected_date = date
                line.expected_move_id = _get_last(line.brought) or last


def _get_last(brought):
    """Return the id of the move that brings the last of it; None where nothing is brought."""
    last = max(brought, key=lambda part: (part[2], part[0]), default=None)
    return last and last[0]


def _match_rest(lacking, ledger, overdue):
    """Note for each line what of the rest is there or comes, though it cannot use it as it is."""
    left = ledger.get_left()
    for line in lacking:
        if line.left > EPSILON and line.row.product_id in left:
            mark = ledger.mark()
            ledger.serve(line.row._replace(pack_size=None), line.left)
            for piles in ledger.get_taken(mark).values():
                line.note(piles, overdue)
