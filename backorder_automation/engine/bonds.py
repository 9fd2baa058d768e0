"""Rows of the queue that are served together."""

from .rows import EPSILON


class Together:
    """Rows that have their turn when the first of them has it."""

    # Whether it may keep what is free for all of its rows, see `keeping.Keeping`.
    is_keeping = False

    def __init__(self, rows):
        self.rows = rows

    def serve(self, rows, ledger, date=None):
        """Take for all rows what they can use together.

        :param list rows: the rows with what they still need
        :param Ledger ledger: what is there
        :param datetime date: when; now where it is None
        :return: (what each row gets, its reason): two dicts by move id
        """
        raise NotImplementedError


class CompleteOrder(Together):
    """An order that ships complete: all of its lines are served, or none of them.

    It stands in the queue with its best line and takes no hostage: what cannot be completed now
    protects and reserves nothing, unless its rest is expected soon enough (`keeping.Keeping`).
    """

    is_keeping = True

    def serve(self, rows, ledger, date=None):
        """Take all of it, or nothing."""
        mark, taken = ledger.mark(), {}
        for row in rows:
            taken[row.move_id] = 0.0 if row.blocked else ledger.serve(row, row.need, date)
            if taken[row.move_id] < row.need - EPSILON:
                ledger.undo(mark)
                reasons = {row.move_id: row.blocked or "complete" for row in rows}
                return dict.fromkeys(reasons, 0.0), reasons
        return taken, dict.fromkeys(taken, "served")
