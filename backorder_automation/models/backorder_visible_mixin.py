from odoo import api, fields, models
from odoo.fields import Domain

from ..const import INSIDE


class BackorderVisibleMixin(models.AbstractModel):
    """Let lists of moves show the user the lines of the orders they may read."""

    _name = "backorder.visible.mixin"
    _inherit = ["backorder.access.mixin"]
    _description = "Visible Back Orders"

    backorder_is_visible = fields.Boolean(
        string="Of an Order I May Read",
        compute="_compute_backorder_is_visible",
        search="_search_backorder_is_visible",
        groups=INSIDE,
        help="Whether the record rules of sales orders let the user see this line.",
    )

    @api.depends("sale_line_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_backorder_is_visible(self):
        visible = self._filter_backorder_visible()
        for move in self:
            move.backorder_is_visible = move in visible

    @api.model
    def _search_backorder_is_visible(self, operator, value):
        if operator != "in":
            return NotImplemented
        visible = self._get_backorder_visible_domain()
        return (visible if True in value else Domain.FALSE) | (
            ~visible if False in value else Domain.FALSE
        )

    @api.model
    def _get_backorder_visible_domain(self):
        """Return the domain of the moves of orders the user may read, and of those of none."""
        orders = self._get_backorder_readable_orders()
        if orders is None:
            return Domain.TRUE
        own = Domain("sale_line_id", "any!", Domain("order_id", "in", orders))
        return own | Domain("sale_line_id", "=", False)

    @api.model
    def _get_backorder_order_names(self, orders):
        """Return the names of orders as the user may know them: the others are "others"."""
        user = self.with_user(self.env.uid)  # a reason is computed with more rights
        if user._get_backorder_readable_orders() is None:
            return self._join_backorder_names(orders)
        known = orders.with_env(user.env)._filtered_access("read")
        names = [self._join_backorder_names(known.with_env(self.env))] if known else []
        return ", ".join([*names, self.env._("others")] if orders - known else names)

    def _filter_backorder_visible(self):
        """Return the moves of self of orders the user may read, and of none."""
        if self._get_backorder_readable_orders() is None:
            return self
        orders = self.sudo().sale_line_id.order_id.with_env(self.env)._filtered_access("read")
        return self.filtered(
            lambda move: not move.sale_line_id or move.sudo().sale_line_id.order_id in orders
        )
