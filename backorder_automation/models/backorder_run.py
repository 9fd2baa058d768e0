from datetime import timedelta

from odoo import api, fields, models

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
    line_count = fields.Integer(string="Lines Looked At", readonly=True)
    released_count = fields.Integer(string="Released", readonly=True)
    waiting_count = fields.Integer(string="Waiting", readonly=True)
    failed_count = fields.Integer(string="Failed", readonly=True)
    picking_count = fields.Integer(string="Transfers Made", readonly=True)
    stop_requested = fields.Boolean(readonly=True)
    line_ids = fields.One2many("backorder.run.line", "run_id", readonly=True)

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
                "waiting_count": len(plan),
            }
        )

    def _note_released(self, plan, quantities, pickings):
        """Note a released batch.

        :param dict plan: the plan the run follows
        :param dict quantities: what was served, move id to a quantity in the unit of the product
        :param pickings: the transfers made
        """
        moves = pickings.move_ids.filtered(lambda move: move.id in quantities)
        self.env["backorder.run.line"].create(
            [
                {
                    "run_id": self.id,
                    "move_id": move.id,
                    "before_qty": plan[move.id].need,
                    "after_qty": plan[move.id].need - move.product_qty,
                    "picking_id": move.picking_id.id,
                }
                for move in moves
            ]
        )
        self.write(
            {
                "released_count": self.released_count + len(moves),
                "waiting_count": self.waiting_count - len(moves),
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
