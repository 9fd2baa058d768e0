from . import backorder_check
from . import backorder_shortfall_line
from . import stock_backorder_confirmation
