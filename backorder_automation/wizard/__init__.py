from . import backorder_check
from . import backorder_dialog_mixin
from . import backorder_drop
from . import backorder_pause
from . import backorder_reallocation
from . import backorder_shortfall_line
from . import backorder_simulation
from . import stock_backorder_confirmation
