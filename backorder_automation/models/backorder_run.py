from datetime import timedelta

from odoo import api, fields, models

from ..const import EPSILON
from ..texts import format_moment

PROCESSES = [
    ("primary", "Primary"),
    ("secondary", "Secondary"),
    ("manual", "Manual"),
    ("mend", "Mended Reservations"),
]
KEEP_DAYS = 90


class BackorderRun(models.Model):
    """The log of one run of a process: what it looked at, what it released, what it left."""

    _name = "backorder.run"
    _description = "Back Order Run"
    _order = "date_start desc, id desc"

    process = fields.Selection(PROCESSES, required=True, readonly=True)
    woken_by = fields.Selection(
        [("stock", "Stock movement"), ("schedule", "Schedule"), ("user", "User")],
        readonly=True,
    )
    user_id = fields.Many2one("res.users", readonly=True, default=lambda self: self.env.user)
    date_start = fields.Datetime(
        string="From", required=True, readonly=True, default=fields.Datetime.now, index=True
    )
    date_end = fields.Datetime(string="To", readonly=True, help="Empty while the run is going on.")
    is_interrupted = fields.Boolean(
        string="Interrupted",
        readonly=True,
        help="This run was cut off, as by a restart of the server. What it had released stands; "
        "the rest waited for the next run.",
    )
    line_count = fields.Integer(
        string="Lines Looked At",
        readonly=True,
        help="The queues are read as far as their goods reach: who stands behind is not counted.",
    )
    served_count = fields.Integer(
        string="To Release", readonly=True, help="Lines that the plan gave stock to."
    )
    released_count = fields.Integer(
        string="Released", readonly=True, help="Lines released, wholly or in part."
    )
    waiting_count = fields.Integer(
        string="Waiting",
        readonly=True,
        help="Lines looked at that still wait for stock, wholly or in part.",
    )
    failed_count = fields.Integer(string="Failed", readonly=True)
    picking_count = fields.Integer(string="Transfers Made", readonly=True)
    goes_on = fields.Boolean(
        readonly=True, help="The time of the scheduled action was up; it is called again."
    )
    stop_ids = fields.One2many("backorder.run.stop", "run_id", readonly=True)
    stop_requested = fields.Boolean(compute="_compute_stop_requested")
    progress = fields.Float(
        compute="_compute_progress", help="How many of the lines to release are dealt with, in %."
    )
    line_ids = fields.One2many("backorder.run.line", "run_id", readonly=True)
    mended = fields.Text(readonly=True, help="Where what was reserved was not what transfers had.")
    company_ids = fields.Many2many(
        "res.company", readonly=True, help="The companies whose lines it looks at."
    )

    @api.depends("stop_ids")
    def _compute_stop_requested(self):
        for run in self:
            run.stop_requested = bool(run.stop_ids)

    @api.depends("process", "date_start")
    def _compute_display_name(self):
        processes = dict(self._fields["process"]._description_selection(self.env))
        for run in self:
            run.display_name = self.env._(
                "%(process)s, %(date)s",
                process=processes.get(run.process, ""),
                date=format_moment(self.env, run.date_start),
            )

    @api.depends("served_count", "released_count", "failed_count")
    def _compute_progress(self):
        for run in self:
            dealt_with = run.released_count + run.failed_count
            run.progress = 100 * dealt_with / run.served_count if run.served_count else 100

    @api.model
    def _start(self, process, plan, woken_by, quantities=None):
        """Open the log of a run.

        :param str process: one of `PROCESSES`
        :param dict plan: what the run sets out to do, see `_backorder_plan`
        :param str woken_by: `stock`, `schedule` or `user`
        :param dict quantities: what it releases, by move id; all that the plan serves when None
        """
        served = self._count_served(plan) if quantities is None else len(quantities)
        return self.sudo().create(
            {
                "process": process,
                "woken_by": woken_by,
                "user_id": self.env.uid,
                "company_ids": self._get_companies(quantities).ids,
                "line_count": len(plan),
                "served_count": served,
                "waiting_count": len(plan),
            }
        )

    @api.model
    def _get_companies(self, quantities):
        """Return the companies whose lines a run looks at: they decide who sees its log.

        :param dict quantities: what it releases, by move id; None where it looks at everything
        """
        if quantities is not None:
            return self.env["stock.move"].sudo().browse(quantities).company_id
        return self.env["res.company"].sudo().search([("backorder_automation", "=", True)])

    @api.model
    def _count_served(self, plan):
        """Return how many lines of a plan get anything."""
        return sum(line.served > EPSILON for line in plan.values())

    @api.model
    def _take_up(self, process, plan, size):
        """Return the log of a run whose time was up, to go on with it; empty where there is none.

        And how many orders to release at once.

        Closes what else is open: two runs of one process never overlap, so a log that was not to
        go on was left by a run that was killed. And one that was to, where nothing is left to do.

        :param str process: `primary` or `secondary`, about to start
        :param dict plan: what is left to do, see `_backorder_plan`
        :param int size: how many orders to release at once where nothing was killed
        :return: (`backorder.run`, how many orders to release at once)
        """
        left_open = self.sudo().search([("process", "=", process), ("date_end", "=", False)])
        going_on = left_open.filtered("goes_on")
        killed = left_open - going_on
        killed.write({"date_end": fields.Datetime.now(), "is_interrupted": True})
        if not plan:
            going_on._finish()
        return going_on[:1], self._get_batch_size(process, size) if killed else size

    @api.model
    def _get_batch_size(self, process, size):
        """Return how many orders to release at once after a run of the process was killed.

        Ten times fewer for each that was killed in a row with nothing released: whatever kills
        it, a limit of time or memory or mere chance, leaves time for a smaller batch.
        """
        latest = self.sudo().search([("process", "=", process)], limit=len(str(size)))
        for run in latest:
            if not run.is_interrupted or run.released_count or run.failed_count:
                break
            size //= 10
        return max(size, 1)

    def _go_on(self, plan):
        """Count what is left to do together with what the run has done before.

        :param dict plan: what is left to do, see `_backorder_plan`
        """
        dealt_with = self.released_count + self.failed_count
        waiting = len(plan) - self.failed_count
        self.write(
            {
                "goes_on": False,
                "line_count": self.line_count + waiting - self.waiting_count,
                "served_count": dealt_with + self._count_served(plan),
                "waiting_count": waiting,
            }
        )

    def _note_released(self, plan, quantities, pickings):
        """Note a released batch.

        :param dict plan: the plan the run follows
        :param dict quantities: what was served, move id to a quantity in the unit of the product
        :param pickings: the transfers made
        """
        moves = pickings.move_ids.filtered(lambda move: move.id in quantities)
        left = {move: self._get_left(move, plan[move.id].need) for move in moves}
        reserved = moves.browse(move_id for move_id in quantities if not plan[move_id].is_held)
        left |= {
            move: move._get_backorder_need()
            for move in reserved.exists()
            if move._get_backorder_need() < plan[move.id].need - EPSILON
        }
        self._note(plan, left)
        done = sum(after < EPSILON for after in left.values())
        self.write(
            {
                "released_count": self.released_count + len(left),
                "waiting_count": self.waiting_count - done,
                "picking_count": self.picking_count + len(pickings),
            }
        )

    def _note(self, plan, left, error=False, retry_date=False):
        """Write a line for each move: what it waited for before, and after.

        :param dict left: move to what still waits of it, in the unit of the product
        :param error: why it was not released
        :param retry_date: when it is tried again
        """
        self.env["backorder.run.line"].create(
            [
                {
                    "run_id": self.id,
                    "company_id": move.company_id.id,
                    "move_id": move.id,
                    "before_qty": plan[move.id].need,
                    "after_qty": after,
                    "picking_id": move.picking_id.id,
                    "error": error,
                    "retry_date": retry_date,
                }
                for move, after in left.items()
            ]
        )

    @api.model
    def _get_left(self, move, need):
        """Return what still waits of the demand a released move was part of.

        Not simply the rest: the demand may have been lowered to what the order still owes.

        :param float need: what it waited for before the run, in the unit of the product
        """
        if need - move.product_qty < EPSILON:
            return 0.0
        rest = move.sale_line_id.move_ids.filtered(
            lambda other: (
                other.backorder_held
                and other.product_id == move.product_id
                and other.backorder_date == move.backorder_date
            )
        )
        return sum(rest.mapped("product_qty"))

    def _note_failed(self, plan, quantities, error, retry_date):
        """Note an order that could not be released, why, and when it is tried again."""
        moves = self.env["stock.move"].browse(quantities).exists()
        self._note(plan, {move: plan[move.id].need for move in moves}, error, retry_date)
        self.failed_count += len(moves)
        self.waiting_count -= len(moves)

    def _finish(self, goes_on=False):
        """Close the log, or leave it open to the next call of the scheduled action.

        :param bool goes_on: the time was up, and not everything is done
        """
        self.goes_on = goes_on
        if not goes_on:
            self.date_end = fields.Datetime.now()

    def action_stop(self):
        """Ask a run that is going on to stop after its present batch.

        In a record of its own: the run writes its figures all the time, and would have to do its
        batch again.
        """
        self.env["stock.picking"]._check_backorder_manager()
        self.check_access("read")
        going_on = self.filtered(lambda run: not run.date_end)
        self.env["backorder.run.stop"].sudo().create([{"run_id": run.id} for run in going_on])

    @api.autovacuum
    def _gc_runs(self):
        """Delete the logs nobody looks at any more."""
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.search([("date_start", "<", limit)]).unlink()
