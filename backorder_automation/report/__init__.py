from . import backorder_dashboard
from . import backorder_fill_report
from . import backorder_report
from . import report_stock_reception
from . import stock_forecasted
