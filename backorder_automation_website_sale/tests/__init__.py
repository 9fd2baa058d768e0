from . import test_shop
from . import test_shop_page
