from odoo import models
from odoo.fields import Domain


class BackorderGuardMixin(models.AbstractModel):
    """Nobody takes what the plan gives to those ahead: how much everybody else may have."""

    _name = "backorder.guard.mixin"
    _description = "Back Order Guard"

    def _get_backorder_need(self):
        """Return what the move still has to reserve, in the unit of the product."""
        self.ensure_one()
        return self.product_qty - self._get_backorder_reserved()

    def _get_backorder_reserved(self):
        """Return what the move has reserved, in the unit of the product."""
        self.ensure_one()
        return self.product_uom._compute_quantity(
            self.quantity, self.product_id.uom_id, rounding_method="HALF-UP"
        )

    def _get_backorder_free(self):
        """Return what is free where the move takes from, in the unit of the product."""
        self.ensure_one()
        return self.env["stock.quant"]._get_available_quantity(self.product_id, self.location_id)

    def _get_backorder_allowance(self):
        """Return how much each move of self may reserve without jumping the queue.

        One indexed look-up where nobody waits for the products.

        :return: a dict of move id to a quantity in the unit of the product; moves that are not
            in it may take whatever is free
        """
        wanting = self.filtered(
            lambda move: move.state in ("confirmed", "partially_available") and not move.picked
        )
        guarded, plan = wanting._get_backorder_guarded()
        return {move.id: plan[move.id].served for move in guarded if move.id in plan}

    def _get_backorder_shares(self, in_ids):
        """Return how much of some receipts each move of self may be allocated.

        :param list in_ids: per move of self, the ids of the moves that bring the goods
        :return: a dict of move id to a quantity in the unit of the product; moves that are not
            in it may be allocated everything
        """
        guarded, plan = self._get_backorder_guarded()
        shares = {}
        for move, ins in zip(self, in_ids, strict=True):
            if move not in guarded or move.id not in plan:
                continue
            line = plan[move.id]
            if "done" in self.browse(ins).mapped("state"):
                shares[move.id] = move._get_backorder_reserved() + line.served
            else:
                brought = (quantity for in_id, quantity, _date in line.brought if in_id in ins)
                shares[move.id] = sum(brought)
        return shares

    def _get_backorder_guarded(self):
        """Return the moves of self whose stock others may be waiting for, and the plan with them.

        What a chained move brought for somebody is that somebody's, and is not guarded.
        """
        wanting = self.filtered(
            lambda move: (
                move.company_id.backorder_automation
                and not move.backorder_held
                and move.procure_method == "make_to_stock"
                and not move.move_orig_ids
                and not move._should_bypass_reservation()
            )
        )
        waited_for = wanting._get_backorder_waited_products()
        guarded = wanting.filtered(lambda move: move.product_id in waited_for).sudo()
        if not guarded:
            return guarded, {}
        return guarded, guarded._backorder_plan(guarded.product_id, guarded.company_id, guarded)

    def _get_backorder_waited_products(self):
        """Return the products of self that held demand waits for: one indexed look-up."""
        companies = self.company_id.filtered("backorder_automation")
        if not companies:
            return self.env["product.product"]
        held = self._backorder_held_domain(companies) & Domain(
            "product_id", "in", self.product_id.ids
        )
        groups = self.env["stock.move"].sudo()._read_group(held, ["product_id"])
        return self.env["product.product"].union(*(product for (product,) in groups))
