"""Whether all is well: one class for each thing that may go wrong, how it is seen and mended.

To add one here: write the class. Another addon hands its own to `backorder.health._get_checks`.
"""

from .check import Check as Check
from .check import Facts as Facts
from .check import RecordsCheck as RecordsCheck
from .demand import Forgotten, Lost, Misshapen, Orphans, Quantities, Switched, Untracked
from .flow import Failures, Free, Oldest, Stuck
from .people import Flags, Mails, MailQueue, Missing, Nightly, Nobody
from .places import Archived, ArchivedPlace, Leaked, Overreserved, Ways
from .schedules import Primary, Secondary

# In the order in which they are shown.
CHECKS = (
    Primary,
    Secondary,
    Free,
    Failures,
    Stuck,
    Oldest,
    Lost,
    Leaked,
    Overreserved,
    Orphans,
    Misshapen,
    Quantities,
    Flags,
    Forgotten,
    Switched,
    Untracked,
    Archived,
    ArchivedPlace,
    Ways,
    Missing,
    Mails,
    MailQueue,
    Nightly,
    Nobody,
)
