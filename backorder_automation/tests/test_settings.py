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
