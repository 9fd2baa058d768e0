from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestTours(BackorderCommon, HttpCase):
    """What people click, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.walker = cls._user("bo_walker", "base.group_system")
        cls.walker.group_ids = [
            Command.link(cls.env.ref("stock.group_stock_manager").id),
            Command.link(cls.env.ref("sales_team.group_sale_manager").id),
        ]
        cls.gadget.name = "Walked Gadget"

    def _tour(self, name, record=None):
        """Walk a tour, from the form of the record or from the home page."""
        url = f"/odoo/{record._name}/{record.id}" if record else "/odoo"
        self.start_tour(url, name, login=self.walker.login)
        self.env.invalidate_all()

    def _switch_off(self):
        """Start as after the installation."""
        self.company.backorder_automation = False
        (self.primary | self.secondary).active = False

    def test_walk(self):
        """Scenario: settings, ship 500 of 533, back order, receive 33, ship them: all clicked.

        Expected: one new transfer of 33 on its own, flag on in between and off at the end.
        """
        self._switch_off()
        self._tour("backorder_admin")
        self._stock(self.gadget, 500)
        order = self._order((self.gadget, 533))
        first = order.picking_ids

        self._tour("backorder_walk_ship_short", order)
        self.assertEqual(first.state, "done")
        self.assertHeld(order, 33)

        woken = self._triggers(self.primary)
        receipt = self._incoming(self.gadget, 33)
        self._tour("backorder_walk_receive", receipt)
        self.assertEqual(receipt.state, "done")
        self.assertEqual(self._triggers(self.primary), woken + 1)
        self.assertEqual(order.picking_ids, first)

        self.assertIs(self.primary.method_direct_trigger(), True)
        self.env.invalidate_all()
        second = order.picking_ids - first
        self.assertRecordValues(second, [{"state": "assigned", "backorder_id": first.id}])
        self.assertEqual(second.move_ids.quantity, 33)

        self._tour("backorder_walk_ship_rest", order)
        self.assertEqual(second.state, "done")
        self.assertRecordValues(order, [{"is_backordered": False, "delivery_status": "full"}])
        self.assertEqual(order.order_line.qty_delivered, 533)

    def test_list_of_back_orders(self):
        """Scenario: look for what waits through the Inventory menu.

        Expected: the held line with its reason, and a click leads to its order.
        """
        self._short()
        self._tour("backorder_list")

    def test_dashboard(self):
        """Scenario: open the dashboard through the menu and click a figure.

        Expected: the rows the figure is made of, and a way back.
        """
        self._short()
        self._tour("backorder_dashboard")

    def test_order_line_tells_what_it_waits_for(self):
        """Scenario: open an order with a back order and ask its line for its availability.

        Expected: progress, place, quantity, promise, expected date and reason.
        """
        order = self._short(commitment_date=fields.Datetime.now() + timedelta(days=2))
        self._incoming(self.gadget, 40).move_ids.date += timedelta(days=9)
        self._tour("backorder_order_line", order)

    def test_quotation_tells_what_those_ahead_leave(self):
        self._short(4, 0)
        self._stock(self.gadget, 4)
        receipt = self._incoming(self.gadget, 6)
        receipt.move_ids.date = fields.Datetime.now() + timedelta(days=3)
        self._tour("backorder_quotation_free", self._order((self.gadget, 2), confirm=False))

    def test_order_line_without_back_orders_stays_as_it_was(self):
        """Counter-test: nothing of ours where nothing waits."""
        self._stock(self.gadget, 500)
        self._tour("backorder_order_line_native", self._order((self.gadget, 500)))

    def test_confirm_button_asks_about_short_lines(self):
        """Scenario: press Confirm on an order that is short, where the company asks.

        Expected: the dialog, and the missing part held.
        """
        self.company.backorder_at_confirm = "ask"
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8), confirm=False)
        self._tour("backorder_confirm_ask", order)
        self.assertHeld(order, 3)
