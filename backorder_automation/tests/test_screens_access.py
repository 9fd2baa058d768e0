import json
import os
import sys
from pathlib import Path

from odoo.tests import tagged

from .common_screens import EveryScreen, ScreenCommon

AXE = "axe/axe_playwright_python/axe.min.js"
# What axe finds in Odoo's own frame around our screens, and nothing we could mend: by rule, the
# elements to pass over.
KNOWN = {
    # The web client and the portal do not say the language of the page.
    "html-has-lang": "html",
    # The search bar, the drop-downs of a screen and the tags have roles of their own making.
    "aria-allowed-attr": ".o_searchview, .o_searchview_input, .o-dropdown, .o_tag,"
    " .o-autocomplete--input",
    "aria-required-children": ".o_menu_sections, .o_menu_systray",
    "aria-required-parent": ".o_menu_brand, .o_notebook .nav-link, .settings_tab .tab",
    # Chrome must not fill in selections: Odoo names a value that no browser knows.
    "autocomplete-valid": ".o_select_menu_input",
    # The gear of the columns, and the button that opens a description.
    "button-name": ".o_optional_columns_dropdown .btn, .o_external_button",
    # White on green in Odoo's badges; the muted helps in the settings; dates in the chatter; days
    # of the past in the calendar.
    "color-contrast": ".o_field_badge .badge, .o_field_forecast_widget .badge,"
    " .orders_label_text_align, [searchabletext], .o-mail-DateSection *, .o_datetime_picker *",
    # The pictures of users, and icons in search bar and chatter.
    "image-alt": ".o_avatar img, .o-mail-Message-avatar",
    "role-img-alt": ".o_searchview_icon, .o-mail-Chatter i",
    "aria-prohibited-attr": ".o-mail-Message-avatarContainer",
    # A row of the overview that counts nothing.
    "link-name": "[name=action_wave]",
    # The boxes in front of the rows, and the settings of others.
    "label": ".o_list_record_selector input, .o_setting_box:not([id^=backorder]) input",
}


def _read_axe():
    """Return the source of axe; `make test` puts it beside the Python environment."""
    path = Path(os.environ.get("BACKORDER_AXE") or Path(sys.prefix).parent / AXE)
    if not path.exists():
        raise AssertionError(
            f"{path} is missing: run `make test`, which fetches it, or set BACKORDER_AXE to an "
            "axe.min.js."
        )
    return path.read_text(encoding="utf-8")


@tagged("post_install", "-at_install")
class TestScreensAccess(EveryScreen, ScreenCommon):
    """Our screens for people who hear them or use no mouse: WCAG 2.1 AA, measured by axe."""

    def _check(self, name):
        self._inspect(self._screens()[name], f"getViolations({json.dumps(KNOWN)})", [_read_axe()])
