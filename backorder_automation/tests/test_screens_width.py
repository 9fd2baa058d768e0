import re
from pathlib import Path

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_screens import EveryScreen, ScreenCommon

ADDON = Path(__file__).parents[1]
ADDONS = sorted(path.parent for path in ADDON.parent.glob("backorder_automation*/__manifest__.py"))
# Where Odoo itself lets people scroll sideways, cuts off what is outside, or is too wide itself.
SCROLLERS = (
    ".o_list_renderer, .table-responsive, .o_kanban_renderer.o_kanban_grouped,"
    " .o_statusbar_status, .o_notebook_headers, .o_settings_container .settings_tab,"
    " .o_control_panel_navigation, .ribbon, .o-mail-Chatter"
)
CHECK = f"getOverflow('{SCROLLERS}')"
# A side that stays where it is when the page runs the other way.
PHYSICAL_STYLE = re.compile(r"(?<![\w$-])(?:[\w-]+-)?(?:left|right)\b(?=[\w-]*\s*[:;])")
PHYSICAL_CLASS = re.compile(
    r"(?<![\w-])(?:[mp][lr]-?\d+|[mp][lr]-auto|float-(?:left|right)|text-(?:left|right)"
    r"|border-(?:left|right)|rounded-(?:left|right)|(?:left|right)-\d+)(?![\w-])"
)


@tagged("post_install", "-at_install")
class TestScreensPhone(EveryScreen, ScreenCommon):
    """Nothing of ours is wider than a phone, where Odoo's own list would not scroll either."""

    browser_size = "400x800"

    def _check(self, name):
        self._inspect(self._screens()[name], CHECK)


@tagged("post_install", "-at_install")
class TestScreensRightToLeft(ScreenCommon):
    """Our screens in a language that runs from right to left."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ar_001")
        (cls.manager | cls.admin | cls.guest).lang = "ar_001"

    def _check(self, name):
        # Without the program rtlcss Odoo serves its plain style sheets, and warns; the page is
        # then mirrored by ours.
        with mute_logger("odoo.addons.base.models.assetsbundle"):
            self._inspect(self._screens()[name], f"mirror().concat({CHECK})")

    def test_dashboard(self):
        self._check("dashboard")

    def test_order_with_its_progress(self):
        self._check("order")

    def test_portal(self):
        self._check("portal")

    def test_list(self):
        self._check("list")

    def test_shortfall_dialog(self):
        self._check("dialog")

    def test_settings(self):
        self._check("settings")

    def _find(self, pattern, suffix, folder=""):
        """Return the lines of our own files that name a side."""
        files = [path for addon in ADDONS for path in (addon / folder).rglob(f"*{suffix}")]
        self.assertTrue(files)
        return [
            f"{path.name}: {line.strip()}"
            for path in files
            for line in path.read_text(encoding="utf-8").splitlines()
            if pattern.search(line)
        ]

    def test_styles_name_no_side(self):
        self.assertFalse(self._find(PHYSICAL_STYLE, ".scss", "static/src"))
        for line in ("left: 0;", "margin-right: 1px;", "text-align: left;", "float: right;"):
            self.assertRegex(line, PHYSICAL_STYLE)
        self.assertNotRegex("margin-inline-start: 1px;", PHYSICAL_STYLE)

    def test_classes_name_no_side(self):
        self.assertFalse(self._find(PHYSICAL_CLASS, ".xml"))
        for name in ("ml-1", "pr-2", "ml16", "text-right", "float-left", "border-left"):
            self.assertRegex(f'class="small {name}"', PHYSICAL_CLASS)
        self.assertNotRegex('class="ms-1 pe-2 text-end float-start"', PHYSICAL_CLASS)
