"""Note on open back orders what 19.0.1.0.0 did not note yet.

Each step takes the rows that lack it, by the partial index of back orders: it costs by what is
open, not by what was ever moved, and a second run finds nothing to do.
"""

OPEN = """m.backorder_date IS NOT NULL AND m.state NOT IN ('draft', 'done', 'cancel')"""


def migrate(cr, version):
    """Fill in the first promise and the place of parts; forget the pauses of what is released."""
    note_promises(cr)
    note_places(cr)
    forget_pauses(cr)


def note_promises(cr):
    """Note the promise of today as the first one: an earlier one was not written down."""
    cr.execute(
        f"""
        UPDATE stock_move m
           SET backorder_promised_date = so.commitment_date
          FROM sale_order_line line
          JOIN sale_order so ON so.id = line.order_id
         WHERE line.id = m.sale_line_id AND m.backorder_promised_date IS NULL
           AND so.commitment_date IS NOT NULL AND {OPEN}
        """
    )


def note_places(cr):
    """Let the parts of what was split keep the place and the size of their whole.

    They became a back order at the same moment, from the same transfer; the whole is the oldest.
    """
    cr.execute(
        f"""
        WITH lines AS (
             SELECT DISTINCT m.sale_line_id FROM stock_move m
              WHERE {OPEN} AND m.backorder_queue_id IS NULL),
        parts AS (
             SELECT m.id,
                    MIN(m.id) OVER whole AS queue_id,
                    SUM(m.product_qty) OVER whole AS queue_qty,
                    COUNT(*) OVER whole AS count,
                    BOOL_OR(m.backorder_queue_id IS NOT NULL) OVER whole AS is_noted
               FROM stock_move m
               JOIN lines ON lines.sale_line_id = m.sale_line_id
              WHERE m.backorder_date IS NOT NULL AND m.state != 'cancel'
             WINDOW whole AS (PARTITION BY m.sale_line_id, m.product_id, m.location_id,
                                           m.location_dest_id, m.backorder_origin_id,
                                           m.backorder_date))
        UPDATE stock_move m
           SET backorder_queue_id = NULLIF(parts.queue_id, m.id),
               backorder_queue_qty = parts.queue_qty
          FROM parts
         WHERE parts.id = m.id AND parts.count > 1 AND NOT parts.is_noted AND {OPEN}
        """
    )


def forget_pauses(cr):
    """A pause ended at the release, but stayed on the line."""
    cr.execute(
        f"""
        UPDATE stock_move m
           SET backorder_paused = NULL, backorder_pause_reason = NULL, backorder_not_before = NULL
         WHERE m.backorder_release_date IS NOT NULL AND m.backorder_held IS NOT TRUE
           AND (m.backorder_paused OR m.backorder_not_before IS NOT NULL
                OR m.backorder_pause_reason IS NOT NULL) AND {OPEN}
        """
    )
