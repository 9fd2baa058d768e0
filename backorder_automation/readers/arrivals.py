"""What brought the goods that moves have reserved."""

from odoo.tools import SQL

from ..engine import EPSILON


def read_arrivals(env, move_ids):
    """Return what certainly brought the goods that some moves have reserved: one query.

    The last arrival at a location did where everything that was there before it was reserved by
    others, who have it still or left with it. Where that is not so nobody can tell: the goods
    may be those that somebody gave up.

    :param move_ids: the ids of moves whose lines are in the database
    :return: (product id, location id, lot id or None) to (moment, transfer id or None, reference)
    """
    rows = env.execute_query(
        SQL(
            """
            SELECT own.product_id, own.location_id, own.lot_id,
                   last.date, last.picking_id, last.reference
              FROM (SELECT l.product_id, l.location_id, l.lot_id, MIN(m.backorder_date) AS since
                      FROM stock_move_line l
                      JOIN stock_move m ON m.id = l.move_id
                     WHERE l.move_id IN %(move_ids)s
                  GROUP BY l.product_id, l.location_id, l.lot_id) own
CROSS JOIN LATERAL (SELECT m.id, m.date, m.picking_id, m.reference,
                           LEAST(m.date, m.write_date) AS moment
                      FROM stock_move m
                      JOIN stock_move_line l ON l.move_id = m.id
                     WHERE m.product_id = own.product_id AND m.state = 'done'
                       AND m.is_inventory IS NOT TRUE AND m.date >= own.since
                       AND l.location_dest_id = own.location_id
                       AND l.location_id <> own.location_id
                       AND l.lot_id IS NOT DISTINCT FROM own.lot_id
                  ORDER BY m.date DESC, m.id DESC
                     LIMIT 1) last
             WHERE (SELECT SUM(q.quantity)
                      FROM stock_quant q
                     WHERE q.product_id = own.product_id AND q.location_id = own.location_id
                       AND q.lot_id IS NOT DISTINCT FROM own.lot_id)
                 + (SELECT COALESCE(SUM(l.quantity_product_uom), 0)
                      FROM stock_move m
                      JOIN stock_move_line l ON l.move_id = m.id
                     WHERE m.product_id = own.product_id AND m.state = 'done'
                       AND m.date > last.date AND l.create_date >= last.moment
                       AND l.location_id = own.location_id
                       AND l.location_dest_id <> own.location_id
                       AND l.lot_id IS NOT DISTINCT FROM own.lot_id)
                 - (SELECT SUM(l.quantity_product_uom)
                      FROM stock_move m
                      JOIN stock_move_line l ON l.move_id = m.id
                     WHERE m.product_id = own.product_id AND m.state = 'done'
                       AND m.date >= last.date
                       AND (m.id = last.id OR m.picking_id = last.picking_id)
                       AND l.location_dest_id = own.location_id
                       AND l.lot_id IS NOT DISTINCT FROM own.lot_id)
                <= %(epsilon)s
                 + (SELECT COALESCE(SUM(l.quantity_product_uom), 0)
                      FROM stock_move m
                      JOIN stock_move_line l ON l.move_id = m.id
                     WHERE m.product_id = own.product_id
                       AND m.state IN ('assigned', 'partially_available')
                       AND l.create_date < last.moment AND l.location_id = own.location_id
                       AND l.lot_id IS NOT DISTINCT FROM own.lot_id)
            """,
            move_ids=tuple(move_ids) or (0,),
            epsilon=EPSILON,
        )
    )
    return {tuple(row[:3]): row[3:] for row in rows}
