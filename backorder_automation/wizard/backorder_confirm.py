from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class BackorderConfirm(models.TransientModel):
    """Ask whoever confirms an order what is to become of what is short."""

    _name = "backorder.confirm"
    _inherit = ["backorder.dialog.mixin"]
    _description = "Short Lines at Confirmation"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade")
    line_ids = fields.One2many("backorder.confirm.line", "wizard_id", string="Short Lines")

    @api.model
    def _make(self, order):
        """Return the dialog about what is short on an order; none where nothing is."""
        moves = order._get_backorder_short_moves()
        short = moves.filtered(
            lambda move: move.product_uom.compare(move.quantity, move.product_uom_qty) < 0
        )
        if not short:
            return self.browse()
        plan = moves._backorder_walk(moves.product_id, order.company_id, newcomers=moves)
        return self.create(
            {
                "order_id": order.id,
                "line_ids": [
                    Command.create({"move_id": move.id, "expected_date": plan[move.id].sure_date})
                    for move in short
                ],
            }
        )

    def action_apply(self):
        """Carry the decisions out, on what is still short.

        The company lets whoever may confirm the order decide, inventory user or not.

        :raises UserError: when the company does not ask (any more), or a line is not short any
            more; then nothing is changed
        """
        self.ensure_one()
        self.order_id.check_access("write")
        if not self.order_id._is_backorder_decided("ask"):
            raise UserError(self.env._("Nobody is asked about short lines at confirmation."))
        self._check_still_short()
        # First what goes: an order that ships complete holds all that is left of it together.
        self._get_decided_moves("cancel")._backorder_cancel_short()
        moves = self._get_decided_moves("backorder")
        if moves:
            moves._backorder_hold_short()

    def _check_still_short(self):
        """Make sure that what was decided about still waits for a decision."""
        decided = self.line_ids.filtered(lambda line: line.decision != "native").sudo()
        short = self.order_id._get_backorder_short_moves().sale_line_id
        settled = decided.filtered(lambda line: line.move_id.sale_line_id not in short)
        if settled or not self.line_ids:
            raise UserError(
                self.env._(
                    "Nothing was changed: these lines are not short any more. %s",
                    self.env["stock.move"]._join_backorder_names(settled.product_id),
                )
            )

    def _get_decided_moves(self, decision):
        """Return what is still short of the order lines this was decided about.

        Whole order lines: what ships for one has to stay in proportion.
        """
        lines = self.line_ids.filtered(lambda line: line.decision == decision)
        order_lines = lines.sudo().move_id.sale_line_id
        short = self.order_id._get_backorder_short_moves()
        return short.filtered(lambda move: move.sale_line_id in order_lines)
