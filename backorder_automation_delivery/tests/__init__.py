from . import test_carrier
from . import test_freight
