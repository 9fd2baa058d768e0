"""Selection values and keys that several files share."""

DECISIONS = [
    ("backorder", "Mark as back ordered"),
    ("native", "Create a standard backorder"),
    ("cancel", "Cancel the remainder"),
]

INTERVAL_TYPES = [
    ("minutes", "Minutes"),
    ("hours", "Hours"),
    ("days", "Days"),
    ("weeks", "Weeks"),
]

# Context key: set while a release reserves for the head of the queue. Freed stock then wakes no
# job (the release would wake itself), and nothing is held back from the moves being served.
CTX_RELEASE = "backorder_automation_release"

# A quantity below this is nothing. Odoo's finest unit precision is far above it.
EPSILON = 1e-6
