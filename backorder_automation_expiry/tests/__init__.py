from . import test_perishable
