"""Selection values and keys that several files share."""

DECISIONS = [
    ("backorder", "Mark as back ordered"),
    ("native", "Create a standard backorder"),
    ("cancel", "Cancel the remainder"),
]

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

QUEUE_ORDERS = [
    ("urgent", "Urgent, promised date, oldest"),
    ("oldest", "Oldest first"),
    ("promised", "Promised date first"),
    ("rank", "Customer rank first"),
    ("smallest", "Smallest first"),
]

# What keeps a held line out of the queue: for those who may release it.
PAUSE_FIELDS = ("backorder_paused", "backorder_pause_reason", "backorder_not_before")

# The group of the fields for inside: customers read their orders and transfers too, also without a
# page that shows them. What they are told is a text of its own.
INSIDE = "base.group_user"

# Context key: how much each move may reserve, a dict of move id to a quantity in the unit of the
# product. The guard and the release set it; an empty dict lets everything through. While it is
# set nothing wakes the jobs: a release that unreserves would wake itself for ever. None: not set.
CTX_ALLOWANCE = "backorder_automation_allowance"

# Context key: from where the move at hand may reserve, a dict of `supply.Place` to a quantity in
# the unit of the product: the rest is for those who can take nothing else.
CTX_PLACES = "backorder_automation_places"

# Context key: held demand stays out of searches for moves to reserve, which Odoo would load one by
# one only to reserve nothing for them.
CTX_WITHOUT_HELD = "backorder_automation_without_held"

# Context key: a dict that collects the notes on new transfers, so that they are written together.
# Posting them one by one costs six queries each.
CTX_NOTES = "backorder_automation_notes"

# Context key: the stock of a batch by the search that would find it, while the batch is reserved.
# Odoo searches twice for each line, and writes what the one before reserved to do so.
CTX_QUANTS = "backorder_automation_quants"

# Context key: whoever confirms looks at a form, and may be asked about what is short. Only the
# buttons of the form set it: imports, portals, payments and batches are never asked.
CTX_ASK = "backorder_automation_ask"

# Context key: what customers would be told, were a shortfall held now. A frozendict of order line
# id to (back ordered quantity in the unit of the line, expected date or False).
CTX_PREVIEW = "backorder_automation_preview"

# Context key: a dict that keeps the plan while one read of the web client asks for it again and
# again: for the rows, their number and each column of the kanban. Nothing is written meanwhile.
CTX_PLAN = "backorder_automation_plan"

# A quantity below this is nothing. Odoo's finest unit precision is far above it.
EPSILON = 1e-6
