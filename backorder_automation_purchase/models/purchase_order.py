from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.backorder_automation.const import INSIDE


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    backorder_line_count = fields.Integer(
        string="Back Order Lines",
        compute="_compute_backorder_freed",
        compute_sudo=True,
        help="Customer order lines that wait for what this order brings.",
        groups=INSIDE,
    )
    backorder_value = fields.Monetary(
        string="Back Order Value",
        compute="_compute_backorder_freed",
        compute_sudo=True,
        currency_field="company_currency_id",
        help="What those lines get from this order, at its price before tax, in company currency.",
        groups=INSIDE,
    )
    backorder_has_to_buy = fields.Boolean(
        string="Has Back Orders to Buy for",
        compute="_compute_backorder_has_to_buy",
        groups=INSIDE,
    )

    @api.depends("order_line.move_ids.state", "order_line.move_ids.product_qty")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_backorder_freed(self):
        """Read what the open receipts of all the orders free: one plan.

        Of the orders the user may read, as in the list behind the button.
        """
        incoming = self._origin.order_line.move_ids.filtered(
            lambda move: move.state not in ("draft", "done", "cancel")
        )
        freed = {}
        if incoming:
            supply = self.env["backorder.supply.mixin"].sudo(False)
            query = supply._get_backorder_freed_query(incoming.product_id, incoming.company_id)
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT purchase_id, COUNT(DISTINCT move_id), SUM(value)
                      FROM (%s) freed WHERE purchase_id IS NOT NULL GROUP BY purchase_id
                    """,
                    query,
                )
            )
            freed = {order_id: totals for order_id, *totals in rows}
        for order in self:
            count, value = freed.get(order._origin.id, (0, 0.0))
            order.backorder_line_count, order.backorder_value = count, value

    @api.depends("order_line.backorder_to_buy_qty")
    def _compute_backorder_has_to_buy(self):
        for order in self:
            order.backorder_has_to_buy = any(order.order_line.mapped("backorder_to_buy_qty"))

    def action_view_backorders(self):
        """Show the customer order lines that wait for what this order brings."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["backorder.records"]._get_action(
            "backorder_automation_purchase.action_backorder_freed", "backorder.freed.report"
        )
        action["domain"] = [("purchase_id", "=", self.id)]
        return action
