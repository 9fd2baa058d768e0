from odoo import fields, models
from odoo.tools import SQL


class BackorderReceiptReport(models.Model):
    """Open incoming transfers by what they free: one row each, and none for those of no use."""

    _name = "backorder.receipt.report"
    _inherit = ["backorder.supply.mixin"]
    _description = "Receipts by What They Free"
    _auto = False
    _rec_name = "picking_id"
    _order = "value desc, customer_count desc, line_count desc, id"

    picking_id = fields.Many2one("stock.picking", string="Receipt", readonly=True)
    picking_type_id = fields.Many2one("stock.picking.type", readonly=True)
    origin = fields.Char(string="Source", readonly=True)
    vendor_id = fields.Many2one("res.partner", readonly=True)
    expected_date = fields.Datetime(string="Expected", readonly=True)
    promised_date = fields.Datetime(
        string="First Promise", readonly=True, help="The earliest promise it is needed for."
    )
    customer_count = fields.Integer(string="Customers", readonly=True)
    late_customer_count = fields.Integer(
        string="Late Customers",
        readonly=True,
        help="Customers who get something after the promised day, or whose day has passed.",
    )
    order_count = fields.Integer(string="Sales Orders", readonly=True)
    line_count = fields.Integer(string="Lines", readonly=True)
    value = fields.Monetary(
        string="Sales Value",
        readonly=True,
        help="What it frees, at its price before tax, in company currency.",
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)

    @property
    def _table_query(self):
        """The plan is made anew each time."""
        return SQL(
            """
            SELECT freed.picking_id AS id,
                   freed.picking_id,
                   picking.picking_type_id,
                   picking.origin,
                   picking.partner_id AS vendor_id,
                   MIN(freed.expected_date) AS expected_date,
                   MIN(freed.promised_date) AS promised_date,
                   COUNT(DISTINCT freed.partner_id) AS customer_count,
                   COUNT(DISTINCT freed.partner_id) FILTER (WHERE freed.is_late)
                       AS late_customer_count,
                   COUNT(DISTINCT freed.order_id) AS order_count,
                   COUNT(DISTINCT freed.move_id) AS line_count,
                   SUM(freed.value) AS value,
                   freed.company_id,
                   freed.currency_id
              FROM (%s) freed
              JOIN stock_picking picking ON picking.id = freed.picking_id
          GROUP BY freed.picking_id, picking.id, freed.company_id, freed.currency_id
            """,
            self._get_backorder_freed_query(),
        )

    def action_open_receipt(self):
        """Open the transfer of the row."""
        self.ensure_one()
        self.check_access("read")
        return self.picking_id.get_formview_action()

    def action_view_freed(self):
        """Show the held lines this receipt frees."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["backorder.records"]._get_action(
            "backorder_automation_purchase.action_backorder_freed", "backorder.freed.report"
        )
        action["domain"] = [("picking_id", "=", self.picking_id.id)]
        return action
