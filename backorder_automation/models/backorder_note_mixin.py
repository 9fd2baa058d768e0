from odoo import models
from odoo.tools import clean_context
from odoo.tools.translate import LazyTranslate

from ..texts import format_day, format_goods

_lt = LazyTranslate(__name__)

# In the data of the precommit: move id to what happened to it, and the ids of their orders.
EVENTS = "backorder_automation.events"
ORDERS = "backorder_automation.orders"

# What happened to demand, and what is said of it where its date is known, and where it is not.
DATED = {
    "held": _lt("%(goods)s back ordered, expected %(date)s"),
    "waits": _lt("%(goods)s will wait, expected %(date)s"),
}
NOTES = {
    "held": _lt("%(goods)s back ordered, no date known yet"),
    "waits": _lt("%(goods)s will wait, no date known yet"),
    "released": _lt("%(goods)s released in %(transfer)s"),
    "given_back": _lt("%(goods)s given back, now in %(transfer)s"),
    "shipped": _lt("%(goods)s shipped in %(transfer)s"),
}


class BackorderNoteMixin(models.AbstractModel):
    """Say in a line what happened to demand."""

    _name = "backorder.note.mixin"
    _description = "Back Order Events"

    def _backorder_note(self, event):
        """Have the orders of self say at the end of the transaction what happened to it.

        What happened last counts.

        :param event: a key of `NOTES`; None where it is said elsewhere: then only the activities
            about it are looked at
        """
        if not self:
            return
        precommit, orders = self.env.cr.precommit, self.sudo().sale_line_id.order_id
        if EVENTS not in precommit.data:
            writer = orders.browse().with_context(clean_context(self.env.context))
            precommit.add(writer._backorder_write_notes)
        precommit.data.setdefault(EVENTS, {}).update(dict.fromkeys(self._ids, event))
        precommit.data.setdefault(ORDERS, set()).update(orders._ids)

    def _backorder_note_shipped(self):
        """Have the orders say what of self brought a back order to the customer."""
        self.filtered(
            lambda move: (
                move.backorder_date
                and move.state == "done"
                and move.location_dest_id._is_outgoing()
                and move.company_id.backorder_automation
            )
        )._backorder_note("shipped")

    def _get_backorder_note(self, event, plan):
        """Return what happened to self, of one product, unit and transfer, in a line of text.

        :param str event: a key of `NOTES`
        :param dict plan: has whoever waits in it
        """
        date = None
        if event in DATED:
            places = [plan.get(move.id) for move in self]
            date = self.env["sale.order.line"]._get_backorder_last_date(places)
        text = self.env._((DATED if date else NOTES)[event])
        quantity = sum(move._get_backorder_noted_quantity(event) for move in self)
        return text % {
            "goods": format_goods(self.env, quantity, self.product_uom, self.product_id),
            "date": format_day(self.env, date),
            "transfer": self.picking_id.name,
        }

    def _get_backorder_noted_quantity(self, event):
        """Return to how much of this move it happened, in its unit."""
        self.ensure_one()
        if event == "shipped":
            return self.quantity
        return self.product_uom_qty - (self.quantity if event == "waits" else 0.0)
