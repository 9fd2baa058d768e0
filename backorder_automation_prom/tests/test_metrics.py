from datetime import timezone

from prometheus_client.parser import text_string_to_metric_families

from odoo.tests import tagged

from odoo.addons.backorder_automation.tests.test_health_json import HealthJsonCommon

URL = "/backorder/metrics"


@tagged("post_install", "-at_install")
class TestMetrics(HealthJsonCommon):
    """What the screen says, as Prometheus reads it."""

    def _metrics(self):
        """Return the figures: (name, label) to value."""
        answer = self._get(self._key(self.manager), URL)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("text/plain", answer.headers["Content-Type"])
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }

    def test_all_is_well(self):
        self._short()
        metrics = self._metrics()
        levels = [value for key, value in metrics.items() if key[0] == "backorder_health_level"]
        self.assertEqual(set(levels), {0})
        self.assertEqual(metrics["backorder_schedule_on", "secondary"], 1)
        next_run = self.secondary.nextcall.replace(microsecond=0, tzinfo=timezone.utc)
        self.assertEqual(
            metrics["backorder_schedule_next_run_timestamp_seconds", "secondary"],
            next_run.timestamp(),
        )

    def test_fault_is_told(self):
        self._seed_leaked()
        held = self._seed_failed()
        self._seed_late()
        metrics = self._metrics()
        self.assertEqual(metrics["backorder_health_level", "failed"], 2)
        self.assertEqual(metrics["backorder_health_count", "leaked"], 1)
        self.assertEqual(metrics["backorder_schedule_late_seconds", "primary"], 3 * 60 * 60)
        self.assertTrue(held)

    def test_key_of_somebody_else_is_told_nothing(self):
        for user in (self.shipper, self.salesperson):
            self.assertEqual(self._get(self._key(user), URL).status_code, 403)

    def test_no_key_and_a_wrong_one_are_told_nothing(self):
        for key in (None, "0" * 40):
            self.assertEqual(self._get(key, URL).status_code, 401)
