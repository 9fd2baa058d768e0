"""Goods that are free, and goods that are on their way."""

from collections import defaultdict
from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

from ..engine import Ledger, Pile, Receipt
from ..promise import get_day, get_zone


def settle(env):
    """Switch PostgreSQL's compiler off for this transaction.

    The queries of the plan look expensive, and compiling what hardly a row asks for took ten times
    as long as running them.
    """
    env.execute_query(SQL("SELECT set_config('jit', 'off', TRUE)"))


def read_paths(env):
    """Return {location id: its path}, as `/1/7/8/`: one query."""
    return dict(env.execute_query(SQL("SELECT id, parent_path FROM stock_location")))


def read_ledger(env, product_ids, wanted_in=None, paths=None):
    """Return the :class:`Ledger` of what is free of some products: one query.

    :param dict wanted_in: product id to the ids of the locations from which it is wanted
    :param dict paths: see `read_paths`, when they are read already
    """
    paths = paths or read_paths(env)
    return Ledger(paths, read_free(env, tuple(product_ids)), wanted_in)


def read_free(env, product_ids):
    """Return {product id: {Pile: on hand minus reserved}}: one query.

    As Odoo counts it: without lots the sum may net negative quants, with lots it does not.
    """
    free = defaultdict(dict)
    rows = env.execute_query(
        SQL(
            """
            SELECT product_id, location_id, keeps_until, SUM(free)
              FROM (SELECT q.product_id, q.location_id, %s AS keeps_until,
                           CASE WHEN t.tracking = 'none'
                                THEN SUM(COALESCE(q.quantity, 0) - q.reserved_quantity)
                                ELSE GREATEST(
                                     SUM(COALESCE(q.quantity, 0) - q.reserved_quantity), 0
                                )
                           END AS free
                      FROM stock_quant q
                      JOIN stock_location l
                        ON l.id = q.location_id AND l.usage IN ('internal', 'transit')
                      JOIN product_product p ON p.id = q.product_id
                      JOIN product_template t ON t.id = p.product_tmpl_id
                     WHERE q.product_id IN %s
                  GROUP BY q.product_id, q.location_id, q.lot_id, t.tracking, keeps_until
                   ) by_lot
          GROUP BY product_id, location_id, keeps_until
            """,
            env["stock.quant"]._get_backorder_keeps_until(),
            product_ids or (0,),
        )
    )
    for product_id, location_id, keeps_until, quantity in rows:
        free[product_id][Pile(location_id, keeps_until)] = quantity
    return free


def read_receipts(env, product_ids, company):
    """Return what is on its way of some products, as :class:`Receipt`, by date: two queries.

    From one place of ours to another what is reserved: not free now, but there again soon. What
    was made or allocated for somebody's own transfer is nobody else's. What should have come
    before the company's today is overdue: it has a date only where the company says in how many
    days such receipts come.
    """
    # Read first: with the ids at hand PostgreSQL finds what comes among all that waits.
    outside = env.execute_query(SQL("SELECT id FROM stock_location WHERE usage <> 'internal'"))
    rows = env.execute_query(
        SQL(
            """
            SELECT m.date, m.product_id, dest.id, m.product_qty - COALESCE(own.quantity, 0), m.id,
                   address.tz, company.backorder_overdue_days
              FROM stock_move m
              JOIN res_company company ON company.id = %(company_id)s
              JOIN res_partner address ON address.id = company.partner_id
              JOIN stock_location dest
                ON dest.id = COALESCE(m.location_final_id, m.location_dest_id)
 LEFT JOIN LATERAL (SELECT SUM(next.product_qty) AS quantity
                      FROM stock_move_move_rel rel
                      JOIN stock_move next ON next.id = rel.move_dest_id
                      JOIN stock_location place
                        ON place.id = COALESCE(next.location_final_id, next.location_dest_id)
                     WHERE rel.move_orig_id = m.id AND place.usage <> 'internal'
                       AND next.backorder_held IS NOT TRUE
                       AND next.state NOT IN ('draft', 'done', 'cancel')) own ON TRUE
             WHERE m.id IN (SELECT id FROM stock_move
                             WHERE state = 'assigned' AND product_id IN %(product_ids)s
                             UNION ALL
                            SELECT id FROM stock_move
                             WHERE state IN ('waiting', 'confirmed', 'partially_available')
                               AND product_id IN %(product_ids)s
                               AND location_id IN %(outside)s)
               AND dest.usage = 'internal'
          ORDER BY m.date, m.id
            """,
            company_id=company.id,
            outside=tuple(location_id for (location_id,) in outside) or (0,),
            product_ids=tuple(product_ids) or (0,),
        )
    )
    return [make_receipt(*row) for row in rows if row[3] > 0]


def make_receipt(date, product_id, location_id, quantity, move_id, zone_name, days):
    """Return the :class:`Receipt` of a row.

    :param str zone_name: the time zone in which the company counts its days
    :param int days: in how many days what is overdue is expected; nothing where nobody knows
    """
    now, zone = fields.Datetime.now(), get_zone(zone_name)
    goods = product_id, location_id, quantity, move_id
    if date >= now or get_day(date, zone) >= get_day(now, zone):
        return Receipt(date, *goods)
    later = now + timedelta(days=days or 0)
    return Receipt(later, *goods, overdue_since=date, has_date=bool(days))
