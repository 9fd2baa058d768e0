from math import ceil, floor

from odoo import models

from odoo.addons.backorder_automation.const import EPSILON
from odoo.addons.backorder_automation.models.sale_order_line import BackorderPart

from ..kit import Component, Kit


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # What a kit is made of, as its moves say

    def _get_backorder_parts(self):
        """Return the components of a kit in place of the kit."""
        return self._get_backorder_kit_parts() or super()._get_backorder_parts()

    def _get_backorder_kit_parts(self):
        """Return what a kit line ships of each component, nothing where the line is no kit.

        By line of the bill of materials: a component may be in a kit twice.
        """
        self.ensure_one()
        components = self.move_ids.filtered(lambda move: move._is_backorder_component())
        parts = components.grouped(lambda move: (move.product_id, move.bom_line_id))
        return [
            BackorderPart(product, moves, factor)
            for (product, _bom_line), moves in parts.items()
            if (factor := self._get_backorder_kit_factor(moves)) > EPSILON
        ]

    def _get_backorder_kit_factor(self, moves):
        """Return how much of a component one kit has: as it was ordered, whatever the BoM says now.

        :param moves: all moves of the line for this component
        :return: a quantity in the unit of the component, for one unit of the kit's product
        """
        noted = moves.filtered("backorder_kit_factor")
        if noted:
            alive = noted.filtered(lambda move: move.state != "cancel") or noted
            return max(alive, key=lambda move: move.id).backorder_kit_factor
        ordered = sum(
            move.product_qty if move.state != "done" else move._get_backorder_reserved()
            for move in moves
            if move.state != "cancel" and not move.move_orig_ids and not move._is_incoming()
        )
        kits = self._get_backorder_kits()
        return ordered / kits if kits else 0.0

    def _get_backorder_kits(self):
        """Return how many kits are ordered, in the unit of the kit's product."""
        self.ensure_one()
        return self.product_uom_id._compute_quantity(
            self.product_uom_qty, self.product_id.uom_id, round=False
        )

    # Quantities in kits

    def _sum_backorder(self, quantities):
        """Return as many kits as the customer lacks while this much is not shipped."""
        parts = self._get_backorder_kit_parts()
        if not parts:
            return super()._sum_backorder(quantities)
        kits = max(
            sum(quantities.get(move, 0.0) for move in part.moves) / part.factor for part in parts
        )
        return self._get_backorder_line_quantity(
            min(ceil(kits - EPSILON), self._get_backorder_kits())
        )

    def _get_backorder_ready(self, plan):
        """A kit is ready when all of its components are."""
        parts = self._get_backorder_kit_parts()
        if not parts:
            return super()._get_backorder_ready(plan)
        delivered, ready = self._get_backorder_whole_kits(parts, plan)
        return self._get_backorder_line_quantity(ready - delivered)

    def _get_backorder_whole_kits(self, parts, plan):
        """Return how many whole kits are delivered, and how many with what is ready.

        :param list parts: what the line ships, see `_get_backorder_parts`
        :param dict plan: a plan with everything in it that is held for the line
        """
        delivered, ready = [], []
        for part in parts:
            shipped = part.moves._get_backorder_delivered()
            here = sum(move._get_backorder_ready(plan) for move in part.moves)
            delivered.append(floor(shipped / part.factor + EPSILON))
            ready.append(floor((shipped + here) / part.factor + EPSILON))
        return min(delivered), min(ready)

    def _get_backorder_line_quantity(self, kits):
        """Return a number of kits in the unit of the line."""
        return self.product_id.uom_id._compute_quantity(
            kits, self.product_uom_id, rounding_method="HALF-UP"
        )

    # The order changes

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Count what is delivered and in progress of each component, where some were held.

        Odoo counts whole kits, and by today's bill of materials.
        """
        parts = self._get_backorder_kit_parts()
        if not self._is_backorder_kit_followed(parts):
            return super()._get_qty_procurement(previous_product_uom_qty)
        balances = [self._get_backorder_balance(part) / part.factor for part in parts]
        kits = min(balances) if min(balances) < -EPSILON else max(balances)
        return self.product_uom_qty + self._get_backorder_line_quantity(kits)

    def _is_backorder_kit_followed(self, parts):
        """Return whether a kit line has a history of back orders that is not all cancelled."""
        moves = self.env["stock.move"].concat(*(part.moves for part in parts))
        return any(moves.mapped("backorder_date")) and set(moves.mapped("state")) != {"cancel"}

    def _create_procurements(self, product_qty, procurement_uom, values):
        """Lower and raise the components of a kit each by what differs from the order."""
        parts = self.sudo()._get_backorder_kit_parts()
        followed = self._is_backorder_kit_followed(parts)
        if parts and (followed or (product_qty < 0 and self._get_backorder_open_moves())):
            return [
                procurement
                for part in parts
                for procurement in self._backorder_even_out(part, values if followed else None)
            ]
        kits = procurement_uom._compute_quantity(product_qty, self.product_id.uom_id, round=False)
        values = {**values, "backorder_kits": kits}
        return super()._create_procurements(product_qty, procurement_uom, values)

    def _backorder_even_out(self, part, values):
        """Lower what is open of a component, or return the procurement of what is missing.

        What was shipped beyond the order is the customer's: nothing is asked back.

        :param BackorderPart part: the component
        :param dict values: of the procurement; None: lower only
        """
        unit, balance = part.product.uom_id, self.sudo()._get_backorder_balance(part)
        if unit.compare(balance, 0.0) > 0:
            moves = part.moves.filtered(lambda move: move._is_backorder_lowerable())
            moves._backorder_lower(balance, unit)
        if values is None or unit.compare(balance, 0.0) >= 0:
            return []
        kit_values = {
            **values,
            "bom_line_id": part.moves.bom_line_id.id,
            "backorder_kit_factor": part.factor,
        }
        return [
            self.env["stock.rule"].Procurement(
                part.product.with_env(self.env),
                -balance,
                unit,
                self._get_location_final(),
                self.product_id.display_name,
                self.order_id.name,
                self.company_id,
                kit_values,
            )
        ]

    def _get_backorder_kit(self, missing):
        """Return the kits of the line while some moves are missing: a (:class:`Kit`, parts) pair.

        :param missing: `stock.move` records that the customer lacks, and that no transfer carries
            for certain
        :return: the kit, and its parts: a dict of a key of the kit to its part
        """
        parts = {
            key: part
            for key, part in enumerate(self._get_backorder_kit_parts())
            if part.moves & missing
        }
        components = {
            key: Component(part.factor, sum((part.moves & missing).mapped("product_qty")))
            for key, part in parts.items()
        }
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return Kit(self._get_backorder_kits(), components, digits), parts
