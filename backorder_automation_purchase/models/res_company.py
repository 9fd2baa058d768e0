from odoo import fields, models

from odoo.addons.backorder_automation.const import INSIDE


class ResCompany(models.Model):
    _inherit = "res.company"

    backorder_count_wishes = fields.Boolean(
        string="Count Quotations",
        help="Expected dates count requests for quotation that are not confirmed yet. The line "
        "then says that its date is a wish. Customers are never told one.",
        groups=INSIDE,
    )

    def write(self, vals):
        """Other dates are expected from now on."""
        res = super().write(vals)
        if "backorder_count_wishes" in vals:
            # Nothing depends on it: the way there would be a search for all moves of the company.
            self.env.invalidate_all()
        return res
