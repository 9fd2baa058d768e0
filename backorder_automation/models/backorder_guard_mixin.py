from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from ..const import EPSILON, QUEUE_FIELDS


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
        guarded, plan = self._get_backorder_wanting()._get_backorder_guarded(is_now=True)
        return {move.id: plan[move.id].served for move in guarded if move.id in plan}

    def _get_backorder_where_free(self):
        """Return the moves of self that could find anything at all: where nothing is, all wait.

        One query, however many wait. Where more is shipped than there was, somewhere else in the
        same place may still be something: only what is there counts.
        """
        if not self:
            return self
        groups = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", self.product_id.ids),
                    ("location_id.usage", "in", ("internal", "transit")),
                    ("quantity", ">", 0),
                ],
                ["product_id"],
                ["quantity:sum", "reserved_quantity:sum"],
            )
        )
        there = {product for product, quantity, reserved in groups if quantity - reserved > EPSILON}
        return self.filtered(lambda move: move.product_id in there)

    def _get_backorder_wanting(self):
        """Return the moves of self that would reserve more, if they might."""
        return self.filtered(
            lambda move: move.state in ("confirmed", "partially_available") and not move.picked
        )

    def _get_backorder_overtaken(self):
        """Return the moves of self that would find stock, were it not kept for held demand ahead.

        Where it is not what others want but full packs that lack, nobody keeps anything.
        """
        guarded, plan = self._get_backorder_wanting()._get_backorder_guarded(is_now=True)
        return guarded.filtered(
            lambda move: (
                move.id in plan
                and plan[move.id].served
                < min(move._get_backorder_need(), move._get_backorder_free()) - EPSILON
                and any(
                    line.served + line.kept > EPSILON
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

    def _get_backorder_guarded(self, is_now=False):
        """Return the moves of self whose stock others may be waiting for, and the plan with them.

        What a chained move brought for somebody is that somebody's, and is not guarded.

        :param bool is_now: only where anything is free, so that the plan has anything to say of
            now
        """
        wanting = self.filtered(lambda move: move._is_backorder_taking())
        waited_for = wanting._get_backorder_waited_products()
        guarded = wanting.filtered(lambda move: move.product_id in waited_for).sudo()
        if is_now:
            guarded = guarded._get_backorder_where_free()
        if not guarded:
            return guarded, {}
        plan = guarded._backorder_walk(
            guarded.product_id, guarded.company_id, newcomers=guarded, is_now=is_now
        )
        return guarded, plan

    def _is_backorder_taking(self):
        """Return whether this move takes from stock what others may wait for; not held demand."""
        self.ensure_one()
        return bool(
            self.company_id.backorder_automation
            and not self.backorder_held
            and self.product_id.is_storable
            and self.procure_method == "make_to_stock"
            and not self.move_orig_ids
            and not self._should_bypass_reservation()
        )

    def _is_backorder_waiting(self):
        """Return whether this move stands in the queue, see `_get_backorder_waits_sql`."""
        self.ensure_one()
        return self.backorder_held or (
            self.state in ("confirmed", "partially_available")
            and not self.picked
            and self.product_uom_qty > 0
            and self._is_backorder_taking()
        )

    def _get_backorder_waited_products(self):
        """Return the products of self that more than one move waits for: one look-up for each."""
        moves = self.filtered("company_id.backorder_automation")
        several = {
            product for product, group in moves.grouped("product_id").items() if len(group) > 1
        }
        alone = moves.filtered(lambda move: move.product_id not in several)
        if not alone:
            return moves.product_id
        self.env["stock.move"].flush_model(QUEUE_FIELDS)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT product_id
                  FROM UNNEST(%s) AS wanted(product_id)
                 WHERE EXISTS (SELECT FROM stock_move m
                                WHERE m.product_id = wanted.product_id AND m.id NOT IN %s
                                  AND m.company_id IN %s AND %s)
                """,
                alone.product_id.ids,
                self._ids,
                moves.company_id._ids,
                self._get_backorder_waits_sql(),
            )
        )
        return self.env["product.product"].browse({p.id for p in several} | {r[0] for r in rows})
