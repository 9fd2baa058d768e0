from odoo import models


class StockForecastedProductProduct(models.AbstractModel):
    _inherit = "stock.forecasted_product_product"

    def _get_report_header(self, product_template_ids, product_ids, wh_location_ids):
        """Say how much of the products customers wait for, wherever it ships from."""
        res = super()._get_report_header(product_template_ids, product_ids, wh_location_ids)
        products = self.env["product.product"].browse(res["product_variants_ids"])
        res["backorder_qty"] = sum(products.mapped("backorder_qty"))
        return res

    def _prepare_report_line(
        self,
        quantity,
        move_out=None,
        move_in=None,
        replenishment_filled=True,
        product=False,
        reserved_move=False,
        in_transit=False,
        read=True,
    ):
        """Name the customer of held demand, which has no transfer to read it from."""
        line = super()._prepare_report_line(
            quantity,
            move_out,
            move_in,
            replenishment_filled,
            product,
            reserved_move,
            in_transit,
            read,
        )
        if move_out and move_out.backorder_held and move_out._filter_backorder_visible():
            customer = move_out.sudo().sale_line_id.order_id.partner_id
            line["backorder_customer"] = customer.display_name
        return line
