from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestToursPeople(BackorderCommon, HttpCase):
    """One tour per person, logged in with nothing but the rights of that role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gadget.name = "Walked Gadget"
        cls.gizmo.name = "Walked Gizmo"

    def _walk(self, tour, user, record=None):
        """Walk a tour as the user, from the form of a record or from the home page."""
        url = f"/odoo/{record._name}/{record.id}" if record else "/odoo"
        self.start_tour(url, tour, login=user.login)
        self.env.invalidate_all()

    def _promised(self, days):
        return fields.Datetime.now() + timedelta(days=days)

    def _two_waiting(self):
        """Return two orders that wait, the first one promised earlier."""
        return (
            self._short(5, 0, name="EARLY-5", commitment_date=self._promised(1)),
            self._short(4, 0, name="LATE-4", commitment_date=self._promised(5)),
        )

    def _ship_two_lines(self, tour):
        """Ship two short lines, where the tour keeps one and cancels the other."""
        self._stock(self.gadget, 5)
        self._stock(self.gizmo, 1)
        order = self._order((self.gadget, 8), (self.gizmo, 4))
        delivery = order.picking_ids
        # stock_delivery reads the zip codes of carriers as the user, who may not.
        self.shipper.group_ids += self.env.ref("base.group_partner_manager")
        self._walk(tour, self.shipper, delivery)
        self.assertEqual(delivery.state, "done")
        self.assertEqual(order.picking_ids, delivery)
        self.assertEqual(order.order_line.mapped("qty_delivered"), [5, 1])
        self.assertEqual(order.order_line.mapped("qty_backordered"), [3, 0])
        self.assertHeld(order, 3)
        self.assertEqual(self._held(order).product_id, self.gadget)
        self.assertEqual(self._held(order).create_uid, self.shipper)

    def test_shipper(self):
        """Scenario: two lines are short, keep one and cancel the other in the dialog.

        Expected: each line as decided, and the delivery is done.
        """
        self._ship_two_lines("backorder_shipper")

    def test_shipper_with_a_phone(self):
        """Scenario: the same on a screen of 390 pixels, where lines are cards.

        Expected: the same.
        """
        self.browser_size = "390x844"
        self._ship_two_lines("backorder_shipper_phone")

    def test_shipper_and_what_was_released(self):
        """Scenario: find what may be shipped now, and see what it is.

        Expected: the filter finds the released transfer alone; a badge in list, form and cards,
        and a note with the receipt that brought the goods.
        """
        self.shipper.group_ids += self.env.ref("base.group_partner_manager")
        order = self._short(8, 5)
        self._order((self.gizmo, 2))
        self._receive(self.gadget, 3)
        self._run()
        self.assertEqual(len(self._released(order)), 1)
        action = self.env.ref("stock.action_picking_tree_all")
        self.start_tour(
            f"/odoo/action-{action.id}", "backorder_shipper_released", login=self.shipper.login
        )

    def test_shipper_who_finds_less(self):
        """Scenario: the system has 8, five are found, the rest is counted and is there.

        Expected: given to nobody before the count, and to the order after it.
        """
        self.gadget.name = "Walked Gadget"
        self._stock(self.gadget, 8)
        order = self._order((self.gadget, 8))
        order.picking_ids.move_ids.write({"quantity": 5, "picked": True})
        action = self.env.ref("stock.action_picking_tree_all")
        self.start_tour(
            f"/odoo/action-{action.id}/{order.picking_ids.id}",
            "backorder_not_found",
            login=self.manager.login,
        )
        self.start_tour("/odoo/back-orders-to-count", "backorder_count", login=self.manager.login)
        self.env.invalidate_all()
        self.assertFalse(self.env["stock.move"]._get_backorder_doubts(self.company))
        self._run(self.secondary)
        self.assertEqual(self._released(order).move_ids.quantity, 3)

    def test_salesperson(self):
        """Scenario: find her order in the list under Sales and see how far it is.

        Expected: list, filter, progress and popover; nothing to decide, nothing changed.
        """
        seller = self._user("bo_seller", "sales_team.group_sale_salesman_all_leads")
        order = self._short(8, 5, name="OWN-8", user_id=seller.id)
        other = self._short(4, 0, name="OTHER-4")
        self._walk("backorder_salesperson", seller)
        self.assertHeld(order, 3)
        self.assertHeld(other, 4)

    def test_manager_at_the_workbench(self):
        """Scenario: star, pause, resume, release now, and take stock from one behind.

        Expected: the starred order has its 4, the other one the 2 of the transfer behind.
        """
        self._stock(self.gadget, 2)
        behind = self._order((self.gadget, 2), name="BEHIND-2", commitment_date=self._promised(20))
        early, late = self._two_waiting()
        self._stock(self.gadget, 4)
        self._walk("backorder_manager", self.manager)
        self.assertHeld(late, 0)
        self.assertEqual(self._released(late).move_ids.quantity, 4)
        self.assertEqual(self._released(late).move_ids.priority, "1")
        self.assertHeld(early, 3)
        self.assertEqual(self._released(early).move_ids.quantity, 2)
        self.assertFalse(behind.picking_ids.move_ids.quantity)

    def test_manager_applies_the_plan(self):
        """Scenario: plan, look at who would get what, apply.

        Expected: exactly that is released.
        """
        early, late = self._two_waiting()
        self._stock(self.gadget, 6)
        self._walk("backorder_manager_plan", self.manager)
        self.assertHeld(early, 0)
        self.assertHeld(late, 3)
        self.assertEqual(self._released(early).move_ids.quantity, 5)
        self.assertEqual(self._released(late).move_ids.quantity, 1)

    def test_manager_compares_two_orders(self):
        """Scenario: plan with the smallest first, against the company's order.

        Expected: who gains, who loses; nothing is released.
        """
        early, late = self._two_waiting()
        self._stock(self.gadget, 4)
        self._walk("backorder_manager_compare", self.manager)
        self.assertHeld(early, 5)
        self.assertHeld(late, 4)

    def test_manager_holds_again(self):
        """Scenario: put a released line back from the list.

        Expected: it waits in its old place, and its transfer is gone.
        """
        late = self._short(4, 0, name="LATE-4")
        self._stock(self.gadget, 4)
        self._held(late).action_backorder_release()
        self._walk("backorder_manager_hold_again", self.manager)
        self.assertHeld(late, 4)

    def test_manager_takes_anyway(self):
        """Scenario: a transfer says that its stock is kept for others; take it anyway.

        Expected: it is reserved, and those ahead go on waiting.
        """
        early = self._short(5, 0, name="EARLY-5")
        self._stock(self.gadget, 5)
        delivery = self._order((self.gadget, 3)).picking_ids
        self.assertFalse(delivery.move_ids.quantity)
        # stock_delivery reads the zip codes of carriers as the user, who may not.
        self.manager.group_ids += self.env.ref("base.group_partner_manager")
        self._walk("backorder_manager_take_anyway", self.manager, delivery)
        self.assertEqual(delivery.move_ids.quantity, 3)
        self.assertHeld(early, 5)

    def test_manager_looks_from_the_product(self):
        """Scenario: open a product somebody waits for, and its forecast.

        Expected: both say how much waits, and lead to the lines.
        """
        self._short(4, 0, name="LATE-4")
        self._walk("backorder_manager_product", self.manager, self.gadget.product_tmpl_id)

    def test_admin(self):
        """Scenario: switch everything on in the settings block, with options, and save.

        Expected: the company and the scheduled actions have it, and the link leads there.
        """
        admin = self._user("bo_admin", "base.group_system")
        admin.group_ids = [Command.link(self.env.ref("stock.group_stock_manager").id)]
        self.company.write(
            {
                "backorder_automation": False,
                "backorder_at_confirm": "off",
                "backorder_portal_cancel": False,
            }
        )
        (self.primary | self.secondary).active = False
        self._walk("backorder_admin", admin)
        self.assertRecordValues(
            self.company,
            [
                {
                    "backorder_automation": True,
                    "backorder_at_confirm": "ask",
                    "backorder_portal_cancel": True,
                }
            ],
        )
        self.assertTrue(self.primary.active)
        self.assertTrue(self.secondary.active)
        self.assertEqual(self.primary.interval_number, 5)

    def test_customer(self):
        """Scenario: open his order on the portal, ask to cancel the rest, think better of it
        before and after, and say that one waits.

        Expected: the salesperson has one activity; the back order itself waits for them.
        """
        guest = self._user("bo_guest", "base.group_portal")
        offers = ("backorder_portal_ship", "backorder_portal_wait", "backorder_portal_cancel")
        self.company.write(dict.fromkeys(offers, True))
        order = self._short(8, 5, name="OWN-8", partner=guest.partner_id)
        self.start_tour("/my/orders", "backorder_customer", login=guest.login)
        self.env.invalidate_all()
        wish = order.activity_ids.filtered(lambda activity: "Back order" in activity.summary)
        self.assertEqual(wish.user_id, self.salesperson)
        self.assertIn("I wait", wish.summary)
        self.assertHeld(order, 3)
