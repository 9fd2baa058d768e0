from odoo import fields, models
from odoo.tools.translate import LazyTranslate

from odoo.addons.backorder_automation.queue_orders import OLDEST, REFILL, Key, QueueOrder

_lt = LazyTranslate(__name__)


class Largest(QueueOrder):
    """A queue order is a class: what ranks, and what it says to people."""

    name = "largest"
    label = "Largest first"
    help = _lt("The largest quantity, then who waits longest.")
    ranks = (REFILL, Key("m.product_qty DESC", ("product_qty",)), OLDEST)


class ResCompany(models.Model):
    _inherit = "res.company"

    backorder_queue_order = fields.Selection(
        selection_add=[(Largest.name, Largest.label)], ondelete={Largest.name: "set default"}
    )
