from collections import defaultdict

from odoo import models
from odoo.fields import Domain

from ..const import EPSILON


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
        guarded, plan = self._get_backorder_wanting()._get_backorder_guarded()
        return {move.id: plan[move.id].served for move in guarded if move.id in plan}

    def _get_backorder_wanting(self):
        """Return the moves of self that would reserve more, if they might."""
        return self.filtered(
            lambda move: move.state in ("confirmed", "partially_available") and not move.picked
        )

    def _get_backorder_overtaken(self):
        """Return the moves of self that would find stock, were it not kept for held demand ahead.

        Where it is not what others want but full packs that lack, nobody keeps anything.
        """
        guarded, plan = self._get_backorder_wanting()._get_backorder_guarded()
        return guarded.filtered(
            lambda move: (
                move.id in plan
                and plan[move.id].served
                < min(move._get_backorder_need(), move._get_backorder_free()) - EPSILON
                and any(
                    line.served > EPSILON
                    and line.turn < plan[move.id].turn
                    and line.product_id == move.product_id.id
                    and line.move_id not in guarded._ids
                    for line in plan.values()
                )
            )
        )

    def _get_backorder_shares(self, in_ids):
        """Return how much of some receipts each move of self may be allocated.

        What the plan brings to those ahead out of these receipts is theirs; the rest is anybody's.

        :param list in_ids: per move of self, the ids of the moves that bring the goods
        :return: a dict of move id to a quantity in the unit of the product; moves that are not
            in it may be allocated everything
        """
        _guarded, plan = self._get_backorder_guarded()
        asked = dict(zip(self._ids, in_ids, strict=True))
        shares, given = {}, defaultdict(float)
        for move_id, line in plan.items():
            receipts = self.browse(asked.get(move_id, ()))
            if not receipts:
                for in_id, quantity, _date in line.brought:
                    given[in_id] += quantity
            elif "done" in receipts.mapped("state"):
                shares[move_id] = self.browse(move_id)._get_backorder_reserved() + line.served
            else:
                shares[move_id] = 0.0
                for receipt in receipts:
                    left = receipt._get_backorder_unallocated() - given[receipt.id]
                    part = max(0.0, min(line.need - shares[move_id], left))
                    shares[move_id] += part
                    given[receipt.id] += part
        return shares

    def _get_backorder_unallocated(self):
        """Return what of a receipt nobody was allocated yet, in the unit of the product.

        What held demand was allocated is not: the queue decides about it.
        """
        self.ensure_one()
        allocated = self.move_dest_ids.filtered(lambda move: not move.backorder_held)
        return self.product_qty - sum(allocated.mapped("product_qty"))

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
