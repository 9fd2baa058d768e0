from odoo import api, fields, models


class BackorderLineMixin(models.AbstractModel):
    """What an order line shows of what it waits for."""

    _name = "backorder.line.mixin"
    _description = "Back Orders of an Order Line"

    qty_waiting = fields.Float(
        string="Waiting",
        compute="_compute_qty_waiting",
        compute_sudo=True,
        digits="Product Unit",
        help="Back ordered and in no transfer yet, in the unit of the line.",
    )
    backorder_place = fields.Integer(
        string="Place in the Queue",
        compute="_compute_backorder_reason",
        compute_sudo=True,
        help="Place in the queue of the product. 1 is served first.",
    )
    backorder_reason = fields.Text(
        string="Why It Waits",
        compute="_compute_backorder_reason",
        compute_sudo=True,
        help="Why this line waits, as seen from its place in the queue.",
    )
    backorder_promised_date = fields.Datetime(
        string="Promised",
        compute="_compute_backorder_promised_date",
        compute_sudo=True,
        help="The promised date of what waits, or what its lead time promises.",
    )

    @api.depends("move_ids.backorder_held", "move_ids.product_uom_qty")
    def _compute_qty_waiting(self):
        for line in self:
            line.qty_waiting = line._get_backorder_quantity(
                line.move_ids.filtered("backorder_held"), "product_uom_qty"
            )

    @api.depends("move_ids.backorder_held")
    def _compute_backorder_reason(self):
        """Take what the best placed demand of the line says: one plan for all lines."""
        held = self.move_ids._origin.filtered("backorder_held").with_prefetch()
        by_line = held.sorted("backorder_place").grouped("sale_line_id")
        for line in self:
            first = by_line.get(line._origin, held.browse())[:1]
            line.backorder_place = first.backorder_place
            line.backorder_reason = first.backorder_reason

    def _backorder_follow_promise(self):
        """Tell what waits for these lines when the customer is to have it, after it changed.

        Odoo tells the last step, and what waits in a queue may be a first one.
        """
        for line in self.sudo():
            moves = line.move_ids.filtered(
                lambda move: (
                    move.backorder_held
                    or (
                        move.company_id.backorder_automation
                        and move.location_dest_id.usage != "customer"
                        and move._is_backorder_first_open_step()
                    )
                )
            )
            if moves:
                moves._backorder_promise(line.order_id.commitment_date or line._expected_date())

    @api.depends("move_ids.backorder_held", "order_id.commitment_date", "customer_lead")
    def _compute_backorder_promised_date(self):
        for line in self:
            waits = any(line.move_ids.mapped("backorder_held"))
            line.backorder_promised_date = waits and (
                line.order_id.commitment_date or line._expected_date()
            )
