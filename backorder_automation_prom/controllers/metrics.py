from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request

LEVELS = {"ok": 0, "warning": 1, "danger": 2}


class BackorderMetrics(http.Controller):
    @http.route("/backorder/metrics", type="http", auth="bearer", methods=["GET"])
    def backorder_metrics(self):
        """Say what *Back Orders > Health* says as Prometheus reads it.

        With an API key of a user as for `/backorder/health`: `authorization: {credentials: KEY}`.
        """
        try:
            health = request.env["backorder.health"]._get_summary()
        except AccessError as error:
            return request.make_response(str(error), status=403)
        headers = [("Content-Type", CONTENT_TYPE_LATEST), ("Cache-Control", "no-store")]
        return request.make_response(generate_latest(make_registry(health)), headers)


def make_registry(health):
    """Return the figures of one moment: of this request, and of no other.

    :param dict health: what `backorder.health` says
    """
    registry = CollectorRegistry()

    def gauge(name, text, label="check"):
        return Gauge(f"backorder_{name}", text, [label], registry=registry)

    level = gauge("health_level", "0: as it should be, 1: warning, 2: danger.")
    count = gauge("health_count", "How many were found.")
    since = gauge("health_since_timestamp_seconds", "Since when the oldest of them is there.")
    is_on = gauge("schedule_on", "Whether the schedule is on.", "process")
    late = gauge("schedule_late_seconds", "How late the schedule is.", "process")
    last = gauge("schedule_last_run_timestamp_seconds", "When it ran.", "process")
    following = gauge("schedule_next_run_timestamp_seconds", "When it runs next.", "process")
    for check in health["checks"]:
        key = check["key"]
        level.labels(key).set(LEVELS[check["level"]])
        count.labels(key).set(check["count"])
        set_moment(since, key, check["since"])
        if "is_on" in check:
            is_on.labels(key).set(check["is_on"])
            late.labels(key).set(60 * check["late"])
            set_moment(last, key, check["last_run"])
            set_moment(following, key, check["next_run"])
    return registry


def set_moment(gauge, key, moment):
    """Set a gauge to a moment in UTC; leave it out where there is none."""
    if moment:
        gauge.labels(key).set(datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp())
