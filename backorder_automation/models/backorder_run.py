from datetime import timedelta

from odoo import api, fields, models

from ..const import EPSILON

PROCESSES = [
    ("primary", "Primary"),
    ("secondary", "Secondary"),
    ("manual", "Manual"),
]
KEEP_DAYS = 90


class BackorderRun(models.Model):
    """The log of one run of a process: what it looked at, what it released, what it left."""

    _name = "backorder.run"
    _description = "Back Order Run"
    _order = "date_start desc, id desc"
    _rec_name = "date_start"

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
    line_count = fields.Integer(string="Lines Looked At", readonly=True)
    served_count = fields.Integer(
        string="To Release", readonly=True, help="Lines that the plan gave stock to."
    )
    released_count = fields.Integer(
        string="Released", readonly=True, help="Lines released, wholly or in part."
    )
    waiting_count = fields.Integer(
        string="Waiting", readonly=True, help="Lines that still wait, wholly or in part."
    )
    failed_count = fields.Integer(string="Failed", readonly=True)
    picking_count = fields.Integer(string="Transfers Made", readonly=True)
    stop_requested = fields.Boolean(readonly=True)
    progress = fields.Float(
        compute="_compute_progress", help="How many of the lines to release are dealt with, in %."
    )
    line_ids = fields.One2many("backorder.run.line", "run_id", readonly=True)

    @api.depends("served_count", "released_count", "failed_count")
    def _compute_progress(self):
        for run in self:
            dealt_with = run.released_count + run.failed_count
            run.progress = 100 * dealt_with / run.served_count if run.served_count else 100

    @api.model
    def _start(self, process, plan, woken_by):
        """Open the log of a run.

        :param str process: `primary`, `secondary` or `manual`
        :param dict plan: what the run sets out to do, see `_backorder_plan`
        :param str woken_by: `stock`, `schedule` or `user`
        """
        return self.sudo().create(
            {
                "process": process,
                "woken_by": woken_by,
                "user_id": self.env.uid,
                "line_count": len(plan),
                "served_count": sum(line.served > EPSILON for line in plan.values()),
                "waiting_count": len(plan),
            }
        )

    @api.model
    def _close_interrupted(self, process):
        """Close the logs of runs that were killed: two runs of one process never overlap.

        :param str process: `primary` or `secondary`, about to start
        """
        open_runs = self.sudo().search([("process", "=", process), ("date_end", "=", False)])
        open_runs.write({"date_end": fields.Datetime.now(), "is_interrupted": True})

    def _note_released(self, plan, quantities, pickings):
        """Note a released batch.

        :param dict plan: the plan the run follows
        :param dict quantities: what was served, move id to a quantity in the unit of the product
        :param pickings: the transfers made
        """
        moves = pickings.move_ids.filtered(lambda move: move.id in quantities)
        left = {move: plan[move.id].need - move.product_qty for move in moves}
        self.env["backorder.run.line"].create(
            [
                {
                    "run_id": self.id,
                    "move_id": move.id,
                    "before_qty": plan[move.id].need,
                    "after_qty": after,
                    "picking_id": move.picking_id.id,
                }
                for move, after in left.items()
            ]
        )
        done = sum(after < EPSILON for after in left.values())
        self.write(
            {
                "released_count": self.released_count + len(moves),
                "waiting_count": self.waiting_count - done,
                "picking_count": self.picking_count + len(pickings),
            }
        )

    def _note_failed(self, plan, quantities, error):
        """Note an order that could not be released."""
        self.env["backorder.run.line"].create(
            [
                {
                    "run_id": self.id,
                    "move_id": move_id,
                    "before_qty": plan[move_id].need,
                    "after_qty": plan[move_id].need,
                    "error": error,
                }
                for move_id in quantities
            ]
        )
        self.failed_count += len(quantities)

    def _finish(self):
        """Close the log."""
        self.date_end = fields.Datetime.now()

    def action_stop(self):
        """Ask a run that is going on to stop after its present batch."""
        self.env["stock.picking"]._check_backorder_manager()
        self.filtered(lambda run: not run.date_end).sudo().stop_requested = True

    @api.autovacuum
    def _gc_runs(self):
        """Delete the logs nobody looks at any more."""
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.search([("date_start", "<", limit)]).unlink()
