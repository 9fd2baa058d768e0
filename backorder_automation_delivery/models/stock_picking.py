from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _add_delivery_cost_to_so(self):
        """Keep the freight of a further shipment off the order, and say so on the transfer."""
        self.ensure_one()
        if not self._is_backorder_freight_free():
            return super()._add_delivery_cost_to_so()
        self.message_post(
            body=self.env._(
                "Freight is charged once: %(amount)s are not added to %(order)s.",
                amount=self.sale_id.currency_id.format(self.carrier_price),
                order=self.sale_id._get_html_link(),
            )
        )

    def _is_backorder_freight_free(self):
        """Return whether the customer pays nothing for this shipment of a back order.

        Only where Odoo would add a line to the order: not for the first shipment, nor where a
        line waits for the real cost.
        """
        self.ensure_one()
        moves = self.move_ids.filtered(lambda move: move.state != "cancel")
        return bool(
            self.company_id.backorder_automation
            and self.company_id.sudo().backorder_freight == "once"
            and self.sale_id
            and self.carrier_id.invoice_policy == "real"
            and self.carrier_price
            and moves
            and all(moves.mapped("backorder_date"))
            and self._get_backorder_charged_before()
            and not self._get_matching_delivery_lines()
        )

    def _get_backorder_charged_before(self):
        """Return the other shipments of the order that had freight."""
        self.ensure_one()
        return (self.sale_id.picking_ids - self).filtered(
            lambda picking: (
                picking.state == "done" and picking.carrier_price and not picking.return_id
            )
        )
