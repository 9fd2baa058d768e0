from math import inf

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..const import EPSILON
from ..promise import get_day

# Of those who only get a better or a worse date so many are shown, the biggest changes first.
MOST_MOVED = 200
EFFECTS = [("gains", "Gains"), ("same", "Same"), ("loses", "Loses")]


class BackorderSimulation(models.TransientModel):
    """Show who would get what, and when, under one queue order against another; apply it."""

    _name = "backorder.simulation"
    _inherit = ["backorder.checked.mixin", "backorder.named.mixin", "backorder.turn.mixin"]
    _description = "Back Order Plan"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    queue_order = fields.Selection(
        lambda self: self.env["res.company"]._get_backorder_queue_orders(),
        required=True,
        default=lambda self: self.env.company.backorder_queue_order,
    )
    queue_order_help = fields.Char(compute="_compute_queue_order_help")
    compared_order = fields.Selection(
        lambda self: self.env["res.company"]._get_backorder_queue_orders(),
        string="Compared With",
        compute="_compute_compared_order",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="At first the queue order of the company.",
    )
    compared_order_help = fields.Char(compute="_compute_queue_order_help")
    product_ids = fields.Many2many("product.product", help="Empty: all of them.")
    line_ids = fields.One2many("backorder.simulation.line", "simulation_id", readonly=True)
    waiting_count = fields.Integer(
        string="Lines That Get Nothing", readonly=True, help="Under neither of the orders."
    )
    hidden_count = fields.Integer(
        string="More That Move",
        readonly=True,
        help="Lines that get nothing now, and only another date: those that change least.",
    )
    empty_reason = fields.Char(readonly=True)
    has_served = fields.Boolean(compute="_compute_has_served")

    @api.depends("queue_order")
    def _compute_display_name(self):
        for simulation in self:
            simulation.display_name = self.env._("Back Order Plan")

    @api.depends("company_id")
    def _compute_compared_order(self):
        for simulation in self:
            simulation.compared_order = simulation.company_id.backorder_queue_order

    @api.depends("queue_order", "compared_order")
    def _compute_queue_order_help(self):
        explain = self.env["res.company"]._explain_backorder_queue_order
        for simulation in self:
            simulation.queue_order_help = explain(simulation.queue_order)
            simulation.compared_order_help = explain(simulation.compared_order)

    @api.depends("line_ids.served_then")
    def _compute_has_served(self):
        """Whether there is anything to release."""
        for simulation in self:
            simulation.has_served = any(line.served_then > EPSILON for line in simulation.line_ids)

    def action_simulate(self):
        """Plan with both orders and show who gains and who loses."""
        self.ensure_one()
        self.env["stock.picking"]._check_backorder_manager()
        self.company_id.check_access("read")
        before, after = self._plan(self.compared_order), self._plan()
        served = {
            move_id
            for move_id, line in after.items()
            if line.served > EPSILON or before[move_id].served > EPSILON
        }
        lines = {
            move_id: self._prepare_line_vals(line, before[move_id])
            for move_id, line in after.items()
            if move_id in served or line.expected_date != before[move_id].expected_date
        }
        shifts = {m: self._get_shift(vals) for m, vals in lines.items() if m not in served}
        moved = sorted((m for m in shifts if shifts[m]), key=shifts.get, reverse=True)
        shown = served.union(moved[:MOST_MOVED])
        # With more rights: the plan is of all orders of the company, whoever may read them.
        self.sudo().write(
            {
                "line_ids": [
                    Command.clear(),
                    *(Command.create(vals) for move_id, vals in lines.items() if move_id in shown),
                ],
                "waiting_count": len(after) - len(served),
                "hidden_count": len(moved[MOST_MOVED:]),
                "empty_reason": not shown and self._get_empty_reason(len(after)),
            }
        )
        return True

    def _get_empty_reason(self, count):
        """Return in a sentence why there is nothing to show.

        :param int count: how many lines wait
        """
        if not self.company_id.backorder_automation:
            return self.env._("Back order management is switched off for this company.")
        if not count:
            return (
                self.env._("Nobody waits for these products.")
                if self.product_ids
                else self.env._("Nobody waits for anything.")
            )
        if self.queue_order == self.compared_order:
            return self.env._(
                "Nothing is free for those who wait. Choose two different orders to see whom they "
                "serve sooner."
            )
        return self.env._(
            "Nothing is free for those who wait, and they are expected on the same days under both "
            "orders."
        )

    def action_apply(self):
        """Release exactly what was shown.

        :raises UserError: when nobody gets anything, or stock or the queue moved meanwhile
        """
        self.ensure_one()
        self.env["stock.picking"]._check_backorder_manager()
        self.company_id.check_access("read")
        self.line_ids.move_id.check_access("write")
        self._backorder_await("action_apply", with_destination=False)
        self.line_ids.move_id._check_backorder_switched_on()
        self.line_ids.move_id.filtered("backorder_held")._backorder_reroute()
        plan = self._plan()
        served = {move_id: line.served for move_id, line in plan.items() if line.served > EPSILON}
        self._check_shown(served)
        if not served:
            raise UserError(
                self.env._("Nothing is free for those who wait: there is nothing to apply.")
            )
        pickings = self.env["stock.move"].sudo()._backorder_release_now(plan, served)
        self._check_shown({move.id: move.product_qty for move in pickings.move_ids})
        return pickings.with_env(self.env)._get_backorder_action()

    def _get_backorder_turn_moves(self):
        return self.line_ids.move_id

    def _check_shown(self, quantities):
        """Make sure that everybody gets what was shown, no more and no less.

        :param dict quantities: move id to a quantity in the unit of the product
        :raises UserError: when stock or the queue moved meanwhile
        """
        shown = {line.move_id.id: line.served_then for line in self.line_ids}
        moves = self.env["stock.move"].sudo().browse(shown.keys() | quantities.keys())
        for move in moves:
            got, meant = quantities.get(move.id, 0.0), shown.get(move.id, 0.0)
            if move.product_id.uom_id.compare(got, meant):
                raise UserError(
                    self.env._("Stock or the queue moved meanwhile. Plan again before you apply.")
                )

    def _plan(self, queue_order=None):
        """Return the plan under a queue order, the chosen one when None."""
        return (
            self.env["stock.move"]
            .sudo()
            ._backorder_plan(
                self.product_ids or None,
                self.company_id,
                queue_order=queue_order or self.queue_order,
            )
        )

    @api.model
    def _prepare_line_vals(self, after, before):
        """Return the values of a line.

        :param PlanLine after, before: what it gets under the order, and under the one compared with
        """
        ready_after, ready_before = self._get_ready_date(after), self._get_ready_date(before)
        return {
            "move_id": after.move_id,
            "need": after.need,
            "place_today": before.place,
            "place_then": after.place,
            "served_today": before.served,
            "served_then": after.served,
            "date_today": ready_before,
            "date_then": ready_after,
            "days": self._count_days_sooner(ready_after, ready_before),
        }

    @api.model
    def _get_ready_date(self, line):
        """Return when all of a line is there: now, a datetime, or False where nobody knows."""
        if line.need - line.served <= EPSILON:
            return fields.Datetime.now()
        return line.expected_date or False

    @api.model
    def _get_shift(self, vals):
        """Return by how many days a line moves; without end where one order gives it no date.

        :param dict vals: of :meth:`_prepare_line_vals`
        """
        has_both = bool(vals["date_then"]) == bool(vals["date_today"])
        return abs(vals["days"]) if has_both else inf

    @api.model
    def _count_days_sooner(self, after, before):
        """Return how many days sooner a line is ready; negative is later, 0 where nobody knows."""
        if not after or not before:
            return 0
        return (get_day(before, self.env.tz) - get_day(after, self.env.tz)).days


class BackorderSimulationLine(models.TransientModel):
    _name = "backorder.simulation.line"
    _inherit = ["backorder.checked.mixin", "backorder.order.dialog.mixin"]
    _description = "Back Order Plan Line"
    _order = "id"

    simulation_id = fields.Many2one(
        "backorder.simulation", required=True, ondelete="cascade", index=True
    )
    move_id = fields.Many2one("stock.move", required=True, ondelete="cascade")
    order_id = fields.Many2one(related="move_id.sale_line_id.order_id", string="Order")
    partner_id = fields.Many2one(
        related="move_id.partner_id", related_sudo=False, string="Customer"
    )
    product_id = fields.Many2one(related="move_id.product_id", related_sudo=False)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    need = fields.Float(digits="Product Unit", string="Needs")
    place_today = fields.Integer(string="Place Before")
    place_then = fields.Integer(string="Place After")
    served_today = fields.Float(digits="Product Unit", string="Gets Before")
    served_then = fields.Float(digits="Product Unit", string="Gets After")
    gain = fields.Float(digits="Product Unit", compute="_compute_gain")
    date_today = fields.Datetime(string="Ready Before", help="When all of it is there.")
    date_then = fields.Datetime(string="Ready After", help="When all of it is there.")
    days = fields.Integer(string="Days Sooner", help="Negative: so many days later.")
    effect = fields.Selection(EFFECTS, compute="_compute_gain")

    @api.depends("served_today", "served_then", "date_today", "date_then", "days")
    def _compute_gain(self):
        """Say who gains: who is ready sooner or for certain; at the same time, who gets more."""
        for line in self:
            line.gain = line.served_then - line.served_today
            dated = bool(line.date_then) - bool(line.date_today)
            change = line.days or dated or line.uom_id.compare(line.gain, 0.0)
            line.effect = "gains" if change > 0 else "loses" if change < 0 else "same"
