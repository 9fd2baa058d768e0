import json
from typing import NamedTuple

from odoo.tests import HttpCase
from odoo.tools import file_open

from ..const import CTX_ASK
from .common import BackorderCommon

SCRIPT = "backorder_automation/static/tests/screens/screens.js"
WIZARD = ".modal .o_form_view"


def _press(record, button, **context):
    """Return JavaScript that presses a button of a record."""
    values = (record._name, record.id, button, context)
    return f"await press({', '.join(map(json.dumps, values))})"


class Screen(NamedTuple):
    """A page of ours: who opens which address, and what shows that it is drawn."""

    user: object
    url: str
    ready: str
    prepare: str = ""


class ScreenCommon(BackorderCommon, HttpCase):
    """Open every screen of ours in a browser, with something to show on it, and check it."""

    browser_size = "1366x768"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guest = cls._user("bo_guest", "base.group_portal")
        cls.admin = cls._user("bo_admin", "base.group_system")
        for group in ("stock.group_stock_manager", "sales_team.group_sale_manager"):
            cls.admin.group_ids += cls.env.ref(group)
        cls.company.write(
            {
                "backorder_at_confirm": "ask",
                "backorder_portal_cancel": True,
                "backorder_portal_wait": True,
            }
        )

    def setUp(self):
        super().setUp()
        self.order = self._short(533, 500, partner=self.guest.partner_id)
        self.delivery = self._make_short_delivery()
        self._make_served_order()
        self.released = self._make_released()

    def _make_short_delivery(self):
        """Return a delivery with less in stock than two lines ask for."""
        self._stock(self.gizmo, 1)
        return self._order((self.gizmo, 4), (self._product("Gauge"), 2)).picking_ids

    def _make_released(self):
        """Return the transfer of a released back order."""
        governor = self._product("Governor")
        order = self._short(3, 0, product=governor)
        self._stock(governor, 3)
        return self._held(order)._backorder_release()

    def _make_served_order(self):
        """Let an order wait for something that is there by now."""
        gear = self._product("Gear")
        self._short(7, 0, product=gear)
        self._stock(gear, 7)

    def _screens(self):
        """Return our screens by name."""
        delivery, order = self.delivery, self.order
        quotation = self._order((self.gizmo, 4), (self._product("Gauge"), 2), confirm=False)
        form = f"/odoo/sale.order/{order.id}"
        return {
            "list": Screen(
                self.manager, "/odoo/back-orders", ".o_list_view .o_data_row, .o_kanban_record"
            ),
            "kanban": Screen(
                self.manager, "/odoo/back-orders?view_type=kanban", ".o_kanban_record"
            ),
            "dialog": Screen(
                self.admin,
                f"/odoo/stock.picking/{delivery.id}",
                ".modal .o_field_widget[name=shortfall_line_ids]",
                _press(delivery, "button_validate"),
            ),
            "ask": Screen(
                self.admin,
                f"/odoo/sale.order/{quotation.id}",
                ".modal .o_field_widget[name=line_ids] :is(.o_data_row, .o_kanban_record)",
                _press(quotation, "action_confirm", **{CTX_ASK: True}),
            ),
            "find stock": Screen(
                self.admin, form, WIZARD, _press(self._held(order), "action_backorder_find_stock")
            ),
            "pause": Screen(
                self.admin, form, WIZARD, _press(self._held(order), "action_backorder_pause")
            ),
            "settings": Screen(
                self.admin,
                "/odoo/action-stock.action_stock_config_settings",
                "#backorder_portal",
            ),
            "quotation": Screen(
                self.admin,
                f"/odoo/sale.order/{quotation.id}",
                ".o_form_view [name=backorder_outlook]",
            ),
            "order": Screen(self.admin, form, ".o_form_view [name=backorder_progress]"),
            "overview": Screen(
                self.manager,
                "/odoo/action-stock.stock_picking_type_action",
                "[name=backorder_counts]",
            ),
            "transfers": Screen(
                self.manager,
                "/odoo/action-stock.action_picking_tree_all",
                ".o_backorder_badge",
            ),
            "transfer": Screen(
                self.manager,
                f"/odoo/stock.picking/{self.released.id}",
                "h1 .o_backorder_badge",
            ),
            "dashboard": Screen(
                self.manager, "/odoo/back-order-dashboard", ".o_backorder_graph canvas"
            ),
            "health": Screen(
                self.manager,
                "/odoo/action-backorder_automation.action_server_backorder_health",
                ".o_field_widget[name=finding_ids] :is(.o_data_row, .o_kanban_record)",
            ),
            "simulation": Screen(
                self.manager,
                "/odoo/action-backorder_automation.action_backorder_simulation",
                ".o_field_widget[name=line_ids] :is(.o_data_row, .o_kanban_record)",
                "(await appear('button[name=action_simulate]')).click()",
            ),
            "portal": Screen(self.guest, f"/my/orders/{order.id}", "[name=backorder_wishes]"),
            "portal, asked": Screen(
                self.guest,
                f"/my/orders/{order.id}",
                "#backorder_cancel.show",
                "(await appear('button[name=backorder_cancel]')).click()",
            ),
        }

    def _inspect(self, screen, check, scripts=()):
        """Open a screen and fail with what the check finds.

        :param check: JavaScript that returns, or promises, a list of texts
        :param scripts: sources to load into the page before
        """
        with file_open(SCRIPT) as source:
            code = "\n".join((*scripts, source.read()))
        code += (
            f"\ninspect(async () => {{ {screen.prepare} }}, {json.dumps(screen.ready)},"
            f" () => {check}).catch((error) => console.error(error.message));"
        )
        try:
            self.browser_js(screen.url, code, login=screen.user.login, timeout=120)
        except AssertionError as error:
            # Odoo repeats the code, which is half a megabyte with axe in it.
            raise AssertionError(str(error).replace(code, "...")) from None


class EveryScreen:
    """One test per screen; a class says what `_check` is."""

    def test_list(self):
        self._check("list")

    def test_kanban(self):
        self._check("kanban")

    def test_health(self):
        self._check("health")

    def test_shortfall_dialog(self):
        self._check("dialog")

    def test_dialog_at_confirmation(self):
        self._check("ask")

    def test_dialog_of_found_stock(self):
        self._check("find stock")

    def test_dialog_of_a_pause(self):
        self._check("pause")

    def test_settings(self):
        self._check("settings")

    def test_order(self):
        self._check("order")

    def test_overview(self):
        self._check("overview")

    def test_transfers(self):
        self._check("transfers")

    def test_transfer(self):
        self._check("transfer")

    def test_quotation(self):
        self._check("quotation")

    def test_dashboard(self):
        self._check("dashboard")

    def test_simulation(self):
        self._check("simulation")

    def test_portal(self):
        self._check("portal")

    def test_portal_asks_before_the_rest_is_cancelled(self):
        self.order._backorder_ask("wait", self.guest.partner_id)
        self._check("portal, asked")
