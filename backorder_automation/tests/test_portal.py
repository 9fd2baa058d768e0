from datetime import timedelta

from odoo import fields, http
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import format_date, mute_logger

from ..texts import format_short_day
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

    def _wish(self, order, wish, token=None, path="", **data):
        """Press a button on the page; return the response."""
        data = {"wish": wish, "csrf_token": http.Request.csrf_token(self), **data}
        query = f"?access_token={token}" if token else ""
        url = f"/my/orders/{order.id}/backorder{path}{query}"
        response = self.url_open(url, data=data, allow_redirects=False)
        self.env.invalidate_all()
        return response

    def _take_back(self, order, number=None, token=None, **data):
        """Take back the wish of the order, or one of another number; return the message."""
        number = order.backorder_wish_id.id if number is None else number
        response = self._wish(order, number, token, path="/take_back", **data)
        return response.headers["Location"].rpartition("message=")[2]

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
        self.assertFalse(message.is_internal or message.subtype_id.internal)
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
        self._wish(order, "cancel", token)
        self.assertIn("Cancel the rest", self._activities(order).summary)

    def test_order_without_salesperson_asks_the_team_leader(self):
        team = self.env["crm.team"].create({"name": "Team", "user_id": self.salesperson.id})
        order = self._short(8, 5, user_id=False, team_id=team.id)
        order.user_id = False
        self._wish(order, "wait", order._portal_ensure_token())
        self.assertEqual(self._activities(order).user_id, self.salesperson)

    def test_order_without_anybody_to_ask_keeps_the_wish(self):
        order = self._short(8, 5, user_id=False, team_id=False)
        order.write({"user_id": False, "team_id": False})
        self._wish(order, "wait", order._portal_ensure_token())
        self.assertEqual(order.backorder_wish, "wait")
        self.assertEqual(len(self._activities(order)), 1)
        self.assertFalse(self._activities(order).user_id.share)

    def test_unknown_wish_and_shipped_order_are_refused(self):
        order = self._short(8, 5)
        token = order._portal_ensure_token()
        response = self._wish(order, "everything", token)
        self.assertIn("message=backorder_refused", response.headers["Location"])
        order._action_cancel()
        self._wish(order, "wait", token)
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

    def test_only_what_makes_sense_is_offered(self):
        order = self._short(8, 5)
        self.assertEqual(set(order._get_backorder_wishes()), {"wait", "cancel"})
        self._stock(self.gadget, 2)
        self.assertEqual(set(order._get_backorder_wishes()), {"ship", "wait", "cancel"})
        self._held(order).action_backorder_release()
        self.assertEqual(set(order._get_backorder_wishes()), {"wait", "cancel"})
        self._stock(self.gadget, 1)
        self._held(order).action_backorder_release()
        self.assertEqual(set(order._get_backorder_wishes()), {"cancel"})
        self._released(order).move_ids.picked = True
        self.assertFalse(order._get_backorder_wishes())

    def test_nothing_is_there_where_those_ahead_get_it(self):
        first, second = self._short(8, 5), self._short(9, 4)
        self._stock(self.gadget, 3)
        self.assertIn("ship", first._get_backorder_wishes())
        self.assertNotIn("ship", second._get_backorder_wishes())
        self._wish(second, "ship", second._portal_ensure_token())
        self.assertFalse(self._activities(second))

    def test_order_that_ships_complete_may_ask_for_what_is_there(self):
        order = self._order((self.gadget, 4), (self.gizmo, 2), picking_policy="one")
        order.action_mark_backordered()
        self.assertNotIn("ship", order._get_backorder_wishes())
        self._stock(self.gizmo, 2)
        self.assertIn("ship", order._get_backorder_wishes())

    def test_wish_costs_as_many_queries_for_two_lines_as_for_twenty(self):
        def count(number):
            products = [self._product(f"Good {index}") for index in range(number)]
            order = self._order(*((product, 2) for product in products))
            order.action_mark_backordered()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(order._get_backorder_wishes())
            return self.env.cr.sql_log_count - before

        count(2)
        self.assertLessEqual(count(20), count(2) + 2)

    def test_page_says_what_was_asked_until_it_is_taken_back(self):
        order = self._short(8, 5)
        self.authenticate(self.guest.login, self.guest.login)
        self.assertNotIn('name="backorder_wish"', self._page(order))
        self._wish(order, "cancel")
        page = self._page(order)
        date = format_short_day(self.env(user=self.guest), order.backorder_wish_id.create_date)
        self.assertIn(f"You asked: cancel the rest ({date})", page)
        self.assertIn("Take it back", page)
        self.assertNotIn('value="cancel"', page)
        self.assertEqual(self._take_back(order), "backorder_taken_back")
        page = self._page(order)
        self.assertNotIn('name="backorder_wish"', page)
        self.assertIn('value="cancel"', page)
        self.assertFalse(self._activities(order))
        self.assertHeld(order, 3)
        message = order.message_ids.filtered(lambda m: "Taken back: Cancel the rest" in m.body)
        self.assertEqual(message.author_id, self.guest.partner_id)
        self.assertFalse(message.is_internal or message.subtype_id.internal)

    def test_taking_back_twice_is_once(self):
        order = self._short(8, 5)
        token = order._portal_ensure_token()
        self._wish(order, "wait", token)
        number = order.backorder_wish_id.id
        self._take_back(order, number, token)
        messages = len(order.message_ids)
        self.assertEqual(self._take_back(order, number, token), "backorder_taken_back")
        self.assertEqual(len(order.message_ids), messages)

    def test_taking_back_an_old_page_leaves_the_new_wish(self):
        order = self._short(8, 5)
        token = order._portal_ensure_token()
        self._wish(order, "wait", token)
        number = order.backorder_wish_id.id
        self._wish(order, "cancel", token)
        for old in (number, "", "x", "9" * 5000):
            self._take_back(order, old, token)
            self.assertIn("Cancel the rest", self._activities(order).summary)

    def test_somebody_did_it_before_it_was_taken_back(self):
        order = self._short(8, 5)
        token = order._portal_ensure_token()
        self._wish(order, "cancel", token)
        activity = self._activities(order)
        activity.with_user(self.salesperson).action_feedback()
        self.assertEqual(self._take_back(order, activity.id, token), "backorder_too_late")
        page = self._page(order, token)
        self.assertIn("You asked: cancel the rest", page)
        self.assertIn("We have looked at it", page)
        self.assertNotIn("Take it back", page)
        self.assertIn('value="cancel"', page)
        self._wish(order, "cancel", token)
        self.assertEqual(len(self._activities(order)), 1)

    def test_somebody_deleted_the_activity_before_it_was_taken_back(self):
        order = self._short(8, 5)
        token = order._portal_ensure_token()
        self._wish(order, "cancel", token)
        activity = self._activities(order)
        activity.unlink()
        self.assertEqual(self._take_back(order, activity.id, token), "backorder_too_late")
        self.assertNotIn('name="backorder_wish"', self._page(order, token))

    def test_rest_was_cancelled_before_it_was_taken_back(self):
        order = self._short(8, 5)
        token = order._portal_ensure_token()
        self._wish(order, "cancel", token)
        self._held(order)._action_cancel()
        self.assertEqual(self._take_back(order, token=token), "backorder_too_late")

    def test_what_is_there_was_released_before_it_was_taken_back(self):
        order = self._short(8, 5)
        token = order._portal_ensure_token()
        self._stock(self.gadget, 2)
        self._wish(order, "ship", token)
        self.assertTrue(order._get_backorder_wish())
        self._held(order).action_backorder_release()
        self.assertEqual(self._take_back(order, token=token), "backorder_too_late")
        self._stock(self.gadget, 1)
        self.assertIn("ship", order._get_backorder_wishes())

    def test_nobody_else_takes_a_wish_back(self):
        order = self._short(8, 5)
        self._wish(order, "wait", order._portal_ensure_token())
        self.assertEqual(self._take_back(order, token="wrong"), "/my")
        self.authenticate(self.stranger.login, self.stranger.login)
        self.assertEqual(self._take_back(order), "/my")
        with mute_logger("odoo.http"):
            response = self._wish(
                order,
                order.backorder_wish_id.id,
                order.access_token,
                path="/take_back",
                csrf_token="forged",
            )
        self.assertEqual(response.status_code, 400)
        self.assertTrue(self._activities(order))

    def test_wishes_are_written_by_the_page_alone(self):
        order = self._short(8, 5).with_user(self.salesperson)
        with self.assertRaises(AccessError):
            order.backorder_wish = "cancel"

    def test_day_of_another_year_says_the_year(self):
        today = fields.Datetime.now().replace(month=6)
        self.assertNotIn(str(today.year), format_short_day(self.env, today))
        before = today - timedelta(days=366)
        self.assertIn(str(before.year), format_short_day(self.env, before))
        self.assertTrue(format_short_day(self.env, fields.Datetime.to_datetime("9999-12-31")))
