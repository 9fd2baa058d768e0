from . import backorder_health
from . import res_company
from . import stock_move
