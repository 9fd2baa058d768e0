"""What the engine needs to know, read from the database in a fixed number of queries."""

from .arrivals import read_arrivals
from .stock import make_receipt, read_free, read_ledger, read_paths, read_receipts, settle

__all__ = [
    "make_receipt",
    "read_arrivals",
    "read_free",
    "read_ledger",
    "read_paths",
    "read_receipts",
    "settle",
]
