from odoo.tests import HttpCase, tagged

from .test_health import HealthCommon


@tagged("post_install", "-at_install")
class TestHealthTour(HealthCommon, HttpCase):
    def test_fault_is_mended_with_one_click(self):
        """Scenario: open Health from the menu, press Mend, look again."""
        self._seed_leaked()
        self.start_tour("/odoo", "backorder_health", login=self.manager.login)
        self.assertEqual(self._alarms(), set())
