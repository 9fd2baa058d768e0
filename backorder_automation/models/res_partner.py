from odoo import fields, models

from ..const import INSIDE


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "backorder.checked.mixin"]

    backorder_rank = fields.Integer(
        string="Back Order Rank",
        help="1 is served first when the queue order is Customer rank first. 0 means no rank: "
        "served after everybody who has one. Contacts without a rank have that of their company.",
        groups=INSIDE,
    )
    backorder_mail_opt_out = fields.Boolean(
        string="No Back Order Mails",
        help="This customer, and the contacts of this company, get no mails about back orders.",
        groups=INSIDE,
    )
