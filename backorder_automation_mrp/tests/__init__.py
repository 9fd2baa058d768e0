from . import test_kit_confirm
from . import test_kit_dialog
from . import test_kit_edits
from . import test_kit_hold
from . import test_kit_math
from . import test_kit_paper
from . import test_kit_places
from . import test_kit_release
