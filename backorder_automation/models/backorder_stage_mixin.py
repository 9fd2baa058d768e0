from odoo import api, fields, models

from ..const import INSIDE
from .backorder_query_mixin import by_plan

# As the columns of the kanban: what to look after first.
STAGES = [
    ("late", "Late"),
    ("ready", "Ready"),
    ("expected", "Expected"),
    ("waiting", "Waiting"),
]


class BackorderStageMixin(models.AbstractModel):
    """How the lines of the Back Orders list stand."""

    _name = "backorder.stage.mixin"
    _inherit = ["backorder.query.mixin"]
    _description = "Back Order Stages"

    backorder_age = fields.Integer(
        string="Days Waiting",
        compute="_compute_backorder_age",
        search=by_plan("backorder_age"),
        aggregator="avg",
        help="Full days since it became a back order.",
        groups=INSIDE,
    )
    backorder_served_qty = fields.Float(
        string="Can Be Released",
        compute="_compute_backorder_reason",
        search=by_plan("backorder_served_qty"),
        compute_sudo=True,
        digits="Product Unit",
        help="What the plan gives this line now, in the unit of the product.",
        groups=INSIDE,
    )
    # Not `backorder_promised_date`, which stays what was promised first.
    backorder_promise_date = fields.Datetime(
        string="Promised",
        compute="_compute_backorder_promise_date",
        search=by_plan("backorder_promise_date"),
        compute_sudo=True,
        help="The delivery date somebody gave the customer, or what the lead time promises where "
        "the company promises by it. Empty: nobody promised anything.",
        groups=INSIDE,
    )
    backorder_is_late = fields.Boolean(
        string="Late",
        compute="_compute_backorder_reason",
        search=by_plan("backorder_is_late"),
        compute_sudo=True,
        help="The promised day has passed, or what is on its way comes after it.",
        groups=INSIDE,
    )
    backorder_is_unordered = fields.Boolean(
        string="Nothing Ordered",
        compute="_compute_backorder_reason",
        search=by_plan("backorder_is_unordered"),
        compute_sudo=True,
        help="Part of it is neither free nor on its way.",
        groups=INSIDE,
    )
    backorder_stage = fields.Selection(
        STAGES,
        string="Stage",
        compute="_compute_backorder_reason",
        search=by_plan("backorder_stage"),
        compute_sudo=True,
        group_expand=True,
        help="Ready: there are goods to release or to ship. Late: not ready, and past its promise "
        "or expected after it. Expected: all of it is on its way. Waiting: the rest.",
        groups=INSIDE,
    )

    @api.depends("backorder_date")
    def _compute_backorder_age(self):
        now = fields.Datetime.now()
        for move in self:
            since = move.backorder_date
            move.backorder_age = (now - since).days if since else 0

    @api.depends("sale_line_id.order_id.commitment_date", "sale_line_id.customer_lead")
    def _compute_backorder_promise_date(self):
        for move in self:
            line = move.sale_line_id
            move.backorder_promise_date = line._get_backorder_promised_date() if line else False

    def _set_backorder_stage(self, plan):
        """Fill what a line says of its place in the plan; part of `_compute_backorder_reason`.

        Computed by the expressions that search and group, so that they cannot disagree.

        :param dict plan: move id to `PlanLine`, of the held moves of self and more
        """
        names = [
            "backorder_served_qty",
            "backorder_is_late",
            "backorder_is_unordered",
            "backorder_stage",
        ]
        model = self.env["stock.move"].sudo()
        query = self._origin._as_query(ordered=False)
        own = {move_id: plan[move_id] for move_id in self._origin._ids if move_id in plan}
        model._join_backorder_plan(self._table, query, own)
        columns = [model._field_to_sql(self._table, name, query) for name in ("id", *names)]
        rows = {row[0]: row[1:] for row in self.env.execute_query(query.select(*columns))}
        for move in self:
            values = rows.get(move._origin.id) or (False,) * len(names)
            for name, value in zip(names, values, strict=True):
                move[name] = value
