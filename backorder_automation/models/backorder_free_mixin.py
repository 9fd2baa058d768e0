from odoo import api, fields, models

from ..const import INSIDE

# What Odoo's quantities of a product depend on.
QUANTITY_CONTEXT = (
    "lot_id",
    "owner_id",
    "package_id",
    "from_date",
    "to_date",
    "location",
    "warehouse_id",
    "allowed_company_ids",
)


class BackorderFreeMixin(models.AbstractModel):
    """What of a product is free for whoever orders now."""

    _name = "backorder.free.mixin"
    _description = "Free for New Orders"

    backorder_free_qty = fields.Float(
        string="Free for New Orders",
        compute="_compute_backorder_free_qty",
        digits="Product Unit",
        help="Free to use, less what those who wait already are going to get: what an order that "
        "is confirmed now could reserve. In the unit of the product; of the warehouse or location "
        "one looks at.",
        groups=INSIDE,
    )
    backorder_next_date = fields.Datetime(
        string="Next Free",
        compute="_compute_backorder_next_date",
        help="When there is more for new orders than now, after those who wait already. Empty when "
        "nobody knows.",
        groups=INSIDE,
    )
    backorder_shows_free = fields.Boolean(
        string="Free for New Is Shown", compute="_compute_backorder_shows_free", groups=INSIDE
    )

    @api.depends_context("allowed_company_ids")
    def _compute_backorder_shows_free(self):
        """Show the figure where somebody may be ahead; elsewhere Odoo's own say all there is."""
        self.backorder_shows_free = any(self.env.companies.mapped("backorder_automation"))
