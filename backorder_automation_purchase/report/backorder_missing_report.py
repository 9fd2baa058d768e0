from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.backorder_automation.const import EPSILON
from odoo.addons.backorder_automation.promise import PROMISE_SQL, make_late_sql

from ..models.backorder_supply_mixin import RFQ_OPEN_QTY


class BackorderMissingReport(models.Model):
    """Products customers wait for beyond what is free or on its way, by warehouse."""

    _name = "backorder.missing.report"
    _inherit = ["backorder.supply.mixin"]
    _description = "Back Orders Nobody Ordered For"
    _auto = False
    _rec_name = "product_id"
    _order = "value desc, missing_qty desc, id"

    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", string="Product Category", readonly=True)
    uom_id = fields.Many2one("uom.uom", string="Unit", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    missing_qty = fields.Float(
        string="Missing",
        readonly=True,
        digits="Product Unit",
        help="Customers wait for it, and it is neither free nor on its way; in the unit of the "
        "product.",
    )
    rfq_qty = fields.Float(
        string="In Quotations",
        readonly=True,
        digits="Product Unit",
        help="On requests for quotation that are not confirmed; in the unit of the product.",
    )
    to_order_qty = fields.Float(
        string="To Order",
        readonly=True,
        digits="Product Unit",
        help="Missing beyond what is in quotations; in the unit of the product.",
    )
    value = fields.Monetary(
        string="Sales Value",
        readonly=True,
        help="The missing quantity at its price before tax, in company currency.",
    )
    customer_count = fields.Integer(string="Customers", readonly=True)
    order_count = fields.Integer(string="Sales Orders", readonly=True)
    promised_date = fields.Datetime(
        string="First Promise", readonly=True, help="The earliest promise it is needed for."
    )
    is_late = fields.Boolean(
        string="Late", readonly=True, help="The day of the first promise has passed."
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)

    @property
    def _table_query(self):
        """The plan is made anew each time."""
        return SQL(
            """
            SELECT short.*,
                   COALESCE(rfq.quantity, 0) AS rfq_qty,
                   GREATEST(short.missing_qty - COALESCE(rfq.quantity, 0), 0) AS to_order_qty
              FROM (%s) short
         LEFT JOIN (%s) rfq
                ON rfq.product_id = short.product_id AND rfq.warehouse_id = short.warehouse_id
            """,
            self._get_missing_query(),
            self._get_rfq_query(),
        )

    def _get_missing_query(self):
        """Return the query of what is missing of each product in each warehouse."""
        lines = [line for line in self._get_backorder_supply_plan() if line.missing > EPSILON]
        return SQL(
            """
            SELECT MIN(held.id) AS id,
                   held.product_id,
                   template.categ_id,
                   template.uom_id,
                   source.warehouse_id,
                   SUM(missing.quantity) AS missing_qty,
                   SUM(%(value)s) AS value,
                   COUNT(DISTINCT so.partner_id) AS customer_count,
                   COUNT(DISTINCT so.id) AS order_count,
                   MIN(%(promise)s) AS promised_date,
                   %(late)s AS is_late,
                   held.company_id,
                   company.currency_id
              FROM UNNEST(%(held)s::int[], %(quantity)s::float[]) AS missing(held_id, quantity)
              JOIN stock_move held ON held.id = missing.held_id
              JOIN stock_location source ON source.id = held.location_id
              JOIN %(sale)s
          GROUP BY held.product_id, template.id, source.warehouse_id, held.company_id, company.id
            """,
            value=self._get_backorder_value_sql(SQL("missing.quantity")),
            promise=PROMISE_SQL,
            # Nothing is expected for what nobody has ordered.
            late=make_late_sql(SQL("MIN(%s)", PROMISE_SQL), SQL("NULL::timestamp"), self.env.tz),
            held=[line.move_id for line in lines],
            quantity=[line.missing for line in lines],
            sale=self._get_backorder_sale_tables(),
        )

    def _get_rfq_query(self):
        """Return the query of what is on quotations, in the unit of the product."""
        return SQL(
            """
            SELECT line.product_id, type.warehouse_id, SUM(GREATEST(%s, 0)) AS quantity
              FROM purchase_order_line line
              JOIN purchase_order purchase ON purchase.id = line.order_id
              JOIN stock_picking_type type ON type.id = purchase.picking_type_id
             WHERE purchase.state IN ('draft', 'sent', 'to approve')
          GROUP BY line.product_id, type.warehouse_id
            """,
            RFQ_OPEN_QTY,
        )

    def action_order_now(self):
        """Open Odoo's own replenishment of the product, with what is to be ordered filled in.

        :raises UserError: when the row belongs to another company than the current one, where
            Odoo would replenish
        """
        self.ensure_one()
        if self.company_id != (self.product_id.company_id or self.env.company):
            raise UserError(
                self.env._("Switch to %(company)s to order this.", company=self.company_id.name)
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Order Now"),
            "res_model": "product.replenish",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_product_id": self.product_id.id,
                "default_warehouse_id": self.warehouse_id.id,
                "default_quantity": self.to_order_qty,
            },
        }

    def action_view_lines(self):
        """Show the lines of customers that wait for the product in this warehouse."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_automation.action_backorder_moves"
        )
        action["domain"] = [
            ("backorder_is_visible", "=", True),
            ("product_id", "=", self.product_id.id),
            ("location_id.warehouse_id", "=", self.warehouse_id.id),
            ("sale_line_id", "!=", False),
            "|",
            ("backorder_held", "=", True),
            "&",
            ("state", "in", ("confirmed", "partially_available")),
            "&",
            ("picked", "=", False),
            "&",
            ("procure_method", "=", "make_to_stock"),
            ("move_orig_ids", "=", False),
        ]
        return action
