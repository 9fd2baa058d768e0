"""Why a line waits: one word for it, as it is said to people elsewhere."""

from .rows import EPSILON

# Reasons of the plan itself: nothing else has to be looked at.
FINAL = {"complete", "error", "manual", "paused", "untracked"}


class Circumstances:
    """What the plan does not say of a line. Each is asked only where it decides."""

    def is_scheduled(self):
        """Whether a schedule that is switched on releases what is free for it."""
        raise NotImplementedError

    def is_free(self):
        """Whether anything is free where it takes from, before anybody is served."""
        raise NotImplementedError

    def is_ahead(self):
        """Whether somebody with an earlier turn is served of it, or keeps it."""
        raise NotImplementedError

    def is_in_doubt(self):
        """Whether somebody did not find what the system has where it takes from."""
        raise NotImplementedError

    def is_reserved_behind(self):
        """Whether somebody who stands behind it has reserved."""
        raise NotImplementedError

    def is_elsewhere(self):
        """Whether another warehouse has it to spare."""
        raise NotImplementedError


def find_reason(line, circumstances):
    """Return the code of the reason for which a line waits.

    :param PlanLine line: what the plan gives it
    :param Circumstances circumstances: what the plan does not say
    """
    if line.reason in FINAL:
        return line.reason
    if line.served > EPSILON:
        return "served" if circumstances.is_scheduled() else "off"
    if circumstances.is_free():
        # What nobody else wants either is of no use to this line.
        is_ahead = line.idle < EPSILON and circumstances.is_ahead()
        return "ahead" if is_ahead else "unusable"
    if circumstances.is_in_doubt():
        return "doubt"
    if circumstances.is_reserved_behind():
        return "reserved"
    if line.expected_date:
        return "expected"
    return "elsewhere" if circumstances.is_elsewhere() else "nothing"
