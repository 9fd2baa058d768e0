from . import backorder_fill_report
from . import backorder_report
from . import stock_forecasted
