from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..kit import KitBond


class BackorderKitPlanMixin(models.AbstractModel):
    """Let the plan serve whole kits: say which rows of the queue are components of one."""

    _name = "backorder.kit.plan.mixin"
    _description = "Back Order Plan of Kits"

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
    def _get_backorder_bound(self, product_ids, company):
        """Components are served with the rest of their kit."""
        return [
            *super()._get_backorder_bound(product_ids, company),
            SQL(
                """
                SELECT m.id
                  FROM stock_move m
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
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        kits = defaultdict(list)
        for row in bound:
            line_id, *_component = facts[row.move_id]
            kits[line_id].append(row)
        return groups + [
            KitBond(members, {row.move_id: facts[row.move_id][1:] for row in members}, digits)
            for members in kits.values()
        ]

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
