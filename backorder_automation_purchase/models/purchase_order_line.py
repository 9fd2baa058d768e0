from collections import defaultdict

from odoo import api, fields, models

from odoo.addons.backorder_automation.const import EPSILON, INSIDE


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    backorder_to_buy_qty = fields.Float(
        string="To Buy",
        compute="_compute_backorder_to_buy_qty",
        compute_sudo=True,
        digits="Product Unit",
        help="What customers wait for in this warehouse and nobody has ordered yet, in the unit "
        "of the line. Free and incoming stock is counted, quotations are not.",
        groups=INSIDE,
    )

    @api.depends("product_id", "product_uom_id", "order_id.picking_type_id", "order_id.state")
    def _compute_backorder_to_buy_qty(self):
        """Read the plan of the products of all lines that are not ordered yet."""
        drafts = self.filtered(
            lambda line: (
                line.order_id.state in ("draft", "sent", "to approve")
                and line.product_id.is_storable
            )
        )
        missing = drafts._get_backorder_missing() if drafts else {}
        (self - drafts).backorder_to_buy_qty = 0.0
        for line in drafts:
            warehouse = line.order_id.picking_type_id.warehouse_id
            quantity = missing.get((line.product_id._origin.id, warehouse._origin.id), 0.0)
            line.backorder_to_buy_qty = line.product_id.uom_id._compute_quantity(
                quantity, line.product_uom_id, rounding_method="UP"
            )

    def _update_move_date_deadline(self, new_date):
        """Leave the promise of a customer alone: a supplier's date moves receipts only.

        Before there is a receipt Odoo writes the date on whoever waits for it.
        """
        promises = self.move_dest_ids.filtered(lambda move: move._is_backorder_promise())
        waited_for = self.filtered(
            lambda line: (
                line.move_dest_ids & promises
                and all(move.state in ("done", "cancel") for move in line.move_ids)
            )
        )
        res = super(PurchaseOrderLine, self - waited_for)._update_move_date_deadline(new_date)
        others = (waited_for.move_dest_ids - promises).filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        others.date_deadline = new_date
        return res

    def _get_backorder_missing(self):
        """Return {(product id, warehouse id): what nobody has ordered}, in units of products."""
        missing = defaultdict(float)
        locations = self.env["stock.location"]
        for line in self.env["backorder.supply.mixin"]._get_backorder_supply_plan(
            self.product_id._origin, self.order_id.company_id._origin
        ):
            if line.missing > EPSILON:
                warehouse = locations.browse(line.location_id).warehouse_id
                missing[line.product_id, warehouse.id] += line.missing
        return missing
