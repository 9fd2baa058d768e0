from odoo import api, fields, models

from ..const import NOT_FOUND


class BackorderShortfallLine(models.TransientModel):
    _name = "backorder.shortfall.line"
    _inherit = ["backorder.decision.mixin"]
    _description = "Shortfall"
    _order = "picking_id, id"

    wizard_id = fields.Many2one(
        "stock.backorder.confirmation", required=True, ondelete="cascade", index=True
    )
    picking_id = fields.Many2one(related="move_id.picking_id")
    decision = fields.Selection(
        selection_add=NOT_FOUND,
        ondelete={"not_found": "cascade"},
        help="Mark as back ordered: it stays on the order and ships when stock arrives. "
        "Not found: it does too, and nobody is given what the system has here until it is counted. "
        "Standard backorder: a waiting transfer, as without this feature. Cancel: not shipped.",
    )
    is_believed_there = fields.Boolean(
        string="In Stock",
        compute="_compute_looked_in",
        help="The system has what is not shipped.",
    )
    looked_in = fields.Char(
        compute="_compute_looked_in", help="Where the system has what is not shipped."
    )
    shipping_now = fields.Float(compute="_compute_shortfall", digits="Product Unit")
    short = fields.Float(compute="_compute_shortfall", digits="Product Unit")
    free_now = fields.Float(
        compute="_compute_supply", digits="Product Unit", help="On hand and not reserved."
    )
    next_expected_date = fields.Datetime(
        string="Next Receipt", compute="_compute_supply", help="The next receipt of the product."
    )

    @api.depends("move_id.quantity", "move_id.picked", "move_id.product_uom_qty")
    def _compute_shortfall(self):
        for line in self:
            move = line.move_id
            line.short = move.backorder_short_qty
            line.shipping_now = move.product_uom_qty - line.short

    @api.depends("move_id.quantity", "move_id.picked")
    def _compute_looked_in(self):
        """Say where the shipper was sent for what is missing, and the system has it."""
        doubtful = self.move_id._get_backorder_doubtful()
        for line in self:
            places = doubtful.get(line.move_id, ())
            line.is_believed_there = bool(places)
            line.looked_in = ", ".join(
                " ".join(record.display_name for record in place[:2] if record) for place in places
            )

    @api.depends("move_id")
    def _compute_supply(self):
        """Read the stock and the receipts of all lines at once."""
        moves = self.move_id
        free = self.env["stock.quant"]._get_backorder_free(moves)
        dates = moves._get_next_receipt_dates()
        for line in self:
            move = line.move_id
            key = move.product_id, move.location_id
            line.free_now = move.product_id.uom_id._compute_quantity(
                free.get(key, 0.0), move.product_uom
            )
            line.next_expected_date = dates.get(key)
