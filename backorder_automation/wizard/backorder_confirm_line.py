from odoo import api, fields, models


class BackorderConfirmLine(models.TransientModel):
    _name = "backorder.confirm.line"
    _inherit = ["backorder.decision.mixin", "backorder.order.dialog.mixin"]
    _description = "Short Line at Confirmation"

    wizard_id = fields.Many2one("backorder.confirm", required=True, ondelete="cascade", index=True)
    available_now = fields.Float(
        string="Available",
        compute="_compute_available_now",
        digits="Product Unit",
        help="Reserved for this line, after those ahead in the queue.",
    )
    short = fields.Float(compute="_compute_available_now", digits="Product Unit")
    expected_date = fields.Datetime(
        string="Expected",
        readonly=True,
        help="When what is short is in stock. Empty when not all of it is ordered.",
    )

    @api.depends("move_id.quantity", "move_id.product_uom_qty")
    def _compute_available_now(self):
        for line in self:
            line.available_now = line.move_id.quantity
            line.short = line.demand - line.available_now
