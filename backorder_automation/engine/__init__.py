"""Who gets what, and when: plain Python that knows no Odoo.

Rows of demand in queue order (`rows`) are served from what is free and what is on its way
(`ledger`), some of them only together (`bonds`). The outcome is a plan (`plan`).
"""

from .bonds import CompleteOrder, Together
from .ledger import Ledger
from .newcomer import Newcomer
from .plan import make_plan
from .rows import EPSILON, FOREVER, Place, PlanLine, QueueRow, Receipt, Share

__all__ = [
    "EPSILON",
    "FOREVER",
    "CompleteOrder",
    "Ledger",
    "Newcomer",
    "Place",
    "PlanLine",
    "QueueRow",
    "Receipt",
    "Share",
    "Together",
    "make_plan",
]
