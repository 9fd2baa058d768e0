"""Who gets what, and when: plain Python that knows no Odoo.

Rows of demand in queue order (`rows`) are served from what is free and what is on its way
(`ledger`), some of them only together (`bonds`). The outcome is a plan (`plan`). Where only some
lines matter, the queues are read no further than their goods reach (`walk`, `tails`).
"""

from .bonds import CompleteOrder, Together
from .keeping import Keeping
from .ledger import Ledger
from .newcomer import Newcomer
from .plan import make_plan
from .reasons import Circumstances, find_reason
from .rows import EPSILON, FOREVER, Pile, PlanLine, QueueRow, Receipt, Share
from .tails import Tails
from .walk import FIRST, walk

__all__ = [
    "EPSILON",
    "FIRST",
    "FOREVER",
    "Circumstances",
    "CompleteOrder",
    "Keeping",
    "Ledger",
    "Newcomer",
    "Pile",
    "PlanLine",
    "QueueRow",
    "Receipt",
    "Share",
    "Tails",
    "Together",
    "find_reason",
    "make_plan",
    "walk",
]
