from . import backorder_reallocation
from . import backorder_shortfall_line
from . import stock_backorder_confirmation
