from odoo import fields, models

from ..const import DECISIONS


class BackorderDecisionMixin(models.AbstractModel):
    """A short line in a dialog, and what is to become of it."""

    _name = "backorder.decision.mixin"
    _inherit = ["backorder.checked.mixin", "backorder.named.mixin"]
    _description = "Back Order Decision"

    move_id = fields.Many2one("stock.move", required=True, ondelete="cascade")
    decision = fields.Selection(
        DECISIONS,
        required=True,
        default="backorder",
        help="Mark as back ordered: it stays on the order and ships when stock arrives. "
        "Standard backorder: a waiting transfer, as without this feature. Cancel: not shipped.",
    )
    product_id = fields.Many2one(related="move_id.product_id", related_sudo=False)
    product_uom = fields.Many2one(related="move_id.product_uom", related_sudo=False)
    demand = fields.Float(
        related="move_id.product_uom_qty",
        related_sudo=False,
        string="Ordered",
        digits="Product Unit",
    )
