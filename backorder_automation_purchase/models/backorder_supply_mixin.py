from odoo import api, models
from odoo.tools import SQL

from odoo.addons.backorder_automation.const import EPSILON
from odoo.addons.backorder_automation.promise import PROMISE_SQL, make_late_sql

# What a request for quotation line would bring for anybody, in the unit of the product. What is
# bought for somebody's own demand, made to order, is nobody else's.
RFQ_OPEN_QTY = SQL(
    """
    line.product_uom_qty - COALESCE((
        SELECT SUM(next.product_qty)
          FROM stock_move_created_purchase_line_rel rel
          JOIN stock_move next ON next.id = rel.move_id
          JOIN stock_location place
            ON place.id = COALESCE(next.location_final_id, next.location_dest_id)
         WHERE rel.created_purchase_line_id = line.id AND place.usage <> 'internal'
           AND next.backorder_held IS NOT TRUE
           AND next.state NOT IN ('draft', 'done', 'cancel')), 0)
    """
)


class BackorderSupplyMixin(models.AbstractModel):
    """What the plan says about receipts, as SQL that reports read like a table.

    The plan is made anew whenever a report is read: what it shows is true now.
    """

    _name = "backorder.supply.mixin"
    _inherit = ["backorder.access.mixin"]
    _description = "Back Orders and Supply"

    @api.model
    def _get_backorder_supply_plan(self, products=None, companies=None):
        """Return what customers wait for, as the plan of the companies that use back orders says.

        Held, or in a transfer that lacks goods: the plan has each of them once. Not what refills
        a place or is made of it: Odoo's own reordering looks after that.

        :param products: `product.product` records to plan; all of them when None
        :param companies: `res.company` records; those the user works in when None
        """
        companies = self.env.companies if companies is None else companies
        companies = companies.sudo().filtered("backorder_automation")
        if not companies:
            return []
        plan = self.env["stock.move"].sudo()._backorder_plan(products, companies)
        return [line for line in plan.values() if line.order_id]

    @api.model
    def _get_backorder_freed_query(self, products=None, companies=None):
        """Return the query of what each incoming move brings to each move that waits.

        Not what no receipt frees: a paused line, and an order that ships complete while nobody
        has ordered all of it. `value` is in company currency, quantities are in the unit of the
        product. The id joins two move ids of 26 bits: all a browser can count.
        """
        held_ids, incoming_ids, quantities, dates = self._get_backorder_freed_columns(
            self._get_backorder_supply_plan(products, companies)
        )
        return SQL(
            """
            SELECT (brought.held_id << 26) + brought.incoming_id AS id,
                   held.id AS move_id,
                   incoming.picking_id,
                   incoming.purchase_line_id,
                   purchase_line.order_id AS purchase_id,
                   COALESCE(purchase.partner_id, picking.partner_id) AS vendor_id,
                   line.order_id,
                   so.name AS order_name,
                   so.partner_id,
                   held.product_id,
                   template.uom_id,
                   brought.quantity,
                   %(value)s AS value,
                   %(promise)s AS promised_date,
                   brought.expected_date,
                   %(late)s AS is_late,
                   held.company_id,
                   company.currency_id
              FROM UNNEST(%(held)s::bigint[], %(incoming)s::bigint[], %(quantity)s::float[],
                          %(date)s::timestamp[])
                   AS brought(held_id, incoming_id, quantity, expected_date)
              JOIN stock_move held ON held.id = brought.held_id
              JOIN stock_move incoming ON incoming.id = brought.incoming_id
         LEFT JOIN stock_picking picking ON picking.id = incoming.picking_id
         LEFT JOIN purchase_order_line purchase_line
                ON purchase_line.id = incoming.purchase_line_id
         LEFT JOIN purchase_order purchase ON purchase.id = purchase_line.order_id
              JOIN %(sale)s
             WHERE %(readable)s
               AND NOT COALESCE(held.backorder_paused, FALSE)
               AND COALESCE(held.backorder_not_before <= brought.expected_date, TRUE)
            """,
            value=self._get_backorder_value_sql(SQL("brought.quantity")),
            promise=PROMISE_SQL,
            late=make_late_sql(PROMISE_SQL, SQL("brought.expected_date"), self.env.tz),
            held=held_ids,
            incoming=incoming_ids,
            quantity=quantities,
            date=dates,
            sale=self._get_backorder_sale_tables(),
            readable=self._get_backorder_readable_sql(SQL("so.id")),
        )

    @api.model
    def _get_backorder_freed_columns(self, lines):
        """Return ids of moves that wait, incoming move ids, quantities and dates, in queue order.

        :param list lines: lines of the plan
        """
        stuck = {
            line.order_id for line in lines if line.reason == "complete" and line.missing > EPSILON
        }
        rows = [
            (line.move_id, *part)
            for line in lines
            if line.order_id not in stuck or line.reason != "complete"
            for part in line.brought
        ]
        return [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]

    @api.model
    def _get_backorder_sale_tables(self):
        """Return the tables that say what demand is worth; the move is called `held`."""
        return SQL(
            """
                   sale_order_line line ON line.id = held.sale_line_id
              JOIN sale_order so ON so.id = line.order_id
              JOIN product_product product ON product.id = held.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom base ON base.id = template.uom_id
              JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
              JOIN res_company company ON company.id = held.company_id
         LEFT JOIN LATERAL (
                   SELECT COUNT(DISTINCT part.product_id) AS products,
                          SUM(part.product_qty) FILTER (WHERE part.product_id = held.product_id)
                              AS quantity
                     FROM stock_move part
                    WHERE part.sale_line_id = line.id
                      AND held.product_id <> line.product_id
                      AND part.state <> 'cancel'
                      AND part.origin_returned_move_id IS NULL
                      AND NOT EXISTS (SELECT FROM stock_move_move_rel before
                                       WHERE before.move_dest_id = part.id)) kit ON TRUE
            """
        )

    @api.model
    def _get_backorder_value_sql(self, quantity):
        """Return what a quantity (unit of the product) sells for, before tax, company currency.

        Parts of a kit have no price of their own: each product of it counts the same.

        :param SQL quantity: the quantity
        """
        return SQL(
            """%(quantity)s * line.price_reduce_taxexcl / COALESCE(NULLIF(so.currency_rate, 0), 1)
             * CASE WHEN held.product_id = line.product_id
                    THEN base.factor / line_unit.factor
                    ELSE line.product_uom_qty / NULLIF(kit.quantity * kit.products, 0) END""",
            quantity=quantity,
        )
