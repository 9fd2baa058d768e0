from odoo import fields, models

from odoo.addons.backorder_automation.const import INSIDE


class ResCompany(models.Model):
    _inherit = "res.company"

    backorder_freight = fields.Selection(
        [
            ("once", "Once for the order"),
            ("each", "For each shipment"),
        ],
        string="Freight of Back Orders",
        default="once",
        required=True,
        help="With delivery methods that charge the real cost: whether the shipment of a back "
        "order adds its freight to the sales order too.",
        groups=INSIDE,
    )
