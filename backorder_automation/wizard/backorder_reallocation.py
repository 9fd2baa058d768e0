from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..const import CTX_ALLOWANCE, EPSILON
from ..facts import BackorderFacts
from ..supply import Supply

# Nothing is ordered: nobody is hurt more. Sorts last, and is not shown.
UNKNOWN_DAYS = 999


class BackorderReallocation(models.TransientModel):
    """Take stock that is reserved behind a held line, and say whom it hurts."""

    _name = "backorder.reallocation"
    _inherit = ["backorder.dialog.mixin"]
    _description = "Find Stock for a Back Order"

    move_id = fields.Many2one("stock.move", required=True, readonly=True)
    product_id = fields.Many2one(related="move_id.product_id")
    need = fields.Float(digits="Product Unit", compute="_compute_need")
    taken = fields.Float(digits="Product Unit", compute="_compute_taken")
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
        """Return the dialog for a held move, with its donors, the least hurt first."""
        plan = move._backorder_plan(move.product_id, move.company_id)
        supply = Supply(self.env, move.product_id.ids)
        for line in plan.values():  # what is on its way goes to those who wait already
            supply.bring(line.product_id, line.location_id, line.need - line.served - line.idle)
        donors = BackorderFacts(move).get_reserved_behind(move)
        commands = []
        for donor in donors.sorted(lambda m: (m.date_deadline or m.date, m.id), reverse=True):
            expected, _move_id = supply.expect(
                donor.product_id.id, donor.location_id.id, donor._get_backorder_reserved()
            )
            commands.append(Command.create({"move_id": donor.id, "expected_date": expected}))
        return self.create({"move_id": move.id, "line_ids": commands})

    def action_take(self):
        """Take what was chosen, put the donors' rest into the queue, log both sides.

        :raises UserError: when nothing was chosen, or the stock is gone meanwhile
        """
        self.ensure_one()
        self.env["stock.picking"]._check_backorder_manager()
        lines = self.line_ids.filtered(lambda line: line.take > EPSILON)
        if not lines:
            raise UserError(self.env._("Say how much to take from at least one transfer."))
        if self.taken > self.need + EPSILON:
            raise UserError(self.env._("This is more than the back order needs."))
        quantities = self._get_quantities()
        for line in lines:
            line._give_up()
        moves = self.move_id.sudo().browse(quantities)
        pickings = moves._backorder_lock()._backorder_carry_out(quantities)
        for line in lines:
            line._log_taken()
        return pickings.with_env(self.env)._get_backorder_action()

    def _get_quantities(self):
        """Return what is released with what is taken: move id to a quantity in its product's unit.

        An addon may send something along, or refuse with a UserError, before anything is taken.
        """
        self.ensure_one()
        return {self.move_id.id: self.taken}


class BackorderReallocationLine(models.TransientModel):
    _name = "backorder.reallocation.line"
    _description = "Reserved Stock behind a Back Order"
    _order = "late_days, id"

    wizard_id = fields.Many2one(
        "backorder.reallocation", required=True, ondelete="cascade", index=True
    )
    move_id = fields.Many2one("stock.move", required=True, readonly=True)
    picking_id = fields.Many2one(related="move_id.picking_id", string="Transfer")
    partner_id = fields.Many2one(related="move_id.picking_id.partner_id", string="Customer")
    reserved = fields.Float(digits="Product Unit", compute="_compute_reserved")
    promised_date = fields.Datetime(related="move_id.date_deadline", string="Promised")
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

    @api.depends("promised_date", "expected_date")
    def _compute_late_days(self):
        for line in self:
            if not line.expected_date:
                line.late_days = UNKNOWN_DAYS
            elif line.promised_date:
                line.late_days = max(0, (line.expected_date - line.promised_date).days)
            else:
                line.late_days = 0

    def _give_up(self):
        """Unreserve what is taken; what the donor is short of then waits like everybody."""
        donor = self.move_id.sudo()
        reserved = donor._get_backorder_reserved()
        if donor.picked or donor.picking_id.printed or self.take > reserved + EPSILON:
            raise UserError(
                self.env._(
                    "%s is being picked or has less by now. Search again.",
                    donor.picking_id.name,
                )
            )
        donor._do_unreserve()
        donor.with_context(**{CTX_ALLOWANCE: {donor.id: reserved - self.take}})._action_assign()
        picking = donor.picking_id
        held = donor._backorder_hold()
        picking._backorder_log_held(held)
        picking._backorder_drop_emptied(held)

    def _log_taken(self):
        """Write on both orders who took what from whom."""
        taker = self.wizard_id.move_id.sale_line_id.order_id
        giver = self.move_id.sale_line_id.order_id
        quantity = self.wizard_id.product_id.uom_id.round(self.take)
        product = self.wizard_id.product_id.display_name
        if giver:
            giver.message_post(
                body=self.env._(
                    "%(quantity)s of %(product)s given to ", quantity=quantity, product=product
                )
                + taker._get_html_link()
            )
        source = giver or self.picking_id
        taker.message_post(
            body=self.env._(
                "%(quantity)s of %(product)s taken from ", quantity=quantity, product=product
            )
            + source._get_html_link()
        )
