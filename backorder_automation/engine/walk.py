"""Plan no more of the queues than their goods reach."""

from collections import defaultdict

FIRST = 32  # rows of each queue that are read first
GROWTH = 8  # how many times as many are read where there is more to give


def walk(read, plan, first=FIRST, growth=GROWTH, reach=None):
    """Read the heads of queues, longer and longer, until nothing is left for those behind.

    What the plan says of the rows that were read is then what the whole plan says of them, and
    the others get nothing.

    :param read: called with a dict of queue to the number of rows to read of it; returns the rows
        in queue order and their :class:`Tails`
    :param plan: called with the rows and the tails; returns the plan
    :param int reach: how many rows of a queue may be read; as many as it takes when None
    :return: the plan; None when it takes more than may be read
    """
    lengths = defaultdict(lambda: first)
    while True:
        rows, tails = read(lengths)
        made = plan(rows, tails)
        if not tails.wanted:
            return made
        for queue in tails.wanted:
            lengths[queue] *= growth
            if reach is not None and lengths[queue] > reach:
                return None
