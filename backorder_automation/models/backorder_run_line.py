from odoo import fields, models


class BackorderRunLine(models.Model):
    _name = "backorder.run.line"
    _description = "Back Order Run Line"
    _order = "id"

    run_id = fields.Many2one("backorder.run", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", readonly=True)
    move_id = fields.Many2one("stock.move", ondelete="set null", index="btree_not_null")
    sale_line_id = fields.Many2one(related="move_id.sale_line_id")
    product_id = fields.Many2one(related="move_id.product_id")
    before_qty = fields.Float(
        string="Waiting Before",
        digits="Product Unit",
        help="What the line waited for before the run, in the unit of the product.",
    )
    after_qty = fields.Float(
        string="Waiting After",
        digits="Product Unit",
        help="What the line waits for after the run, in the unit of the product.",
    )
    picking_id = fields.Many2one("stock.picking", string="Transfer", ondelete="set null")
    error = fields.Text()
    retry_date = fields.Datetime(
        string="Next Try", readonly=True, help="When what failed is tried again by itself."
    )
