from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _get_backorder_slip_moves(self, **kwargs):
        """Count held components in the section of their kit, as Odoo does with shipped ones."""
        held = super()._get_backorder_slip_moves(**kwargs)
        if kwargs.get("kit_name"):
            return held.filtered(lambda move: move._get_backorder_bom_name() == kwargs["kit_name"])
        if not kwargs:
            return held.filtered(lambda move: not move._get_backorder_bom_name())
        return held
