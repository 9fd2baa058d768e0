from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..const import EPSILON


class BackorderSimulation(models.TransientModel):
    """Show who would get what under a queue order, against today; apply exactly that."""

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
    product_ids = fields.Many2many("product.product", help="Empty: all of them.")
    line_ids = fields.One2many("backorder.simulation.line", "simulation_id", readonly=True)
    waiting_count = fields.Integer(
        string="Lines That Get Nothing", readonly=True, help="Under neither of the orders."
    )

    @api.depends("queue_order")
    def _compute_display_name(self):
        for simulation in self:
            simulation.display_name = self.env._("Back Order Plan")

    @api.depends("queue_order")
    def _compute_queue_order_help(self):
        for simulation in self:
            simulation.queue_order_help = simulation.company_id._explain_backorder_queue_order(
                simulation.queue_order
            )

    def action_simulate(self):
        """Plan with the chosen order and compare with the company's own."""
        self.ensure_one()
        self.env["stock.picking"]._check_backorder_manager()
        self.company_id.check_access("read")
        today, then = self._plan(self.company_id.backorder_queue_order), self._plan()
        shown = [
            move_id
            for move_id, line in then.items()
            if line.served > EPSILON or today[move_id].served > EPSILON
        ]
        # With more rights: the plan is of all orders of the company, whoever may read them.
        self.sudo().write(
            {
                "line_ids": [
                    Command.clear(),
                    *(
                        Command.create(self._prepare_line_vals(then[move_id], today[move_id]))
                        for move_id in shown
                    ),
                ],
                "waiting_count": len(then) - len(shown),
            }
        )
        return True

    def action_apply(self):
        """Release exactly what was shown.

        :raises UserError: when stock or the queue moved meanwhile
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
    def _prepare_line_vals(self, then, today):
        return {
            "move_id": then.move_id,
            "need": then.need,
            "place_today": today.place,
            "place_then": then.place,
            "served_today": today.served,
            "served_then": then.served,
        }


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
    place_today = fields.Integer()
    place_then = fields.Integer()
    served_today = fields.Float(digits="Product Unit", string="Gets Today")
    served_then = fields.Float(digits="Product Unit", string="Gets Then")
    gain = fields.Float(digits="Product Unit", compute="_compute_gain")

    @api.depends("served_today", "served_then")
    def _compute_gain(self):
        for line in self:
            line.gain = line.served_then - line.served_today
