from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .test_health import HealthCommon

URL = "/backorder/health"


class HealthJsonCommon(HealthCommon, HttpCase):
    """Ask as a machine does."""

    def _key(self, user):
        """Return an API key of the user."""
        until = fields.Datetime.now() + timedelta(hours=1)
        return self.env["res.users.apikeys"].with_user(user)._generate(None, "health", until)

    def _get(self, key=None, url=URL):
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return self.url_open(url, headers=headers)


@tagged("post_install", "-at_install")
class TestHealthJson(HealthJsonCommon):
    """What the screen says, for machines with an API key of Odoo's own."""

    def _told(self):
        answer = self._get(self._key(self.manager))
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        return answer.json()

    def test_all_is_well(self):
        self._short()
        told = self._told()
        self.assertEqual((told["level"], told["wrong"]), ("ok", 0))
        [secondary] = [check for check in told["checks"] if check["key"] == "secondary"]
        self.assertIs(secondary["is_on"], True)
        self.assertEqual(secondary["late"], 0)
        self.assertIsNone(secondary["since"])
        next_run = datetime.fromisoformat(secondary["next_run"].removesuffix("Z"))
        self.assertEqual(next_run, self.secondary.nextcall.replace(microsecond=0))

    def test_fault_is_told(self):
        self._seed_leaked()
        self._seed_failed()
        told = self._told()
        self.assertEqual((told["level"], told["wrong"]), ("danger", 2))
        counts = {check["key"]: check["count"] for check in told["checks"]}
        self.assertEqual((counts["leaked"], counts["failed"], counts["lost"]), (1, 1, 0))

    def test_key_of_somebody_else_is_told_nothing(self):
        for user in (self.shipper, self.salesperson):
            self.assertEqual(self._get(self._key(user)).status_code, 403)

    def test_no_key_and_a_wrong_one_are_told_nothing(self):
        for key in (None, "0" * 40):
            self.assertEqual(self._get(key).status_code, 401)
