from odoo import models
from odoo.tools import SQL


class BackorderReport(models.Model):
    _inherit = "backorder.report"

    def _get_sold_units(self):
        """Give each component an equal share of the kit it is a part of."""
        return SQL(
            """
            CASE WHEN m.product_id <> line.product_id AND m.backorder_kit_factor > 0 THEN
                (SELECT kit_unit.factor
                   FROM product_product kit
                   JOIN product_template kit_template ON kit_template.id = kit.product_tmpl_id
                   JOIN uom_uom kit_unit ON kit_unit.id = kit_template.uom_id
                  WHERE kit.id = line.product_id)
                / m.backorder_kit_factor
                / (SELECT COUNT(DISTINCT COALESCE(-part.bom_line_id, part.product_id))
                     FROM stock_move part
                    WHERE part.sale_line_id = line.id AND part.backorder_kit_factor > 0)
            ELSE %s END
            """,
            super()._get_sold_units(),
        )
