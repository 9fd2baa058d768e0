from datetime import timedelta

from odoo import fields, http
from odoo.tests import HttpCase, tagged
from odoo.tools import format_date, mute_logger

from .common import BackorderCommon

WISH = "backorder_automation.mail_activity_backorder_wish"


@tagged("post_install", "-at_install")
class TestPortal(BackorderCommon, HttpCase):
    """The customer sees what is back ordered, and says what should happen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guest = cls._user("bo_guest", "base.group_portal")
        cls.stranger = cls._user("bo_stranger", "base.group_portal")
        cls.customer = cls.guest.partner_id
        cls.offers = ("backorder_portal_ship", "backorder_portal_wait", "backorder_portal_cancel")
        cls.company.write(dict.fromkeys(cls.offers, True))

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)  # the public

    def _page(self, order, token=None):
        """Open the page of the order, with a token or as whoever is logged in."""
        query = f"?access_token={token}" if token else ""
        response = self.url_open(f"/my/orders/{order.id}{query}")
        self.assertEqual(response.status_code, 200)
        return response.text

    def _wish(self, order, wish, token=None, **data):
        """Press a button on the page; return the response."""
        data = {"wish": wish, "csrf_token": http.Request.csrf_token(self), **data}
        query = f"?access_token={token}" if token else ""
        url = f"/my/orders/{order.id}/backorder{query}"
        response = self.url_open(url, data=data, allow_redirects=False)
        self.env.invalidate_all()
        return response

    def _activities(self, order):
        return order.activity_ids.filtered(lambda activity: activity.activity_type_id == self.type)

    @property
    def type(self):
        return self.env.ref(WISH)

    def test_page_shows_shipped_open_and_expected(self):
        order = self._short(533, 500)
        self.authenticate(self.guest.login, self.guest.login)
        page = self._page(order)
        self.assertIn("backorder_table", page)
        self.assertIn("533.00", page)
        self.assertIn("33.00", page)
        self.assertIn("No date known yet", page)
        receipt = self._incoming(self.gadget, 33)
        receipt.move_ids.date = fields.Datetime.now() + timedelta(days=9)
        page = self._page(order)
        self.assertIn(format_date(self.env(user=self.guest), receipt.move_ids.date), page)
        self.assertNotIn("No date known yet", page)

    def test_passed_date_is_no_promise(self):
        order = self._short(533, 500)
        self._incoming(self.gadget, 33).move_ids.date = fields.Datetime.now() - timedelta(days=9)
        self.assertEqual(order.order_line._get_backorder_customer_text(), "No date known yet")

    def test_released_is_being_prepared(self):
        order = self._short(533, 500)
        self._stock(self.gadget, 33)
        self._held(order).action_backorder_release()
        self.assertEqual(order.order_line._get_backorder_customer_text(), "Being prepared")

    def test_nothing_back_ordered_shows_nothing(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 5))
        self.assertNotIn('name="backorder', self._page(order, order._portal_ensure_token()))

    def test_switched_off_shows_nothing(self):
        order = self._short(8, 5)
        self.company.backorder_automation = False
        self.assertNotIn('name="backorder', self._page(order, order._portal_ensure_token()))

    def test_no_wish_is_offered_by_default(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.assertFalse(any(other[name] for name in self.offers))
        self.company.write(dict.fromkeys(self.offers, False))
        order = self._short(8, 5)
        self.assertNotIn("backorder_wishes", self._page(order, order._portal_ensure_token()))
        self._wish(order, "cancel", order.access_token)
        self.assertFalse(self._activities(order))

    def test_wish_reaches_the_salesperson(self):
        order = self._short(8, 5)
        self.authenticate(self.guest.login, self.guest.login)
        self.assertIn("Cancel the rest", self._page(order))
        response = self._wish(order, "cancel")
        self.assertIn("message=backorder_asked", response.headers["Location"])
        activity = self._activities(order)
        self.assertEqual(activity.user_id, self.salesperson)
        self.assertIn("Cancel the rest", activity.summary)
        message = order.message_ids.filtered(lambda m: "Cancel the rest" in m.body)
        self.assertEqual(message.author_id, self.guest.partner_id)
        self.assertHeld(order, 3)  # nothing happened yet

    def test_wish_with_a_token(self):
        order = self._short(8, 5)
        self._wish(order, "wait", order._portal_ensure_token())
        self.assertIn("I wait", self._activities(order).summary)

    def test_same_wish_twice_is_one(self):
        order = self._short(8, 5)
        token = order._portal_ensure_token()
        self._wish(order, "wait", token)
        messages = len(order.message_ids)
        self._wish(order, "wait", token)
        self.assertEqual(len(self._activities(order)), 1)
        self.assertEqual(len(order.message_ids), messages)

    def test_new_wish_replaces_the_old_one(self):
        order = self._short(8, 5)
        token = order._portal_ensure_token()
        self._wish(order, "wait", token)
        self._wish(order, "ship", token)
        self.assertIn("Ship what is there", self._activities(order).summary)

    def test_order_without_salesperson_asks_the_team_leader(self):
        team = self.env["crm.team"].create({"name": "Team", "user_id": self.salesperson.id})
        order = self._short(8, 5, user_id=False, team_id=team.id)
        order.user_id = False
        self._wish(order, "ship", order._portal_ensure_token())
        self.assertEqual(self._activities(order).user_id, self.salesperson)

    def test_unknown_wish_and_shipped_order_are_refused(self):
        order = self._short(8, 5)
        token = order._portal_ensure_token()
        response = self._wish(order, "everything", token)
        self.assertIn("message=backorder_refused", response.headers["Location"])
        order._action_cancel()
        self._wish(order, "ship", token)
        self.assertFalse(self._activities(order))

    def test_another_customer_is_turned_away(self):
        order = self._short(8, 5)
        self.authenticate(self.stranger.login, self.stranger.login)
        response = self._wish(order, "cancel")
        self.assertTrue(response.headers["Location"].endswith("/my"))
        self.assertFalse(self._activities(order))

    def test_wrong_token_is_turned_away(self):
        order = self._short(8, 5)
        other = self._order((self.gizmo, 1))
        for token in ("wrong", other._portal_ensure_token(), None):
            response = self._wish(order, "cancel", token)
            self.assertTrue(response.headers["Location"].endswith("/my"))
        self.assertFalse(self._activities(order))

    def test_without_csrf_token_nothing_happens(self):
        order = self._short(8, 5)
        token = order._portal_ensure_token()
        with mute_logger("odoo.http"):
            response = self._wish(order, "cancel", token, csrf_token="forged")
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self._activities(order))

    def test_missing_order_is_turned_away(self):
        order = self._order((self.gizmo, 1), confirm=False)
        missing = order.browse(order.id)
        order.unlink()
        response = self._wish(missing, "cancel", "any")
        self.assertTrue(response.headers["Location"].endswith("/my"))

    def test_order_of_two_lines_lists_only_the_short_one(self):
        self._stock(self.gizmo, 4)
        order = self._order((self.gizmo, 4), (self.gadget, 7))
        self._ship(order.picking_ids, 4, self.gizmo).process()
        self.assertEqual(order._get_backorder_customer_lines().product_id, self.gadget)
