from odoo import models


class StockRule(models.Model):
    _inherit = "stock.rule"

    def _get_stock_move_values(
        self,
        product_id,
        product_qty,
        product_uom,
        location_dest_id,
        name,
        origin,
        company_id,
        values,
    ):
        """Note on a component how much of it one kit has.

        From `backorder_kit_factor` where it is known, or from `backorder_kits`, the number of kits
        this procurement is for: see `sale.order.line._create_procurements`.
        """
        move_values = super()._get_stock_move_values(
            product_id,
            product_qty,
            product_uom,
            location_dest_id,
            name,
            origin,
            company_id,
            values,
        )
        if values.get("backorder_kit_factor"):
            move_values["backorder_kit_factor"] = values["backorder_kit_factor"]
            move_values["bom_line_id"] = values["bom_line_id"]
        elif values.get("backorder_kits") and values.get("bom_line_id"):
            quantity = product_uom._compute_quantity(product_qty, product_id.uom_id, round=False)
            move_values["backorder_kit_factor"] = quantity / values["backorder_kits"]
        return move_values
