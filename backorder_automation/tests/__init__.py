from . import test_completion
from . import test_eligibility
from . import test_hold
from . import test_order_edits
from . import test_processes
from . import test_rights
from . import test_settings
from . import test_shortfall_dialog
