from datetime import timedelta

from odoo import api, models

from odoo.addons.base.models.ir_cron import CompletionStatus

COME_BACK = timedelta(minutes=1)
# For about an hour; then it is no moment's fault, and the schedule's own interval is enough.
COME_BACK_TIMES = 60


class IrCron(models.Model):
    _inherit = "ir.cron"

    @api.model
    def _update_failure_count(self, job, status):
        """Let our schedules come back in a minute after they failed, not in an interval.

        Killed three times without a finished batch, Odoo calls a schedule timed out, runs nothing
        and takes what woke it away: the goods would lie there for the rest of the interval. So
        would they after a full disk, or whatever else stopped the whole job.
        """
        res = super()._update_failure_count(job, status)
        if status == CompletionStatus.FAILED and job["failure_count"] < COME_BACK_TIMES:
            cron = self.browse(job["id"])
            if cron in self.env["stock.move"]._get_backorder_crons():
                cron._trigger(at=self.env.cr.now().replace(microsecond=0) + COME_BACK)
        return res
