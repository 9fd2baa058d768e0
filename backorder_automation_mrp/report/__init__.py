from . import backorder_report
