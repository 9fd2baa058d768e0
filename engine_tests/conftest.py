"""The engine is imported without its addon, so without Odoo: that is what these tests prove."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "backorder_automation"))
