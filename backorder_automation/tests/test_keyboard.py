from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tests.common import ChromeBrowser

from .common import BackorderCommon

KEYS = {  # name to what the browser calls the key, its number, and what it types
    "Enter": ("Enter", 13, "\r"),
    "Tab": ("Tab", 9, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
    "v": ("KeyV", 86, ""),
}
ALT, SHIFT = 1, 8
DIALOG = ".modal .o_field_widget[name=shortfall_line_ids] select"


@tagged("post_install", "-at_install")
class TestKeyboard(BackorderCommon, HttpCase):
    """From Validate until the delivery is done, with real keys and no mouse."""

    browser_size = "1366x768"

    def setUp(self):
        super().setUp()
        # stock_delivery reads the zip codes of carriers as the user, who may not.
        self.shipper.group_ids += self.env.ref("base.group_partner_manager")
        self._stock(self.gadget, 5)
        self._stock(self.gizmo, 1)
        self.order = self._order((self.gadget, 8), (self.gizmo, 4))
        self.delivery = self.order.picking_ids

    def _type(self, *steps):
        """Open the delivery and go through the steps.

        :param steps: a key, as its name or (name, modifiers), or JavaScript that says what to
            wait for, which starts with `!`
        """

        def walk(browser, _code, _timeout, error_checker=None):
            for step in steps:
                if isinstance(step, str) and step.startswith("!"):
                    self.assertTrue(browser._wait_ready(step, timeout=20), step)
                else:
                    self._press(browser, *([step] if isinstance(step, str) else step))

        with patch.object(ChromeBrowser, "_wait_code_ok", walk):
            self.browser_js(f"/odoo/stock.picking/{self.delivery.id}", "", login=self.shipper.login)
        self.env.invalidate_all()

    def _press(self, browser, key, modifiers=0):
        code, number, text = KEYS[key]
        common = {
            "key": key,
            "code": code,
            "windowsVirtualKeyCode": number,
            "modifiers": modifiers,
        }
        down = "keyDown" if text else "rawKeyDown"
        for kind, typed in ((down, {"text": text} if text else {}), ("keyUp", {})):
            browser._websocket_request(
                "Input.dispatchKeyEvent", params={"type": kind, **common, **typed}
            )

    def _open(self):
        """Return the steps to the open dialog, which starts on its main button."""
        return (
            "!!document.querySelector('button[name=button_validate]:enabled')",
            ("v", ALT),
            f"!!document.querySelector('{DIALOG}')",
            "!!document.activeElement.matches('.modal-footer button[name=process].btn-primary')",
        )

    def _done(self):
        return (
            "!document.querySelector('.modal') && document.querySelector("
            "'.o_arrow_button_current[data-value=done]') !== null",
        )

    def test_enter_carries_out_what_is_proposed(self):
        self._type(*self._open(), "Enter", *self._done())
        self.assertEqual(self.delivery.state, "done")
        self.assertHeld(self.order, 6)

    def test_decision_of_a_line_is_taken_with_keys(self):
        """Back to the last line, two choices down, forward to the main button."""
        self._type(
            *self._open(),
            ("Tab", SHIFT),
            f"!!document.activeElement.matches('{DIALOG}')",
            "ArrowDown",
            "ArrowDown",
            "!!document.activeElement.matches('select') &&"
            " document.activeElement.value === 'cancel'",
            "Tab",
            "!!document.activeElement.matches('.modal-footer button[name=process]')",
            "Enter",
            *self._done(),
        )
        self.assertEqual(self.delivery.state, "done")
        self.assertHeld(self.order, 3)
        self.assertEqual(self._held(self.order).product_id, self.gadget)
