from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..const import EPSILON
from ..facts import BackorderFacts
from ..promise import get_late_days

# Nothing is ordered: nobody is hurt more. Sorts last, and is not shown.
UNKNOWN_DAYS = 999
# Whom it hurts is planned for each of them.
MAX_DONORS = 40


class BackorderReallocation(models.TransientModel):
    """Take stock that is reserved behind a held line, and say whom it hurts."""

    _name = "backorder.reallocation"
    _inherit = [
        "backorder.dialog.mixin",
        "backorder.order.dialog.mixin",
        "backorder.turn.mixin",
    ]
    _description = "Find Stock for a Back Order"

    move_id = fields.Many2one("stock.move", required=True, readonly=True)
    order_id = fields.Many2one(related="move_id.sale_line_id.order_id", string="Order")
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    product_id = fields.Many2one(related="move_id.product_id", related_sudo=False)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    need = fields.Float(string="Needs", digits="Product Unit", compute="_compute_need")
    taken = fields.Float(string="Takes", digits="Product Unit", compute="_compute_taken")
    more_count = fields.Integer(
        string="Others",
        readonly=True,
        help="Transfers that could give something too, but are promised sooner.",
    )
    line_ids = fields.One2many("backorder.reallocation.line", "wizard_id")

    @api.depends("move_id")
    def _compute_need(self):
        for wizard in self:
            wizard.need = wizard.move_id.product_qty

    @api.depends("line_ids.take")
    def _compute_taken(self):
        for wizard in self:
            wizard.taken = sum(wizard.line_ids.mapped("take"))

    @api.model
    def _make(self, move):
        """Return the dialog for a held move, with its donors, the least hurt first.

        :raises UserError: when the move does not wait any more
        """
        move._check_backorder_waits()
        donors = BackorderFacts(move).get_reserved_behind(move)
        donors = donors.sorted(lambda m: (m.date_deadline or m.date, m.id), reverse=True)
        shown = donors[:MAX_DONORS]
        return self.create(
            {
                "move_id": move.id,
                "more_count": len(donors - shown),
                "line_ids": [
                    Command.create(
                        {
                            "move_id": donor.id,
                            "expected_date": self._get_expected_date(move, donor),
                        }
                    )
                    for donor in shown
                ],
            }
        )

    @api.model
    def _get_expected_date(self, move, donor):
        """Return when a donor could be served again, had it given all it can to the move.

        The donor then stands in the queue for that much, and the move needs less of what comes.

        :return: a datetime, or False when nothing is ordered for it
        """
        given = min(donor._get_backorder_reserved(), move.product_qty)
        plan = move._backorder_walk(
            move.product_id,
            move.company_id,
            newcomers=donor,
            needs={move.id: move.product_qty - given, donor.id: given},
        )
        line = plan[donor.id]
        return line.missing < EPSILON and (line.sure_date or fields.Datetime.now())

    def action_take(self):
        """Take what was chosen, put the donors' rest into the queue, log both sides.

        :raises UserError: when nothing was chosen, the stock is gone meanwhile, or the line
            cannot use what is taken; then nothing is changed
        """
        self.ensure_one()
        self.env["stock.picking"]._check_backorder_manager()
        (self.move_id | self.line_ids.move_id).check_access("write")
        self._backorder_await("action_take", with_destination=False)
        self.move_id._check_backorder_waits()
        lines = self._get_chosen()
        move = self.move_id.sudo()
        move._backorder_reroute()
        move._check_backorder_waits()
        quantities = self._get_quantities()
        donors = BackorderFacts(move).get_reserved_behind(move)
        for line in lines:
            line._give_up(donors)
        asked = move.browse(quantities)
        plan = move._backorder_walk(asked.product_id, move.company_id, moves=asked, is_now=True)
        pickings = move._backorder_release_now(plan, quantities)
        self._check_released(quantities, pickings)
        for line in lines:
            line._log_taken()
        return pickings.with_env(self.env)._get_backorder_action()

    def _get_backorder_turn_moves(self):
        return self.move_id | self.line_ids.move_id

    def _get_chosen(self):
        """Return the lines to take something from.

        :raises UserError: when that is nothing, less than nothing, or too much
        """
        lines = self.line_ids.filtered(lambda line: line.take > EPSILON)
        if not lines or any(line.take < -EPSILON for line in self.line_ids):
            raise UserError(self.env._("Say how much to take from at least one transfer."))
        if self.taken > self.need + EPSILON:
            raise UserError(self.env._("This is more than the back order needs."))
        return lines

    def _get_quantities(self):
        """Return what is released with what is taken: move id to a quantity in its product's unit.

        An order that ships complete goes as a whole, with what the plan leaves it of the rest.
        An addon may send something along too, or refuse, before anything is taken.

        :raises UserError: when the order ships complete and still lacks something
        """
        self.ensure_one()
        move = self.move_id.sudo()
        quantities = {move.id: self.taken}
        if move.sale_line_id.order_id.picking_policy != "one":
            return quantities
        whole = move | move._get_backorder_held_companions()
        left = {move.id: self.need - self.taken}
        plan = move._backorder_walk(
            whole.product_id, move.company_id, moves=whole, needs=left, is_now=True
        )
        lacking = whole.filtered(
            lambda m: plan[m.id].served < left.get(m.id, m.product_qty) - EPSILON
        )
        if lacking:
            raise UserError(
                self.env._(
                    "The order ships complete and waits for %s.",
                    move._join_backorder_names(lacking.product_id),
                )
            )
        return {m.id: m.product_qty for m in whole}

    def _check_released(self, quantities, pickings):
        """Make sure that nobody gave up anything in vain.

        :param dict quantities: what was to be released, as `_get_quantities` returned it
        :param pickings: the new transfers
        :raises UserError: when less was released
        """
        released = {move.id: move.product_qty for move in pickings.move_ids}
        for move in self.move_id.sudo().browse(quantities):
            if move.product_id.uom_id.compare(released.get(move.id, 0.0), quantities[move.id]):
                raise UserError(
                    self.env._(
                        "%(order)s cannot use %(quantity)s of %(product)s: only full packs are "
                        "reserved, or the stock moved meanwhile. Nothing was taken.",
                        order=move.sale_line_id.order_id.display_name,
                        quantity=move.product_id.uom_id.round(quantities[move.id]),
                        product=move.product_id.display_name,
                    )
                )


class BackorderReallocationLine(models.TransientModel):
    _name = "backorder.reallocation.line"
    _inherit = ["backorder.checked.mixin", "backorder.named.mixin"]
    _description = "Reserved Stock behind a Back Order"
    _order = "late_days, id"

    wizard_id = fields.Many2one(
        "backorder.reallocation", required=True, ondelete="cascade", index=True
    )
    move_id = fields.Many2one("stock.move", required=True, readonly=True)
    picking_id = fields.Many2one(
        related="move_id.picking_id", related_sudo=False, string="Transfer"
    )
    partner_id = fields.Many2one(
        related="move_id.picking_id.partner_id", related_sudo=False, string="Customer"
    )
    reserved = fields.Float(digits="Product Unit", compute="_compute_reserved")
    promised_date = fields.Datetime(
        related="move_id.backorder_promise_date", related_sudo=False, string="Promised"
    )
    expected_date = fields.Datetime(
        readonly=True, help="When it could be served again. Empty: nothing is ordered for it."
    )
    late_days = fields.Integer(
        compute="_compute_late_days",
        store=True,
        string="Days Late",
        help="By how much the promise would be missed. Empty: nothing is ordered for it.",
    )
    take = fields.Float(digits="Product Unit", help="How much to take, in the product's unit.")

    @api.depends("move_id")
    def _compute_reserved(self):
        for line in self:
            line.reserved = line.move_id._get_backorder_reserved()

    @api.depends("move_id", "expected_date")
    def _compute_late_days(self):
        """Late is what it is everywhere; nobody can say how late where nothing is ordered."""
        for line in self:
            line.late_days = (
                get_late_days(line.promised_date, line.expected_date, self.env.tz)
                if line.expected_date
                else UNKNOWN_DAYS
            )

    def _give_up(self, donors):
        """Take from the donor; what it is short of then waits like everybody.

        :param donors: the moves that may give something now
        :raises UserError: when this one may not, or has less by now
        """
        donor = self.move_id.sudo()
        if donor not in donors or self.take > donor._get_backorder_reserved() + EPSILON:
            raise UserError(
                self.env._(
                    "%s is being picked or has less by now. Search again.",
                    donor.picking_id.name,
                )
            )
        donor._backorder_give_up(self.take)

    def _log_taken(self):
        """Write on both orders who took what from whom; on the transfer where there is no order."""
        taker = self.wizard_id.order_id
        giver = self.move_id.sale_line_id.order_id or self.picking_id
        quantity = self.wizard_id.uom_id.round(self.take)
        product = self.wizard_id.product_id.display_name
        given = self.env._(
            "%(quantity)s of %(product)s given to ", quantity=quantity, product=product
        )
        giver.message_post(body=given + taker._get_html_link())
        taken = self.env._(
            "%(quantity)s of %(product)s taken from ", quantity=quantity, product=product
        )
        taker.message_post(body=taken + giver._get_html_link())
