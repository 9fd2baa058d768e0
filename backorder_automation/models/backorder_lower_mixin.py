from datetime import datetime

from odoo import models


class BackorderLowerMixin(models.AbstractModel):
    """Ask for less, where an order line is lowered, and keep what is reserved for the rest."""

    _name = "backorder.lower.mixin"
    _description = "Lowered Back Orders"

    def _backorder_lower(self, quantity, uom):
        """Ask for less on the open moves of self: what is not reserved first, held or not.

        Then of what is reserved: being packed last. Among them the youngest back order first.

        :return: by how much, at most `quantity`, in `uom`
        """
        left = quantity
        moves = self.sorted(lambda move: move._get_backorder_lower_key(), reverse=True)
        for move in moves:
            left -= move._backorder_lower_by(left, move.product_uom_qty - move.quantity, uom)
        for move in moves.filtered(lambda move: move.state != "cancel"):
            left -= move._backorder_lower_by(left, move.product_uom_qty, uom)
        self.filtered("backorder_held")._backorder_wake_rest()
        return quantity - left

    def _backorder_lower_by(self, quantity, most, uom):
        """Ask for less on one move; cancel it when nothing is left of it.

        :param quantity: by how much, in `uom`
        :param most: by how much at most, in the unit of the move
        :return: by how much, in `uom`
        """
        demand, most = (
            self.product_uom._compute_quantity(value, uom, rounding_method="HALF-UP")
            for value in (self.product_uom_qty, most)
        )
        less = min(quantity, most)
        if uom.compare(less, 0.0) <= 0:
            return 0.0
        self.product_uom_qty = uom._compute_quantity(
            demand - less, self.product_uom, rounding_method="HALF-UP"
        )
        if uom.is_zero(demand - less) and not self.picked:
            self._action_cancel()
        return less

    def _backorder_lower_reserved(self, vals):
        """Lower what moves have reserved to their new demand, line by line, the last first.

        Odoo is about to give up all of it, for whoever comes next. So where a customer waits for
        the goods of self, or somebody else for its products.

        :param dict vals: about to be written
        """
        if "product_uom_qty" not in vals or "quantity" in vals:
            return  # who writes both says what stays reserved
        if self.env.context.get("do_not_unreserve") is not None:
            return
        demand = vals["product_uom_qty"] or 0.0
        lowered = self.filtered(
            lambda move: (
                move.company_id.backorder_automation
                and move.state in ("assigned", "partially_available")
                and move.product_uom.compare(move.quantity, demand) > 0
                and (move.sale_line_id or not move.picked)
                and not move._should_bypass_reservation()
            )
        )
        others = lowered.filtered(lambda move: not move.sale_line_id)
        if others:
            waited = others._get_backorder_waited_products()
            lowered -= others.filtered(lambda move: move.product_id not in waited)
        # Odoo tells who packs for an order that it was lowered; the rest would be shipped as well.
        packed = lowered.filtered("picked")
        packed.quantity = demand
        (lowered - packed).with_context(unreserve_unpicked_only=True).quantity = demand

    def _get_backorder_lower_key(self):
        """Return the key that sorts the moves of a lowered line, the last is lowered first."""
        self.ensure_one()
        since = self.backorder_date or datetime.min
        return (self.backorder_held, not self.picked, since, self.id)

    def _is_backorder_lowerable(self):
        """Return whether a lowered order line may take from this move: its goods are in stock."""
        self.ensure_one()
        return (
            self._is_backorder_first_open_step()
            and self.sale_line_id not in self.move_orig_ids.sale_line_id
        )
