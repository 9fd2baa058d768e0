from datetime import timedelta

from odoo import models

# Odoo's own: the moves that a new deadline has reached already, or shall not reach.
CTX_REACHED = "date_deadline_propagate_ids"


class BackorderPromiseMixin(models.AbstractModel):
    """A promise to a customer is moved by the order, and by nothing that supplies it."""

    _name = "backorder.promise.mixin"
    _description = "Back Order Promise"

    def _is_backorder_promise(self):
        """Return whether the deadline of this move is what a customer was promised.

        It is demand for our stock. What a supplier brings, even straight to a customer, has a
        date of its own.
        """
        self.ensure_one()
        return bool(
            self.sale_line_id
            and self.company_id.backorder_automation
            and self.location_id.usage in ("internal", "transit")
            and (self.location_final_id or self.location_dest_id)._is_outgoing()
        )

    def _is_backorder_followed(self):
        """Return whether a later step of the same order line is open already."""
        self.ensure_one()
        return any(
            step.sale_line_id == self.sale_line_id and step.state not in ("done", "cancel")
            for step in self.move_dest_ids
        )

    def _backorder_keep_promises(self):
        """Return self with what keeps a new deadline of self from promises it does not belong to.

        A receipt, an order to make or another customer's demand tells nobody that his promise
        has moved. The other steps of the same order line are told.
        """
        foreign = self.browse()
        for move in self:
            lines = move.sale_line_id if move._is_backorder_promise() else move.sale_line_id[:0]
            foreign |= (move.move_dest_ids | move.move_orig_ids).filtered(
                lambda other, lines=lines: (
                    other._is_backorder_promise() and other.sale_line_id not in lines
                )
            )
        if not foreign:
            return self
        # In place, as Odoo does: whoever started it all looks into the same set.
        reached = self.env.context.get(CTX_REACHED, set())
        reached.update(foreign.ids)
        return self.with_context(**{CTX_REACHED: reached})

    def _backorder_follow_deadline(self):
        """Plan held moves of self for the day that keeps their promise, as Odoo planned them.

        No transfer plans them: a day of their own would refuse goods that keep long enough, and
        would be the day of the new transfer.
        """
        held = self.filtered(lambda move: move.backorder_held and move.date_deadline)
        for (deadline, company), moves in held.grouped(
            lambda move: (move.date_deadline, move.company_id)
        ).items():
            date = deadline - timedelta(days=company.security_lead)
            moves.filtered(lambda move, date=date: move.date != date).date = date

    def _backorder_promise(self, promise):
        """Tell moves of one order line a new promise.

        Where a later step is open, Odoo has told it, and it has told them.

        :param datetime promise: when the customer is to have the goods
        """
        told = self.filtered(lambda move: move._is_backorder_followed())
        for delay, moves in (self - told).grouped(lambda move: move.rule_id.delay).items():
            moves.date_deadline = promise - timedelta(days=delay)
        self._backorder_follow_deadline()
