from collections import defaultdict
from math import ceil

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.backorder_automation.const import EPSILON

from ..kit import Component, Kit


class BackorderKitPlanMixin(models.AbstractModel):
    """Let the plan serve whole kits.

    The components of a line stand in the queue with their best one, and get as much as makes
    whole kits of what is gone to the customer already. What makes no whole kit stays free.
    """

    _name = "backorder.kit.plan.mixin"
    _description = "Back Order Plan of Kits"

    @api.model
    def _serve_backorder_queue(self, rows):
        """Expect what waits for its kit when the rest of the kit is expected."""
        plan = super()._serve_backorder_queue(rows)
        lines = defaultdict(list)
        if any(place.reason == "kit" for place in plan.values()):
            for move in self.sudo().browse(row.move_id for row in rows if row.bond == "kit"):
                lines[move.sale_line_id].append(plan[move.id])
        for places in lines.values():
            lacking = [p for p in places if p.reason not in ("kit", "served")]
            last = max(lacking, key=self._get_backorder_date_key, default=None)
            for place in places if last else ():
                if place.reason == "kit":
                    plan[place.move_id] = place._replace(
                        expected_date=last.expected_date, expected_move_id=last.expected_move_id
                    )
        return plan

    @api.model
    def _get_backorder_date_key(self, place):
        """Return the key that sorts places of a plan by date; no date is the latest."""
        return (not place.expected_date, place.expected_date, place.move_id)

    @api.model
    def _get_backorder_joins(self, product_ids, company):
        """Join the products that wait for one another in kits."""
        return [
            *super()._get_backorder_joins(product_ids, company),
            SQL(
                """
                SELECT other.product_id
                  FROM stock_move m
                  JOIN stock_move other
                    ON other.sale_line_id = m.sale_line_id AND other.backorder_held
                 WHERE m.backorder_held AND m.backorder_kit_factor > 0
                   AND m.product_id IN %s AND m.company_id = %s
                """,
                product_ids,
                company.id,
            ),
        ]

    @api.model
    def _get_backorder_bond(self):
        """Serve components with their `kit`, unless the whole order ships together."""
        kit = SQL("CASE WHEN m.backorder_held AND m.backorder_kit_factor > 0 THEN 'kit' END")
        return SQL("COALESCE(%s, %s)", super()._get_backorder_bond(), kit)

    @api.model
    def _get_backorder_groups(self, rows):
        """Serve the components of a kit line together: one query, and none without kits."""
        groups = super()._get_backorder_groups(rows)
        bound = [row for row in rows if row.bond == "kit"]
        facts = self._fetch_backorder_kits({row.product_id for row in bound}) if bound else {}
        kits = defaultdict(list)
        for row in bound:
            line_id, *component = facts[row.move_id]
            kits[line_id].append((row, *component))
        for members in kits.values():
            group = (self._serve_backorder_kit, members)
            groups.update((row.move_id, group) for row, *_component in members)
        return groups

    @api.model
    def _fetch_backorder_kits(self, product_ids):
        """Read which held moves of these products are components.

        :return: a dict of move id to (order line id, the component in its kit, how much of it one
            kit has, how many kits are ordered)
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id, line.id, COALESCE(-m.bom_line_id, m.product_id),
                       m.backorder_kit_factor,
                       (line.product_uom_qty * unit.factor / base.factor)::float
                  FROM stock_move m
                  JOIN sale_order_line line ON line.id = m.sale_line_id
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN uom_uom unit ON unit.id = line.product_uom_id
                  JOIN uom_uom base ON base.id = template.uom_id
                 WHERE m.backorder_held AND m.backorder_kit_factor > 0 AND m.product_id IN %s
                """,
                tuple(product_ids),
            )
        )
        return {move_id: facts for move_id, *facts in rows}

    @api.model
    def _serve_backorder_kit(self, members, supply, served, reasons):
        """Serve the components of one order line as far as they make whole kits.

        Where something free is left to others the reason is `kit` when another component is
        missing, and `part` when it is this one, of which less than for a whole kit is free.

        :param list members: (row of the queue, the component in its kit, how much of it one kit
            has, how many kits are ordered)
        """
        rows = defaultdict(list)
        for row, key, *_quantities in members:
            rows[key].append(row)
        kit = self._make_backorder_kit(members)
        available = {
            key: self._try_backorder_component(group, kit.components[key].missing, supply)
            for key, group in rows.items()
        }
        most = kit.get_most(available)
        taken = self._take_backorder_kits(kit, rows, most, supply)
        for key, group in rows.items():
            reason = "short"
            if available[key] - sum(taken.get(row.move_id, 0.0) for row in group) > EPSILON:
                reason = "kit" if kit.get_ceiling(key, available[key]) > most else "part"
            for row in group:
                served[row.move_id] = quantity = taken.get(row.move_id, 0.0)
                reasons[row.move_id] = (
                    "served" if quantity > row.need - EPSILON else row.blocked or reason
                )

    @api.model
    def _make_backorder_kit(self, members):
        """Return the :class:`Kit` of the members of one order line."""
        missing = defaultdict(float)
        for row, key, *_quantities in members:
            missing[key] += row.need
        components = {key: Component(factor, missing[key]) for _row, key, factor, _kits in members}
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return Kit(members[0][3], components, digits)

    @api.model
    def _take_backorder_kits(self, kit, rows, most, supply):
        """Take what is needed so that as many kits as possible are gone, at most `most`.

        A product that is in the kit twice may not be enough for both: then fewer are tried.

        :return: a dict of move id to a quantity in the unit of the product
        """
        taken = self._take_backorder_needs(kit, rows, most, supply)
        if taken is not None:
            return taken
        least, most = min(kit.get_ceiling(key, 0.0) for key in rows), ceil(most) - 1
        while least < most:
            middle = ceil((least + most) / 2)
            saved = supply.save({row.product_id for group in rows.values() for row in group})
            if self._take_backorder_needs(kit, rows, middle, supply) is None:
                most = middle - 1
            else:
                supply.restore(saved)
                least = middle
        return self._take_backorder_needs(kit, rows, least, supply) or {}

    @api.model
    def _take_backorder_needs(self, kit, rows, kits, supply):
        """Take what is needed so that `kits` whole ones are gone; nothing and None where it lacks.

        :return: a dict of move id to a quantity in the unit of the product, or None
        """
        saved = supply.save({row.product_id for group in rows.values() for row in group})
        taken = {}
        for key, group in rows.items():
            need = kit.get_need(key, kits)
            part = self._take_backorder_component(group, need, supply)
            if sum(part.values()) < need - EPSILON:
                supply.restore(saved)
                return None
            taken.update(part)
        return taken

    @api.model
    def _take_backorder_component(self, rows, quantity, supply):
        """Take this much for the rows of one component, in their order: a dict by move id."""
        taken = {}
        for row in rows:
            want = min(row.need, quantity)
            if want > EPSILON and not row.blocked:
                taken[row.move_id] = supply.serve(row, want)
                quantity -= taken[row.move_id]
        return taken

    @api.model
    def _try_backorder_component(self, rows, quantity, supply):
        """Return how much of one component could be taken, in the unit of its product."""
        saved = supply.save({row.product_id for row in rows})
        taken = self._take_backorder_component(rows, quantity, supply)
        supply.restore(saved)
        return sum(taken.values())
