from odoo import api, models
from odoo.tools import SQL

from odoo.addons.backorder_automation.readers import make_receipt

from .backorder_supply_mixin import RFQ_OPEN_QTY


class StockMove(models.Model):
    _inherit = "stock.move"

    @api.model
    def _get_backorder_receipts(self, product_ids, company):
        """Count what is not ordered yet as wishes, where the company says so: one more query."""
        receipts = super()._get_backorder_receipts(product_ids, company)
        if company.backorder_count_wishes:
            receipts = receipts + self._read_backorder_wishes(product_ids, company)
        return receipts

    @api.model
    def _read_backorder_wishes(self, product_ids, company):
        """Return what stands on requests for quotation, as :class:`Receipt` with a name.

        Where the receipt would bring it, on the date of the line. What is overdue has a date only
        where the company says in how many days such receipts come.
        """
        for name in ("purchase.order", "purchase.order.line"):
            self.env[name].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.date_planned, line.product_id, place.id, %s, -line.id,
                       address.tz, company.backorder_overdue_days, purchase.name
                  FROM purchase_order_line line
                  JOIN purchase_order purchase ON purchase.id = line.order_id
                  JOIN res_company company ON company.id = purchase.company_id
                  JOIN res_partner address ON address.id = company.partner_id
                  JOIN stock_picking_type type ON type.id = purchase.picking_type_id
             LEFT JOIN stock_warehouse warehouse ON warehouse.id = type.warehouse_id
                  JOIN stock_location place
                    ON place.id = COALESCE(line.location_final_id, warehouse.lot_stock_id)
                 WHERE purchase.state IN ('draft', 'sent', 'to approve')
                   AND purchase.company_id = %s AND line.product_id IN %s
                   AND line.date_planned IS NOT NULL AND place.usage = 'internal'
                   AND type.code <> 'dropship'
              ORDER BY line.date_planned, line.id
                """,
                RFQ_OPEN_QTY,
                company.id,
                tuple(product_ids) or (0,),
            )
        )
        return [make_receipt(*goods)._replace(wish=name) for *goods, name in rows if goods[3] > 0]
