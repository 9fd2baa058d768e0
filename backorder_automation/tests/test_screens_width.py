import re
from datetime import timedelta
from pathlib import Path

from odoo import fields
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

    browser_size = "390x844"

    def _check(self, name):
        self._inspect(self._screens()[name], CHECK)


@tagged("post_install", "-at_install")
class TestOverviewCards(ScreenCommon):
    """On the cards of the overview nothing lies on anything, whatever else Odoo counts there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("de_DE", "fr_FR"):
            cls.env["res.lang"]._activate_lang(code)
        cls.env["ir.module.module"]._load_module_terms(
            ["stock", "backorder_automation"], ["de_DE", "fr_FR"]
        )

    def setUp(self):
        super().setUp()
        late = self._order((self.gadget, 3)).picking_ids
        late.scheduled_date = fields.Datetime.now() - timedelta(days=3)
        self._stock(self.gizmo, 5)
        self._ship(self._order((self.gizmo, 9)).picking_ids, 5).process_native()

    def _check(self, size, lang):
        self.browser_size = size
        self.manager.lang = lang
        self._inspect(self._screens()["overview"], "getCollisions('.o_kanban_record')")

    def test_phone(self):
        self._check("390x844", "en_US")

    def test_phone_with_long_words(self):
        self._check("390x844", "de_DE")

    def test_narrow_desk(self):
        self._check("1280x800", "fr_FR")

    def test_desk(self):
        self._check("1440x900", "de_DE")

    def test_wide_desk(self):
        self._check("1920x1080", "fr_FR")

    def test_collision_would_be_found(self):
        """Counter-test: a card that is drawn over itself."""
        check = """(() => {
            const { style } = document.querySelector("[name=backorder_counts]");
            style.setProperty("margin-bottom", "-60px", "important");
            return getCollisions(".o_kanban_record").length ? [] : ["nothing was found"];
        })()"""
        self.browser_size = "390x844"
        self._inspect(self._screens()["overview"], check)


@tagged("post_install", "-at_install")
class TestScreensDesk(ScreenCommon):
    """The list on the smallest screen of a desk."""

    browser_size = "1280x800"

    def test_list_cuts_no_name(self):
        self.order.partner_id.name = "Royal Botanical Gardens and Glass Houses"
        self._held(self.order).product_id.name = "Cast Iron Watering Can with Two Roses"
        self._inspect(
            self._screens()["list"],
            """[...document.querySelectorAll(
                ".o_data_cell:is([name=partner_id], [name=product_id], [name=product_uom])"
            )].filter((cell) => cell.scrollWidth > cell.clientWidth + 1)
            .map((cell) => `${cell.textContent} is cut off`)""",
        )


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
