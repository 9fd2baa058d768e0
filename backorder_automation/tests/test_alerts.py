from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..hooks import uninstall_hook
from ..models.backorder_alert_mixin import ALERTS
from .common import QueueCommon


class AlertCommon(QueueCommon):
    """A company that wants every activity, and the sweep that writes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "backorder_activity_promise": True,
                "backorder_activity_nothing": True,
                "backorder_age_limit": 0,
            }
        )
        cls.buyer = cls._user("bo_buyer", "sales_team.group_sale_salesman_all_leads")

    def _sweep(self):
        self.env["stock.move"]._cron_backorder_secondary()

    def _alerts(self, order, kind):
        """Return the open activities of a kind on an order."""
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "sale.order"),
                ("res_id", "=", order.id),
                ("activity_type_id", "=", self.env.ref(ALERTS[kind]).id),
            ]
        )

    def _told(self, order):
        """Sweep and return the kinds of the open activities of an order."""
        self._sweep()
        return [kind for kind in ALERTS if self._alerts(order, kind)]

    def _expect(self, days, quantity=33):
        receipt = self._incoming(self.gadget, quantity)
        receipt.move_ids.date = fields.Datetime.now() + timedelta(days=days)
        return receipt


@tagged("post_install", "-at_install")
class TestAlerts(AlertCommon):
    """Somebody is told about back orders that go wrong, once, until they are right again."""

    def test_settings_write_the_company(self):
        with Form(self.env["res.config.settings"]) as form:
            form.backorder_activity_promise = False
            form.backorder_age_limit = 14
        form.record.execute()
        self.assertRecordValues(
            self.company, [{"backorder_activity_promise": False, "backorder_age_limit": 14}]
        )

    def test_new_company_tells_the_salesperson_about_promises_only(self):
        company = self.env["res.company"].create({"name": "New"})
        self.assertEqual(company._get_backorder_alerts(), {"promise": True})

    def test_age_limit_cannot_be_negative(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.company.backorder_age_limit = -1
            self.env.flush_all()

    # Promise

    def test_expected_after_the_promise(self):
        order = self._waiting(33, promised=5)
        self._expect(9)
        self.assertEqual(self._told(order), ["promise"])
        alert = self._alerts(order, "promise")
        self.assertEqual(alert.user_id, self.salesperson)
        self.assertEqual(alert.summary, "The promised date cannot be kept")
        self.assertIn("Gadget: 33 Units, expected on", alert.note)

    def test_expected_before_the_promise(self):
        order = self._waiting(33, promised=9)
        self._expect(5)
        self.assertEqual(self._told(order), [])

    def test_stock_is_there(self):
        order = self._waiting(33, promised=5)
        self._stock(self.gadget, 33)
        self.assertEqual(self._told(order), [])

    def test_paused_is_somebodys_decision(self):
        order = self._waiting(33, promised=5)
        self._held(order).backorder_paused = True
        self.assertEqual(self._told(order), [])

    def test_only_what_an_order_shipping_complete_lacks(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 5), (self.gizmo, 7), picking_policy="one")
        order.action_mark_backordered()
        self.assertEqual(self._told(order), ["nothing"])
        note = self._alerts(order, "nothing").note
        self.assertIn("Gizmo: 7 Units, nothing more is ordered", note)
        self.assertNotIn("Gadget", note)

    def test_company_does_not_want_it(self):
        self.company.backorder_activity_promise = False
        order = self._waiting(33, promised=5)
        self._expect(9)
        self.assertEqual(self._told(order), [])

    def test_no_mail_is_sent_for_it(self):
        self.salesperson.notification_type = "email"
        order = self._waiting(33)
        mails = self.env["mail.mail"].search_count([])
        self.assertTrue(self._told(order))
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    # Nothing ordered

    def test_nothing_ordered_is_for_the_responsible_of_the_product(self):
        self.gadget.responsible_id = self.buyer
        order = self._waiting(33, promised=5)
        self.assertEqual(self._told(order), ["promise", "nothing"])
        self.assertEqual(self._alerts(order, "nothing").user_id, self.buyer)
        self.assertEqual(self._alerts(order, "promise").user_id, self.salesperson)

    def test_without_a_responsible_it_is_for_the_salesperson(self):
        self.gadget.responsible_id = False
        order = self._waiting(33)
        self._sweep()
        self.assertEqual(self._alerts(order, "nothing").user_id, self.salesperson)

    def test_responsible_who_may_not_see_the_order_is_spared(self):
        self.gadget.responsible_id = self._user("bo_nobody", "base.group_user")
        order = self._waiting(33)
        self._sweep()
        self.assertEqual(self._alerts(order, "nothing").user_id, self.salesperson)

    def test_order_without_a_salesperson_has_it_too(self):
        order = self._waiting(33, promised=5, user_id=False, team_id=False)
        self._sweep()
        self.assertFalse(self._alerts(order, "promise").user_id)

    # Age

    def test_waiting_longer_than_the_limit(self):
        self.company.backorder_age_limit = 10
        young, old = self._waiting(1, promised=99), self._waiting(1, promised=99)
        self._expect(20)
        for order, days in ((young, 10), (old, 11)):
            self._held(order).backorder_date = fields.Datetime.now() - timedelta(days=days)
        self.assertEqual(self._told(young), [])
        self.assertEqual(self._told(old), ["age"])
        self.company.backorder_age_limit = 0
        self.assertEqual(self._told(old), [])

    # Once, and closed by itself

    def test_told_once(self):
        order = self._waiting(33, promised=5)
        self._sweep()
        self._sweep()
        self.assertEqual(len(self._alerts(order, "promise")), 1)
        self._alerts(order, "promise").action_feedback(feedback="I called them.")
        self._sweep()
        self.assertFalse(self._alerts(order, "promise"))

    def test_one_activity_for_all_lines_of_an_order(self):
        order = self._order((self.gadget, 3), (self.gizmo, 4))
        order.action_mark_backordered()
        self._sweep()
        alert = self._alerts(order, "nothing")
        self.assertEqual(len(alert), 1)
        self.assertIn("Gadget: 3 Units", alert.note)
        self.assertIn("Gizmo: 4 Units", alert.note)

    def test_closed_when_solved_and_told_again_when_it_comes_back(self):
        order = self._waiting(33, promised=5)
        self.assertEqual(self._told(order), ["promise", "nothing"])
        receipt = self._expect(3)
        self.assertEqual(self._told(order), [])
        receipt.move_ids.date += timedelta(days=9)
        self.assertEqual(self._told(order), ["promise"])
        self.assertEqual(len(self._alerts(order, "promise")), 1)

    def test_note_stays_true_while_the_cause_lasts(self):
        order = self._waiting(33, promised=5)
        self._expect(9)
        self._sweep()
        alert = self._alerts(order, "promise")
        first = alert.note
        self._sweep()
        self.assertEqual(alert.note, first)
        order.order_line.product_uom_qty = 20
        self._sweep()
        self.assertIn("Gadget: 20 Units, expected on", alert.note)

    def test_note_of_somebody_else_is_left_alone(self):
        """An activity of the same type by hand, about an order nothing is wrong with."""
        order = self._waiting(33, promised=9)
        self._expect(5)
        alert = order.activity_schedule(ALERTS["promise"], note="Call them")
        self._sweep()
        self.assertEqual(alert.note, "<p>Call them</p>")

    def test_closed_when_released(self):
        order = self._waiting(33)
        self._sweep()
        self._stock(self.gadget, 33)
        self.assertEqual(self._told(order), [])
        self.assertFalse(order.backorder_alerts)

    def test_closed_when_the_feature_is_switched_off(self):
        order = self._waiting(33, promised=5)
        self._sweep()
        self.assertTrue(self._alerts(order, "promise"))
        self.company.backorder_automation = False
        self.assertFalse(self._alerts(order, "promise"))

    def test_uninstall_takes_the_activities_along(self):
        """What was done stays as a to-do: the types themselves go."""
        done, open_ = self._waiting(33, promised=5), self._waiting(33, promised=5)
        self._sweep()
        self._alerts(done, "promise").action_feedback(feedback="I called them.")
        uninstall_hook(self.env)
        alerts = self.env["mail.activity"].with_context(active_test=False)
        types = [self.env.ref(xmlid).id for xmlid in ALERTS.values()]
        self.assertFalse(alerts.search([("activity_type_id", "in", types)]))
        self.assertFalse(open_.activity_ids)
        kept = alerts.search([("res_model", "=", "sale.order"), ("res_id", "=", done.id)])
        self.assertEqual(kept.activity_type_id, self.env.ref("mail.mail_activity_data_todo"))

    def test_other_company_wants_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        other.write({"backorder_automation": True, "backorder_activity_promise": False})
        self.assertEqual(self._told(self._waiting(33, promised=5)), ["promise", "nothing"])

    def test_filtered_by_their_own_types(self):
        types = self.env["mail.activity.type"].search(
            [("name", "like", "Back Order: "), ("res_model", "=", "sale.order")]
        )
        self.assertEqual(len(types), len(ALERTS))

    # Cost

    def test_sweep_costs_the_same_for_every_number_of_lines(self):
        def cost(count):
            order = self._order(
                *((self._product(f"Product {number}"), 1) for number in range(count))
            )
            order.action_mark_backordered()
            self._sweep()
            self.assertTrue(self._alerts(order, "nothing"))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._sweep()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few = cost(2)
        self.assertLessEqual(cost(30), few)
