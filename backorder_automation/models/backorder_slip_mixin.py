from odoo import api, models


class BackorderSlipMixin(models.AbstractModel):
    """What the delivery slip says about the rest of the order."""

    _name = "backorder.slip.mixin"
    _description = "Back Orders on the Delivery Slip"

    def _get_backorder_behind(self):
        """Return the back orders of the orders of self that leave after it, or left after it.

        Of the orders, not of the transfers: with several steps and several releases no chain of
        backorders leads from one delivery to the next. Where it does, because the last step is
        open before the first is done, that step counts.
        """
        after = self._get_backorder_turn()
        own = self.move_ids | self.move_ids.browse(self.move_ids._rollup_move_dests())
        orders = self.move_ids.filtered(
            lambda move: (move.location_final_id or move.location_dest_id)._is_outgoing()
        ).sale_line_id.order_id
        return (orders.sudo().order_line.move_ids - own).filtered(
            lambda move: (
                move.backorder_date
                and (
                    (move._is_backorder_first_open_step() and not move._is_backorder_followed())
                    or (
                        move.state == "done"
                        and move.location_dest_id._is_outgoing()
                        and move.picking_id._get_backorder_turn() > after
                    )
                )
            )
        )

    def _get_backorder_turn(self):
        """Return what sorts transfers by when they left; those that are open are the last."""
        return max(
            ((bool(p.state != "done"), p.date_done or p.create_date, p.id) for p in self),
            default=(True,),
        )

    def _get_backorder_missing_moves(self):
        """Return the back orders that the delivery slip names as still missing.

        Those in backorders of self are listed by Odoo.
        """
        return self._get_backorder_behind().filtered(
            lambda move: move.state != "done" and move.picking_id not in self.backorder_ids
        )

    @api.model
    def _get_backorder_slip_rows(self, moves):
        """Return what the delivery slip says about open back orders.

        :return: a list of (product, quantity, unit of measure, order line, when it is expected)
        """
        rows = []
        for (line, unit, held), group in moves.grouped(
            lambda move: (move.sale_line_id, move.product_uom, move.backorder_held)
        ).items():
            for product, parts in group.grouped("product_id").items():
                quantity = sum(parts.mapped("product_uom_qty"))
                rows.append((product, quantity, unit, line, line._get_backorder_slip_text(held)))
        return rows
