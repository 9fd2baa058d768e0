"""Race two releases, and a user, for the same stock; run in Odoo's shell on a database to spare.

Commits: use a database that may be thrown away. Ends with `race won`, or raises.
"""

import contextlib
import threading

from odoo import api
from odoo.exceptions import LockError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.service.model import retrying

ROUNDS = 3


def prepare(env):
    """Make two held orders of 33 and put 33 in stock: only one of them can be served."""
    env.company.backorder_automation = True
    product = env["product.product"].create({"name": "Race", "type": "consu", "is_storable": True})
    partner = env["res.partner"].create({"name": "Race"})
    orders = env["sale.order"].create(
        [
            {
                "partner_id": partner.id,
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 33})],
            }
            for _number in range(3)
        ]
    )
    orders.action_confirm()
    orders[:2].action_mark_backordered()
    stock = orders.warehouse_id.lot_stock_id
    env["stock.quant"]._update_available_quantity(product, stock, 33)
    env.cr.commit()
    return product, orders


def release(env, order):
    """Release the held lines of one order; give up when somebody works with that stock.

    The two orders are released by two plans, as when their queue order was just changed: the
    locks on the moves do not meet, only those on the stock do.
    """
    held = order.order_line.move_ids.filtered("backorder_held")
    with contextlib.suppress(LockError):
        held._backorder_lock()._backorder_carry_out({move.id: 33.0 for move in held})


def reserve(env, order):
    """Check availability of an order that is not held, as a user does."""
    order.picking_ids.action_assign()


def run_in_own_transaction(dbname, barrier, work, order_id, errors):
    """Run `work` for the order with a cursor of its own, retried as a request would be.

    All start from the same snapshot, and nobody commits before the others have done their work.
    """
    try:
        with Registry(dbname).cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            order = env["sale.order"].browse(order_id)
            cr.execute("SELECT 1")
            barrier.wait()

            def work_and_wait():
                work(env, order)
                env.flush_all()
                with contextlib.suppress(threading.BrokenBarrierError):
                    barrier.wait(timeout=5)

            retrying(work_and_wait, env)
            cr.commit()
    except Exception as error:  # a thread must not die unheard
        errors.append(error)


def race(env):
    """Race two releases and a user once; return what is on hand and what is reserved."""
    product, orders = prepare(env)
    errors, barrier = [], threading.Barrier(3)
    jobs = zip((release, release, reserve), orders.ids, strict=True)
    threads = [
        threading.Thread(
            target=run_in_own_transaction,
            args=(env.cr.dbname, barrier, work, order_id, errors),
        )
        for work, order_id in jobs
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    env.cr.rollback()
    env.invalidate_all()
    if errors:
        raise errors[0]
    env["stock.move"]._backorder_process("secondary", product)  # whoever was busy comes again
    env.cr.commit()
    quants = env["stock.quant"].search(
        [("product_id", "=", product.id), ("location_id.usage", "=", "internal")]
    )
    held = orders.order_line.move_ids.filtered("backorder_held")
    return (
        sum(quants.mapped("quantity")),
        sum(quants.mapped("reserved_quantity")),
        sum(held.mapped("product_uom_qty")),
    )


for number in range(ROUNDS):
    on_hand, reserved, still_held = race(env)  # noqa: F821  Odoo's shell provides it
    print(f"round {number + 1}: on hand {on_hand}, reserved {reserved}, held {still_held}")
    assert reserved <= on_hand, "more is reserved than there is"
    assert still_held == 33, "exactly one of the two held orders is served"
print("race won")
