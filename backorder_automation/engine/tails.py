"""What a plan leaves out: the tails of the queues, which may want what the heads leave."""

from collections import defaultdict

from .rows import EPSILON


class Tails:
    """The queues that were not read to their end, and whether their tails get anything.

    Who stands behind never changes what those ahead get, as long as those ahead leave nothing to
    them: now, and on every day on which something comes. Somebody ahead may sleep that day.

    :param dict ends: (product id, location id) to the id of the last row that was read of it, for
        the queues that go on
    :param datetime now: when the first of the tails may leave: their goods have to keep until then
    """

    def __init__(self, ends=None, now=None):
        self._ends = ends or {}
        self._now = now
        self._turns = defaultdict(dict)  # product id to {queue: where its tail begins}
        self.wanted = set()  # the queues of which more has to be read

    def find_turns(self, lines):
        """Find where in the queue the tails begin.

        :param dict lines: move id to `Line`
        """
        turns = {line.row.move_id: number for number, line in enumerate(lines.values())}
        for queue, move_id in self._ends.items():
            self._turns[queue[0]][queue] = turns[move_id]

    def look(self, ledger, got, product_ids=None, date=None):
        """Note the tails that had something to take just now.

        :param Ledger ledger: what is left
        :param got: the lines that took something
        :param product_ids: only the queues of these products; all of them when None
        :param datetime date: when; now where it is None
        """
        for line in got:
            row = line.row
            for queue, turn in self._turns.get(row.product_id, {}).items():
                # Some of the tail stand before this line.
                if line.turn > turn and ledger.is_shared(queue[1], row.location_id):
                    self.wanted.add(queue)
        for product_id in self._turns.keys() if product_ids is None else product_ids:
            for queue in self._turns.get(product_id, {}).keys() - self.wanted:
                if ledger.free(*queue, date or self._now) > EPSILON:
                    self.wanted.add(queue)
