from . import backorder_freed_report
from . import backorder_receipt_report
from . import backorder_missing_report
