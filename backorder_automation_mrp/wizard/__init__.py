from . import backorder_confirm
from . import backorder_confirm_line
from . import backorder_decision_mixin
from . import backorder_reallocation
from . import backorder_shortfall_line
from . import stock_backorder_confirmation
