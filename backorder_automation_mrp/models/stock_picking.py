from odoo import api, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    @api.model
    def _get_backorder_slip_rows(self, held):
        """Name the kit that was ordered, not what it is made of."""
        components = held.filtered(lambda move: move._is_backorder_component())
        rows = super()._get_backorder_slip_rows(held - components)
        for (line, is_held), moves in components.grouped(
            lambda move: (move.sale_line_id, move.backorder_held)
        ).items():
            kits = line._get_backorder_quantity(moves, "product_uom_qty")
            text = line._get_backorder_slip_text(is_held)
            rows.append((line.product_id, kits, line.product_uom_id, line, text))
        return rows
