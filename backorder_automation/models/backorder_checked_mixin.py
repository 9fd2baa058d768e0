from odoo import api, models

from ..checks import check_numbers


class BackorderCheckedMixin(models.AbstractModel):
    """Records whose numbers a client sends us."""

    _name = "backorder.checked.mixin"
    _description = "Back Order Numbers"

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse what is no number, in a sentence."""
        for vals in vals_list:
            check_numbers(self, vals)
        return super().create(vals_list)

    def write(self, vals):
        """Refuse what is no number, in a sentence."""
        check_numbers(self, vals)
        return super().write(vals)
