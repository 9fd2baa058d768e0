from unittest.mock import patch

from odoo.exceptions import LockError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestSettings(BackorderCommon):
    """The settings read and write the schedules themselves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.primary | cls.secondary).active = False

    def _save(self, **values):
        with Form(self.env["res.config.settings"]) as form:
            for name, value in values.items():
                form[name] = value
        form.record.execute()

    def test_switch_is_per_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.company.backorder_automation = False
        self._save(backorder_automation=True)
        self.assertTrue(self.company.backorder_automation)
        self.assertFalse(other.backorder_automation)

    def test_schedules_are_written(self):
        self._save(
            backorder_primary_active=True,
            backorder_primary_interval_number=3,
            backorder_primary_interval_type="hours",
        )
        self.assertTrue(self.primary.active)
        self.assertEqual(self.primary.interval_number, 3)
        self.assertEqual(self.primary.interval_type, "hours")
        self.assertFalse(self.secondary.active)

    def test_switching_on_runs_the_job_soon(self):
        before = self._triggers(self.secondary)
        self._save(backorder_secondary_active=True)
        self.assertEqual(self._triggers(self.secondary), before + 1)

    def test_setting_only_the_switches_keeps_the_intervals(self):
        switches = {"backorder_automation": True, "backorder_primary_active": True}
        self.env["res.config.settings"].create(switches).execute()
        self.assertTrue(self.primary.active)
        self.assertEqual(self.primary.interval_number, 15)

    def _switch_everything_off(self):
        self.env["res.company"].search([]).backorder_automation = False

    def _are_on(self):
        return self.primary.active, self.secondary.active

    def test_first_switch_on_switches_the_schedules_on(self):
        self._switch_everything_off()
        self._save(backorder_automation=True)
        self.assertEqual(self._are_on(), (True, True))

    def test_so_it_does_without_a_form(self):
        self._switch_everything_off()
        self.env["res.config.settings"].create({"backorder_automation": True}).execute()
        self.assertEqual(self._are_on(), (True, True))

    def test_each_schedule_can_be_left_off(self):
        self._switch_everything_off()
        self._save(backorder_automation=True, backorder_primary_active=False)
        self.assertEqual(self._are_on(), (False, True))
        self._switch_everything_off()
        values = {"backorder_automation": True, "backorder_secondary_active": False}
        self.env["res.config.settings"].create(values).execute()
        self.assertEqual(self._are_on(), (True, False))

    def test_who_changes_his_mind_switches_nothing_on(self):
        self._switch_everything_off()
        with Form(self.env["res.config.settings"]) as form:
            form.backorder_automation = True
            form.backorder_automation = False
        form.record.execute()
        self.assertEqual(self._are_on(), (False, False))

    def test_what_was_switched_off_later_stays_off(self):
        """By another save, and by another company that begins."""
        self._save(backorder_default_decision="native")
        self.assertEqual(self._are_on(), (False, False))
        other = self.env["res.company"].create({"name": "Other"})
        settings = self.env["res.config.settings"].with_company(other)
        settings.create({"backorder_automation": True}).execute()
        self.assertTrue(other.backorder_automation)
        self.assertEqual(self._are_on(), (False, False))

    def test_the_fold_says_what_is_set_below_it(self):
        settings = self.env["res.config.settings"].create({})
        self.assertFalse(settings.backorder_rare_set)
        settings.write({"backorder_keep_days": 4, "backorder_mend_nightly": True})
        self.assertEqual(settings.backorder_rare_set, "(2 set)")

    def test_settings_say_what_a_schedule_does(self):
        settings = self.env["res.config.settings"].create({})
        self.assertFalse(settings.backorder_primary_status)
        self.primary.active = True
        settings = self.env["res.config.settings"].create({})
        self.assertRegex(settings.backorder_primary_status, "next run")
        self.assertFalse(settings.backorder_primary_is_faulty)
        self.primary.failure_count = 2
        settings = self.env["res.config.settings"].create({})
        self.assertRegex(settings.backorder_primary_status, "failed 2 times")
        self.assertTrue(settings.backorder_primary_is_faulty)

    def test_settings_show_the_schedule_itself(self):
        self.primary.write({"active": True, "interval_number": 7})
        settings = self.env["res.config.settings"].create({})
        self.assertTrue(settings.backorder_primary_active)
        self.assertEqual(settings.backorder_primary_interval_number, 7)

    def test_unchanged_schedules_are_not_written(self):
        with patch.object(self.registry["ir.cron"], "write", side_effect=AssertionError("written")):
            self._save(backorder_default_decision="native")
        self.assertEqual(self.company.backorder_default_decision, "native")

    def test_saving_while_the_job_runs_says_so(self):
        settings = self.env["res.config.settings"].create({"backorder_primary_active": True})
        with (
            patch.object(self.registry["ir.cron"], "lock_for_update", side_effect=LockError("x")),
            self.assertRaisesRegex(UserError, "running right now"),
        ):
            settings.set_values()

    def test_interval_must_be_positive(self):
        with self.assertRaises(ValidationError):
            self.env["res.config.settings"].create({"backorder_primary_interval_number": 0})

    def test_buttons_open_the_schedules(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.action_open_backorder_primary()["res_id"], self.primary.id)
        self.assertEqual(settings.action_open_backorder_secondary()["res_id"], self.secondary.id)
