from . import test_missing
from . import test_promises
from . import test_purchase_order
from . import test_receipts
from . import test_rights
from . import test_to_buy
from . import test_all_demand
from . import test_wishes
