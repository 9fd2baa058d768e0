from odoo import models
from odoo.fields import Command


class BackorderKeepMixin(models.AbstractModel):
    """Keep back-ordered demand true while orders, transfers and receipts around it change."""

    _name = "backorder.keep.mixin"
    _description = "Back Order Upkeep"

    def _backorder_lower(self, quantity, uom):
        """Ask for less on the held moves of self, the youngest back order first.

        :return: by how much, at most `quantity`, in `uom`
        """
        left = quantity
        for move in self.sorted(lambda move: (move.backorder_date, move.id), reverse=True):
            demand = move.product_uom._compute_quantity(
                move.product_uom_qty, uom, rounding_method="HALF-UP"
            )
            if uom.compare(left, demand) >= 0:
                move._action_cancel()
                left -= demand
            elif not uom.is_zero(left):
                rest = uom._compute_quantity(
                    demand - left, move.product_uom, rounding_method="HALF-UP"
                )
                move.product_uom_qty = rest
                left = 0.0
        return quantity - left

    def _backorder_take_back(self):
        """Hold again what released transfers carry, before they are cancelled or deleted.

        Dropping demand is a decision, and cancelling a transfer is none.

        :return: the held moves, in the place in the queue they had
        """
        moves = self.filtered(
            lambda move: (
                move.backorder_release_date
                and move._is_backorder_open()
                and move._is_backorder_eligible()
            )
        ).sudo()
        pickings = moves.picking_id
        moves.picked = False
        moves._do_unreserve()
        held = moves._backorder_hold()
        pickings._backorder_log_held(held)
        held.write({"backorder_release_date": False})
        for origin, group in held.grouped("backorder_origin_id").items():
            group.backorder_origin_id = origin.backorder_id or origin
        return held

    def _backorder_leave_receipts(self):
        """Untie held moves of self from the receipts they were allocated to.

        The queue decides what they get, and a receipt that is cancelled must not take its
        customers along.
        """
        allocated = self.filtered("move_orig_ids").sudo()
        allocated.write({"move_orig_ids": [Command.clear()], "procure_method": "make_to_stock"})
        allocated._recompute_state()
