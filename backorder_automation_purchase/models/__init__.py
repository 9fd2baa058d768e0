from . import backorder_supply_mixin
from . import purchase_order
from . import purchase_order_line
