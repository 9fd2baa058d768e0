from odoo import api, fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    backorder_carrier_id = fields.Many2one(
        "delivery.carrier",
        string="Delivery Method Chosen Since",
        copy=False,
        readonly=True,
        help="Chosen on the order after the shortfall. Empty: as on the short transfer.",
    )

    @api.model
    def _get_backorder_protected_fields(self):
        return super()._get_backorder_protected_fields() | {"backorder_carrier_id"}

    def _backorder_stamp(self):
        """Forget an older choice: the transfer that comes up short now knows better."""
        super()._backorder_stamp()
        self.backorder_carrier_id = False

    def _get_backorder_carrier(self):
        """Return the delivery method of the next transfer: as on the short one, or chosen since.

        A standard backorder is a copy of the short transfer, and hears of a choice on the order.
        """
        self.ensure_one()
        if self.backorder_carrier_id or self.backorder_origin_id:
            return self.backorder_carrier_id or self.backorder_origin_id.carrier_id
        return self.sale_line_id.order_id.carrier_id

    def _get_backorder_transfer_key(self):
        """Never put two delivery methods into one transfer."""
        return (*super()._get_backorder_transfer_key(), self._get_backorder_carrier())

    def _prepare_backorder_transfer_vals(self):
        vals = super()._prepare_backorder_transfer_vals()
        return {**vals, "carrier_id": self[:1]._get_backorder_carrier().id}

    def _prepare_backorder_history_vals(self):
        """Let the choice follow the demand through splits."""
        vals = super()._prepare_backorder_history_vals()
        return {**vals, "backorder_carrier_id": self.backorder_carrier_id.id}
