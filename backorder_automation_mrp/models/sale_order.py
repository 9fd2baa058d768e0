from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_backorder_waiting_moves(self):
        """Take the whole kit along: a component that is there does not wait alone."""
        moves = super()._get_backorder_waiting_moves()
        kits = moves.filtered(lambda move: move._is_backorder_component())
        return moves | kits.sale_line_id.move_ids.filtered(
            lambda move: (
                move.picking_id in kits.picking_id
                and not move.picked
                and move._is_backorder_component()
                and move._is_backorder_eligible()
            )
        )
