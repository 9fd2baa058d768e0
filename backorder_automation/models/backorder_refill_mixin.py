from odoo import api, models
from odoo.tools import SQL


class BackorderRefillMixin(models.AbstractModel):
    """What only refills a location of ours: nobody waits for it, so who waits goes first."""

    _name = "backorder.refill.mixin"
    _description = "Back Order Refills"

    @api.model
    def _get_backorder_refill(self):
        """Return in SQL whether a move `m` only refills a location of ours.

        True of what a reordering rule or a transfer among our own locations moves, unless it, or a
        move chained after it, is of an order line, leaves our locations (to a customer, into
        production), or is for a partner that is not one of our own warehouses.
        """
        # The order line first: held demand has one, and asks no further.
        return SQL(
            """
            CASE WHEN m.sale_line_id IS NOT NULL THEN FALSE
                 ELSE NOT EXISTS (
                  WITH RECURSIVE chain(move_id) AS (
                       SELECT m.id
                        UNION
                       SELECT rel.move_dest_id
                         FROM chain
                         JOIN stock_move_move_rel rel ON rel.move_orig_id = chain.move_id)
                SELECT
                  FROM chain
                  JOIN stock_move part ON part.id = chain.move_id
                  JOIN stock_location goal
                    ON goal.id = COALESCE(part.location_final_id, part.location_dest_id)
                 WHERE part.state NOT IN ('done', 'cancel')
                   AND (part.sale_line_id IS NOT NULL
                        OR goal.usage NOT IN ('internal', 'transit')
                        OR part.orderpoint_id IS NULL AND NOT %s))
            END""",
            self._get_backorder_for_ourselves(),
        )

    @api.model
    def _get_backorder_for_ourselves(self):
        """Return in SQL whether a move `part` names no partner, or its company or a warehouse."""
        return SQL(
            """
            (part.partner_id IS NULL
             OR EXISTS (SELECT FROM res_company own
                         WHERE own.id = part.company_id AND own.partner_id = part.partner_id)
             OR EXISTS (SELECT FROM stock_warehouse own
                         WHERE own.company_id = part.company_id
                           AND own.partner_id = part.partner_id))"""
        )
