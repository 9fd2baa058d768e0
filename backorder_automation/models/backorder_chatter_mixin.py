from markupsafe import Markup, escape

from odoo import api, models

from .backorder_note_mixin import EVENTS, ORDERS

# Order id to what happened to its back orders, in lines of text: in the data of the precommit.
NOTES = "backorder_automation.notes"


class BackorderChatterMixin(models.AbstractModel):
    """Tell people on the sales order what happened to its back orders.

    Once for each order and transaction, and with the change of its flag where that changes: what
    is read is `33 Gadget back ordered`, not `No -> Yes`.
    """

    _name = "backorder.chatter.mixin"
    _description = "Back Order Notes"

    @api.model
    def _backorder_write_notes(self):
        """Write the notes, and close the activities about what does not wait any more."""
        notes = self._backorder_word_notes()
        self._track_finalize()  # a change of the flag takes its note along
        bodies = {order_id: self._join_backorder_note(notes.pop(order_id)) for order_id in [*notes]}
        self.browse(bodies)._message_log_batch(bodies)
        orders = self.browse(self.env.cr.precommit.data.pop(ORDERS, ()))
        orders.exists()._backorder_close_alerts()

    @api.model
    def _backorder_word_notes(self):
        """Put into words what happened so far.

        :return: a dict of order id to lines of text; who takes one out writes it
        """
        data = self.env.cr.precommit.data
        notes, events = data.setdefault(NOTES, {}), data.pop(EVENTS, {})
        said = (move_id for move_id, event in events.items() if event)
        moves = self.env["stock.move"].sudo().browse(said).exists()
        waiting = moves.filtered(lambda move: events[move.id] in ("held", "waits"))
        plan = {}
        if waiting:
            plan = waiting._backorder_walk(waiting.product_id, waiting.company_id, moves=waiting)
        for order, group in moves.grouped(lambda move: move.sale_line_id.order_id).items():
            notes.setdefault(order.id, []).extend(order._get_backorder_notes(group, events, plan))
        return notes

    def _get_backorder_notes(self, moves, events, plan):
        """Return what happened to each product, in lines of text for the salesperson.

        :param moves: `stock.move` of the order
        :param dict events: move id to what happened to it
        :param dict plan: has whoever waits in it
        """
        self.ensure_one()
        groups = moves.with_context(lang=self.user_id.lang or self.env.lang).grouped(
            lambda move: (events[move.id], move.product_id, move.product_uom, move.picking_id)
        )
        return [group._get_backorder_note(key[0], plan) for key, group in groups.items()]

    def _pop_backorder_note(self):
        """Return what happened to the back orders of the order, once, as HTML."""
        self.ensure_one()
        lines = self.env.cr.precommit.data.get(NOTES, {}).pop(self.id, ())
        return self._join_backorder_note(lines)

    @api.model
    def _join_backorder_note(self, lines):
        """Return lines of text as HTML."""
        return Markup("<br/>").join(map(escape, lines))
