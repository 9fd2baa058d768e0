"""Selection values and keys that several files share."""

from .engine import EPSILON as EPSILON
from .queue_orders import QUEUE_ORDERS as QUEUE_ORDERS

DECISIONS = [
    ("backorder", "Mark as back ordered"),
    ("native", "Create a standard backorder"),
    ("cancel", "Cancel the remainder"),
]

# Where goods were looked for: the system may have what nobody has found.
NOT_FOUND = [("not_found", "Not found: count first"), DECISIONS[1][:1]]
SHIPPING_DECISIONS = [DECISIONS[0], NOT_FOUND[0], *DECISIONS[1:]]

AT_CONFIRM = [
    ("off", "Wait for the shipment"),
    ("ask", "Ask whoever confirms"),
    ("always", "Mark as back ordered"),
]

INTERVAL_TYPES = [
    ("minutes", "Minutes"),
    ("hours", "Hours"),
    ("days", "Days"),
    ("weeks", "Weeks"),
]

# What keeps a held line out of the queue: for those who may release it.
PAUSE_FIELDS = ("backorder_paused", "backorder_pause_reason", "backorder_not_before")

# What says whether a move stands in the queue, see `_get_backorder_waits_sql`.
QUEUE_FIELDS = [
    "backorder_held",
    "company_id",
    "location_id",
    "move_dest_ids",
    "picked",
    "procure_method",
    "product_id",
    "product_uom_qty",
    "state",
]

# The group of the fields for inside: customers read their orders and transfers too, also without a
# page that shows them. What they are told is a text of its own.
INSIDE = "base.group_user"

# Context key: whoever confirms looks at a form, and may be asked about what is short. Only the
# buttons of the form set it: imports, portals, payments and batches are never asked. It gives
# nobody any power: whatever stands in it, only what the confirmation returns differs. The other
# key is in `work.py`.
CTX_ASK = "backorder_automation_ask"
