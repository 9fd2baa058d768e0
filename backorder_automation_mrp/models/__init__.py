from . import backorder_kit_plan_mixin
from . import product_product
from . import sale_order_line
from . import stock_move
from . import stock_move_line
from . import stock_picking
from . import stock_rule
