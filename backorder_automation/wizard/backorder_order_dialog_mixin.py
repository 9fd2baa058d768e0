from odoo import api, models


class BackorderOrderDialogMixin(models.AbstractModel):
    """A dialog, or a line of one, that shows the order of a line: one its user may read."""

    _name = "backorder.order.dialog.mixin"
    _inherit = ["backorder.named.mixin"]
    _description = "Orders of a Dialog"

    @api.model
    def _check_backorder_records(self, records):
        """Look at the orders of moves too: whoever reads moves need not read every order."""
        res = super()._check_backorder_records(records)
        if records._name == "stock.move" and not self.env.su:
            orders = records.sudo().sale_line_id.order_id.with_env(self.env)
            if orders.browse().has_access("read"):
                orders.check_access("read")
        return res
