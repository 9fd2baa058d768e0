from odoo import fields, models

from ..const import DECISIONS, QUEUE_ORDERS


class ResCompany(models.Model):
    _inherit = "res.company"

    backorder_automation = fields.Boolean(
        string="Back Order Management",
        help="Short shipments of sales orders can be kept open as back orders, which are shipped "
        "by themselves when stock arrives.",
    )
    backorder_default_decision = fields.Selection(
        DECISIONS,
        string="Default Decision",
        default="backorder",
        required=True,
        help="What happens to a shortfall when nobody is asked, for example in a batch or with "
        "an operation type that always creates backorders.",
    )

    backorder_queue_order = fields.Selection(
        QUEUE_ORDERS,
        string="Queue Order",
        default="urgent",
        required=True,
        help="Who is served first when several orders wait for the same product. The same on "
        "every path: schedules, manual release, new orders, receipts.",
    )
    backorder_portal_ship = fields.Boolean(
        string="Ask to Ship What Is There",
        help="On the portal, customers may ask to get now what is in stock of their back orders.",
    )
    backorder_portal_wait = fields.Boolean(
        string="Tell That They Wait",
        help="On the portal, customers may say that they wait for their back orders.",
    )
    backorder_portal_cancel = fields.Boolean(
        string="Ask to Cancel the Rest",
        help="On the portal, customers may ask to cancel what is back ordered.",
    )

    def write(self, vals):
        """Switching the feature off gives the held demand of the company back to Odoo."""
        leaving = self.browse()
        if "backorder_automation" in vals and not vals["backorder_automation"]:
            leaving = self.filtered("backorder_automation")
        res = super().write(vals)
        if leaving:
            held = self.env["stock.move"].sudo()._backorder_held_domain(leaving)
            self.env["stock.move"].sudo().search(held)._backorder_give_back()
        return res
