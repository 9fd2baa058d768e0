from odoo import models


class BackorderDialogMixin(models.AbstractModel):
    """A wizard that is made by code and opened as a dialog."""

    _name = "backorder.dialog.mixin"
    _inherit = ["backorder.checked.mixin", "backorder.named.mixin"]
    _description = "Back Order Dialog"

    def _get_backorder_dialog(self, name):
        """Return the action that opens self as a dialog with this title."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
