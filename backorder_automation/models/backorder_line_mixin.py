from odoo import api, fields, models

from ..const import INSIDE
from ..promise import is_late


class BackorderLineMixin(models.AbstractModel):
    """What an order line shows of what it waits for."""

    _name = "backorder.line.mixin"
    _description = "Back Orders of an Order Line"

    qty_ready = fields.Float(
        string="Ready",
        compute="_compute_backorder_plan",
        compute_sudo=True,
        digits="Product Unit",
        help="Can ship now, in the unit of the line: reserved in open transfers, or free and to be "
        "released.",
        groups=INSIDE,
    )
    qty_waiting = fields.Float(
        string="Waiting",
        compute="_compute_backorder_plan",
        compute_sudo=True,
        digits="Product Unit",
        help="Back ordered and not ready, in the unit of the line.",
        groups=INSIDE,
    )
    backorder_expected_date = fields.Datetime(
        string="Back Order Expected",
        compute="_compute_backorder_plan",
        compute_sudo=True,
        help="When everything this line waits for is in stock. Empty when nobody knows.",
        groups=INSIDE,
    )
    backorder_sure_date = fields.Datetime(
        string="Back Order Expected, As Ordered",
        compute="_compute_backorder_plan",
        compute_sudo=True,
        help="The same without what is not ordered yet: what customers are told.",
        groups=INSIDE,
    )
    backorder_is_late = fields.Boolean(
        string="Back Order Late",
        compute="_compute_backorder_plan",
        compute_sudo=True,
        help="The promised day has passed, or what is on its way comes after it.",
        groups=INSIDE,
    )
    backorder_place = fields.Integer(
        string="Place in the Queue",
        compute="_compute_backorder_reason",
        compute_sudo=True,
        help="Place in the queue of the product. 1 is served first.",
        groups=INSIDE,
    )
    backorder_reason = fields.Text(
        string="Why It Waits",
        compute="_compute_backorder_reason",
        compute_sudo=True,
        help="Why this line waits, as seen from its place in the queue.",
        groups=INSIDE,
    )
    backorder_promised_date = fields.Datetime(
        string="Promised",
        compute="_compute_backorder_promised_date",
        compute_sudo=True,
        help="Of what is back ordered: the delivery date somebody gave the customer, or what the "
        "lead time promises where the company promises by it. Empty: nobody promised anything.",
        groups=INSIDE,
    )

    @api.depends(
        "backorder_promised_date",
        "move_ids.backorder_date",
        "move_ids.backorder_held",
        "move_ids.product_uom_qty",
        "move_ids.quantity",
        "move_ids.state",
    )
    @api.depends_context("tz", "uid")
    def _compute_backorder_plan(self):
        """Read the plan of the queues the lines wait in, once: the only opinion there is."""
        waiting = self.move_ids._origin.filtered(lambda move: move._is_backorder_waiting())
        plan = (
            waiting._backorder_walk(waiting.product_id, waiting.company_id, moves=waiting)
            if waiting
            else {}
        )
        for line in self:
            places = [plan.get(move.id) for move in line.move_ids._origin & waiting]
            line.qty_ready = line._get_backorder_ready(plan)
            line.qty_waiting = line._get_backorder_waiting(plan)
            line.backorder_expected_date = self._get_backorder_last_date(places, wishes=True)
            line.backorder_sure_date = self._get_backorder_last_date(places)
            line.backorder_is_late = line._is_backorder_late(plan)

    def _get_backorder_ready(self, plan):
        """Return what of the line can ship now, in its unit.

        :param dict plan: a plan with everything in it that is held for the line
        """
        self.ensure_one()
        return self._sum_backorder(
            {move: move._get_backorder_ready(plan) for move in self.move_ids}
        )

    def _get_backorder_waiting(self, plan):
        """Return what of the line is back ordered and not ready, in its unit.

        :param dict plan: see `_get_backorder_ready`
        """
        self.ensure_one()
        return self._sum_backorder(
            {
                move: max(0.0, move.product_qty - move._get_backorder_ready(plan))
                for move in self.move_ids
                if move._is_backorder_open()
            }
        )

    def _is_backorder_late(self, plan):
        """Return whether any open back order of the line is late, as the list says.

        :param dict plan: see `_get_backorder_ready`
        """
        self.ensure_one()
        promised = self.backorder_promised_date
        return any(
            is_late(promised, place and place.expected_date, self.env.tz)
            for move in self.move_ids
            if promised and move._is_backorder_open()
            for place in [plan.get(move._origin.id)]
        )

    @api.depends("move_ids.backorder_held", "move_ids.state", "move_ids.quantity")
    @api.depends_context("uid")
    def _compute_backorder_reason(self):
        """Take what the best placed demand of the line says: one plan for all lines."""
        waiting = self.move_ids._origin.filtered(lambda move: move._is_backorder_waiting())
        waiting = waiting.with_prefetch()
        by_line = waiting.sorted("backorder_place").grouped("sale_line_id")
        for line in self:
            first = by_line.get(line._origin, waiting.browse())[:1].with_prefetch(waiting._ids)
            line.backorder_place = first.backorder_place
            line.backorder_reason = first.backorder_reason

    def _backorder_follow_promise(self):
        """Tell what waits for these lines when the customer is to have it, after it changed.

        Odoo tells the last step, and what waits in a queue may be a first one.
        """
        for line in self.sudo():
            moves = line.move_ids.filtered(
                lambda move: (
                    move.backorder_held
                    or (
                        move.company_id.backorder_automation
                        and move.location_dest_id.usage != "customer"
                        and move._is_backorder_first_open_step()
                    )
                )
            )
            if moves:
                moves._backorder_promise(line.order_id.commitment_date or line._expected_date())

    @api.depends(
        "customer_lead", "move_ids.backorder_date", "move_ids.state", "order_id.commitment_date"
    )
    def _compute_backorder_promised_date(self):
        """The first promise of what the customer still waits for."""
        for line in self:
            is_open = any(move._is_backorder_open() for move in line.move_ids)
            line.backorder_promised_date = is_open and line._get_backorder_promised_date()

    def _get_backorder_promised_date(self):
        """Return what was promised: a datetime, False where nobody promised anything.

        In SQL it is `promise.make_promise_sql`.
        """
        self.ensure_one()
        if self.order_id.commitment_date or not self.company_id.backorder_promise_by_lead:
            return self.order_id.commitment_date
        return self._expected_date()
