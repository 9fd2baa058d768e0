from odoo import models
from odoo.exceptions import UserError

from odoo.addons.backorder_automation.const import EPSILON


class BackorderReallocation(models.TransientModel):
    _inherit = "backorder.reallocation"

    def _get_quantities(self):
        """Send the rest of the kits along, from what the plan leaves them.

        :raises UserError: when what is taken does not make whole kits
        """
        quantities = super()._get_quantities()
        move = self.move_id.sudo()
        if not move._is_backorder_component():
            return quantities
        held = move.sale_line_id.move_ids.filtered("backorder_held")
        kit, parts = move.sale_line_id._get_backorder_kit(held)
        plan = held._backorder_walk(held.product_id, self.move_id.company_id, moves=held)
        available = {
            key: self.taken
            if move in part.moves
            else sum(plan[m.id].served + plan[m.id].idle for m in part.moves & held)
            for key, part in parts.items()
        }
        kits = kit.get_most(available)
        for key, part in parts.items():
            need = kit.get_need(key, kits)
            if move in part.moves and need < self.taken - EPSILON:
                raise UserError(
                    self.env._(
                        "With what is free of the other components, whole kits need only "
                        "%(quantity)s of %(product)s.",
                        quantity=part.product.uom_id.round(need),
                        product=part.product.display_name,
                    )
                )
            quantities.update(self._spread(part.moves & held, need, first=move))
        return quantities

    def _spread(self, moves, quantity, first):
        """Return `quantity` (unit of the product) spread over the moves: a dict of move id."""
        spread = {}
        for move in (moves & first) | moves:
            spread[move.id] = min(move.product_qty, quantity)
            quantity -= spread[move.id]
        return {move_id: part for move_id, part in spread.items() if part > EPSILON}
