from odoo import fields, models


class BackorderFreedReport(models.Model):
    """What each receipt brings to each line that waits, in queue order: read from the plan."""

    _name = "backorder.freed.report"
    _inherit = ["backorder.supply.mixin"]
    _description = "Back Orders a Receipt Frees"
    _auto = False
    _rec_name = "order_name"
    _order = "expected_date, promised_date, id"

    move_id = fields.Many2one("stock.move", string="Waiting Line", readonly=True)
    picking_id = fields.Many2one("stock.picking", string="Receipt", readonly=True)
    purchase_line_id = fields.Many2one("purchase.order.line", readonly=True)
    purchase_id = fields.Many2one("purchase.order", readonly=True)
    vendor_id = fields.Many2one("res.partner", readonly=True)
    order_id = fields.Many2one("sale.order", string="Sales Order", readonly=True)
    order_name = fields.Char(string="Customer Order", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    uom_id = fields.Many2one("uom.uom", string="Unit", readonly=True)
    quantity = fields.Float(
        string="Quantity Freed",
        readonly=True,
        digits="Product Unit",
        help="What this receipt brings to this line, in the unit of the product.",
    )
    value = fields.Monetary(
        readonly=True, help="The quantity at its price before tax, in company currency."
    )
    promised_date = fields.Datetime(
        string="Promised", readonly=True, help="Empty: nobody promised anything."
    )
    expected_date = fields.Datetime(string="Expected", readonly=True)
    is_late = fields.Boolean(
        string="Late", readonly=True, help="It comes after the promised day, or that has passed."
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)

    @property
    def _table_query(self):
        """The plan is made anew each time."""
        return self._get_backorder_freed_query()

    def action_open_document(self):
        """Open what the user may open: sales order, else purchase order, receipt, or the line."""
        self.ensure_one()
        self.check_access("read")
        documents = (self.order_id, self.purchase_id, self.picking_id)
        return (
            self._get_backorder_document_action(documents)
            or self.move_id.action_open_backorder_document()
        )
