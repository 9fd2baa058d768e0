from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_health import HealthCommon


@tagged("post_install", "-at_install")
class TestHealthMend(HealthCommon):
    """What Odoo's runner has to do with: it goes by the clock of the database alone."""

    def test_schedule_that_fails_again_says_why(self):
        self._seed_failing()
        self.secondary.code = "model._cron_backorder_secondary(1, 2)"
        line = self._line("secondary")
        with mute_logger("odoo.addons.base.models.ir_actions_server"):
            self.assertEqual(self._press(line)["tag"], "display_exception")
        self.assertEqual(line.level, "danger")

    def test_late_schedule_is_found_and_run(self):
        self._seed_late()
        self.assertEqual(self._find()["primary"]["late"], 180)
        self.assertMended("primary")
