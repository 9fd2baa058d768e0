from collections import defaultdict

from odoo import models


class BackorderShortfallMixin(models.AbstractModel):
    """What becomes of the part of a transfer that is not shipped."""

    _name = "backorder.shortfall.mixin"
    _description = "Back Order Shortfall"

    def _backorder_apply_decisions(self):
        """Hold or cancel the short lines of the transfers, each as it was decided."""
        by_decision = defaultdict(list)
        for picking in self.filtered("company_id.backorder_automation"):
            for move in picking._get_moves_to_backorder():
                if move._is_backorder_eligible():
                    decision = (
                        move.backorder_decision
                        or picking.company_id.sudo().backorder_default_decision
                    )
                    by_decision[decision].append(move.id)
        browse = self.env["stock.move"].browse
        not_found = browse(by_decision["not_found"])
        not_found._backorder_doubt()
        held = (browse(by_decision["backorder"]) | not_found)._backorder_hold()
        self._backorder_log_held(held)
        cancelled = browse(by_decision["cancel"])
        shortfalls = {
            picking: {move: (0.0, move.product_uom_qty) for move in moves}
            for picking, moves in cancelled.grouped("picking_id").items()
        }
        cancelled._action_cancel()
        for picking, shortfall in shortfalls.items():
            picking._log_less_quantities_than_expected(shortfall)
            picking._backorder_log_dropped(shortfall)

    def _backorder_tell_dropped(self, shortfalls):
        """Leave a trace of a remainder that was dropped without a question.

        :param dict shortfalls: picking to what `_get_backorder_shortfalls` said before
        """
        # The dialog has written its activities already, see `stock.backorder.confirmation`.
        asked = self.browse(self.env.context.get("picking_ids_not_to_backorder"))
        for picking, shortfall in shortfalls.items():
            if shortfall and picking not in asked:
                picking._log_less_quantities_than_expected(shortfall)
            picking._backorder_log_dropped(shortfall)

    def _backorder_put_back(self):
        """Hold what transfers with back orders carry, before they are cancelled or deleted.

        Write on the orders what cannot be held, and tell the salesperson: it is lost with them.
        """
        carriers = self.filtered(
            lambda picking: any(move._is_backorder_open() for move in picking.move_ids)
        )
        self.move_ids._backorder_hold_carried_again()
        lost = carriers.move_ids._get_backorder_asked().sudo()
        lost._backorder_tell_not_shipped()

    def _backorder_drop_emptied(self, held):
        """Cancel the transfers that `held` left empty.

        Where an emptied transfer was a backorder itself, the demand goes back to the transfer
        before it: that one came up short first.
        """
        emptied = self.filtered(lambda picking: not picking.move_ids)
        for origin, moves in held.grouped("backorder_origin_id").items():
            while origin in emptied and origin.backorder_id:
                origin = origin.backorder_id
            if origin != moves.backorder_origin_id:
                moves.backorder_origin_id = origin
        emptied.action_cancel()

    def _get_backorder_shortfall_moves(self):
        """Return the short moves that a validation of the transfers may mark as back ordered."""
        return self.move_ids.filtered(
            lambda move: (
                move._is_backorder_eligible()
                and move.product_uom.compare(
                    move._get_picked_quantity() if move.picked else 0.0, move.product_uom_qty
                )
                < 0
            )
        )

    def _get_backorder_shortfalls(self):
        """Return the sold quantities about to be dropped: a dict of move to (shipped, expected).

        Quantities are in the unit of the move.
        """
        self.ensure_one()
        shortfalls = {}
        for move in self.move_ids.filtered("sale_line_id"):
            if move.state in ("done", "cancel"):
                continue
            shipped = move._get_picked_quantity() if move.picked else 0.0
            if move.product_uom.compare(shipped, move.product_uom_qty) < 0:
                shortfalls[move] = (shipped, move.product_uom_qty)
        return shortfalls
