from odoo import api, fields, models
from odoo.fields import Domain

from ..const import INSIDE


class BackorderOpenMixin(models.AbstractModel):
    """How much of a product customers wait for, and the lines that wait."""

    _name = "backorder.open.mixin"
    _description = "Back Orders of a Product"

    backorder_qty = fields.Float(
        string="Back Orders",
        compute="_compute_backorder_qty",
        digits="Product Unit",
        help="Back ordered and not shipped yet, in the unit of the product: what the list of back "
        "orders shows you of it.",
        groups=INSIDE,
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_backorder_qty(self):
        moves = self.env["stock.move"]
        domain = (
            moves._backorder_open_domain()
            & moves._get_backorder_visible_domain()
            & Domain("company_id", "in", self.env.companies.ids)
            & Domain("product_id", "in", self._origin._get_backorder_variants().ids)
        )
        # With more rights: a product shows its figures to whoever reads it, as Odoo's own do.
        quantities = dict(moves.sudo()._read_group(domain, ["product_id"], ["product_qty:sum"]))
        for record in self:
            variants = record._origin._get_backorder_variants()
            record.backorder_qty = sum(quantities.get(variant, 0.0) for variant in variants)

    def action_view_backorders(self):
        """Show the back-ordered lines of the product: held, or released and not shipped.

        :raises AccessError: when the user may read no moves
        """
        self.check_access("read")
        self.env["stock.move"].check_access("read")
        action = self.env["backorder.records"]._get_action(
            "backorder_automation.action_backorder_moves", "stock.move"
        )
        own = Domain("backorder_is_visible", "=", True) & Domain(
            "product_id", "in", self._get_backorder_variants().ids
        )
        action["domain"] = str(list(self.env["stock.move"]._backorder_open_domain() & own))
        action["context"] = {}
        return action

    def _get_backorder_variants(self):
        """Return the `product.product` of self."""
        raise NotImplementedError
