"""Let people press the same buttons at the same moment; run in Odoo's shell on a database to spare.

Real transactions, each retried as a request would be. Commits: use a database that may be thrown
away. With `FEATURE=off` it shows what Odoo does alone. Ends with `races won`, or raises.
"""

import contextlib
import os
import threading

from odoo import api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.service.server import thread_local

FEATURE = os.environ.get("FEATURE", "on") == "on"
ROUNDS = int(os.environ.get("ROUNDS", "1"))


def press(dbname, barrier, button, refused):
    """Press a button with a cursor of one's own.

    All look at the same moment, and nobody commits before the others have done what they can.

    :param tuple button: model, ids, method, context
    :param list refused: collects what people are told
    """
    model, ids, method, context = button
    try:
        with Registry(dbname).cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, context)
            cr.execute("SELECT 1")
            barrier.wait(timeout=30)
            thread_local.rpc_model_method = f"{model}.{method}"

            def press_and_wait():
                getattr(env[model].browse(ids), method)()
                env.flush_all()
                with contextlib.suppress(threading.BrokenBarrierError):
                    barrier.wait(timeout=1)

            retrying(press_and_wait, env)
    except Exception as error:  # a thread must not die unheard
        refused.append(error)


def press_all(env, buttons):
    """Press buttons at the same moment; return what people were told."""
    env.cr.commit()
    refused, barrier = [], threading.Barrier(len(buttons))
    people = [
        threading.Thread(target=press, args=(env.cr.dbname, barrier, button, refused))
        for button in buttons
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    env.cr.rollback()
    env.invalidate_all()
    return refused


def make_product(env, quantity=0):
    """Return a new product, with some of it in stock."""
    product = env["product.product"].create({"name": "Race", "type": "consu", "is_storable": True})
    if quantity:
        env["stock.quant"]._update_available_quantity(product, get_stock(env), quantity)
    return product


def get_stock(env):
    """Return where the company keeps its stock."""
    return (
        env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1).lot_stock_id
    )


def make_order(env, product, quantity, confirm=True):
    """Return an order of a product."""
    line = {"product_id": product.id, "product_uom_qty": quantity}
    partner = env["res.partner"].create({"name": "Race"})
    order = env["sale.order"].create(
        {"partner_id": partner.id, "order_line": [Command.create(line)]}
    )
    if confirm:
        order.action_confirm()
    return order


def make_receipt(env, product, quantity):
    """Return a receipt that waits to be validated."""
    stock = get_stock(env)
    places = {
        "location_id": env.ref("stock.stock_location_suppliers").id,
        "location_dest_id": stock.id,
    }
    move = {"product_id": product.id, "product_uom_qty": quantity, **places}
    receipt = env["stock.picking"].create(
        {
            "picking_type_id": stock.warehouse_id.in_type_id.id,
            **places,
            "move_ids": [Command.create(move)],
        }
    )
    receipt.action_confirm()
    receipt.move_ids.write({"quantity": quantity, "picked": True})
    return receipt


def get_quants(env, product):
    """Return what lies of a product in stock: (quantity, reserved quantity) of each quant."""
    quants = env["stock.quant"].search(
        [("product_id", "=", product.id), ("location_id", "=", get_stock(env).id)], order="id"
    )
    return [(quant.quantity, quant.reserved_quantity) for quant in quants]


def get_reserved(env, product):
    """Return what the lines of transfers have reserved of a product."""
    lines = env["stock.move.line"].search(
        [
            ("product_id", "=", product.id),
            ("location_id", "=", get_stock(env).id),
            ("state", "not in", ("done", "cancel")),
        ]
    )
    return sum(lines.mapped("quantity_product_uom"))


def one_dialog(env, people):
    """Several people answer the dialog of one delivery, 4 of 10: one wins."""
    product = make_product(env, 11)
    picking = make_order(env, product, 10).picking_ids
    picking.move_ids.write({"quantity": 4, "picked": True})
    action = picking.button_validate()
    model, context = action["res_model"], action["context"]
    values = {"pick_ids": [Command.set(picking.ids)]}
    dialogs = [env[model].with_context(**context).create(values) for _number in range(people)]
    refused = press_all(env, [(model, dialog.ids, "process", dict(context)) for dialog in dialogs])
    return product, [(7.0, get_reserved(env, product))], refused, people - 1


def one_delivery(env, people):
    """Several people validate one delivery that is complete: one wins."""
    product = make_product(env, 11)
    picking = make_order(env, product, 4).picking_ids
    picking.move_ids.write({"picked": True})
    button = ("stock.picking", picking.ids, "button_validate", {})
    return product, [(7.0, 0.0)], press_all(env, [button] * people), people - 1


def first_receipts(env, people):
    """Several receipts of a product there has never been any of: one quant."""
    product = make_product(env)
    receipts = [make_receipt(env, product, 5) for _number in range(people)]
    refused = press_all(
        env, [("stock.picking", receipt.ids, "button_validate", {}) for receipt in receipts]
    )
    return product, [(5.0 * people, 0.0)], refused, 0


def last_piece(env, people):
    """Several people reserve the last piece: one gets it."""
    product = make_product(env)
    orders = [make_order(env, product, 1) for _number in range(people)]
    env["stock.quant"]._update_available_quantity(product, get_stock(env), 1)
    refused = press_all(
        env, [("stock.picking", order.picking_ids.ids, "action_assign", {}) for order in orders]
    )
    return product, [(1.0, 1.0)], refused, 0


def last_piece_ordered(env, people):
    """Several people confirm orders of the last piece: one gets it."""
    product = make_product(env, 1)
    orders = [make_order(env, product, 1, confirm=False) for _number in range(people)]
    refused = press_all(env, [("sale.order", order.ids, "action_confirm", {}) for order in orders])
    return product, [(1.0, 1.0)], refused, 0


def give_and_take(env, people):
    """Some unreserve while others reserve: what is reserved is what the lines have."""
    product = make_product(env, 10 * people)
    orders = [make_order(env, product, 5) for _number in range(people)]
    late = [make_order(env, product, 10) for _number in range(people)]
    for order in late:
        order.picking_ids.do_unreserve()
    refused = press_all(
        env,
        [("stock.picking", order.picking_ids.ids, "do_unreserve", {}) for order in orders]
        + [("stock.picking", order.picking_ids.ids, "action_assign", {}) for order in late],
    )
    reserved = get_reserved(env, product)
    return product, [(10.0 * people, reserved)], refused, 0


def race(env, scene, people):
    """Play a scene; raise where quantities are wrong, or where people are not told."""
    product, wanted, refused, losers = scene(env, people)
    quants, reserved = get_quants(env, product), get_reserved(env, product)
    told = [error for error in refused if isinstance(error, UserError)]
    print(
        f"{scene.__name__}, {people} people: quants {quants}, lines have {reserved}, "
        f"told {len(told)} of {len(refused)} who were refused: {str(refused[:1])[:100]}"
    )
    if FEATURE:
        assert quants == wanted, f"{quants} instead of {wanted}"
        assert sum(row[1] for row in quants) == reserved, "a reservation was lost"
        assert len(told) == len(refused) == losers, "somebody was not told what happened"


env.company.backorder_automation = FEATURE  # noqa: F821  Odoo's shell provides it
for _round in range(ROUNDS):
    for played in (
        one_dialog,
        one_delivery,
        first_receipts,
        last_piece,
        last_piece_ordered,
        give_and_take,
    ):
        for people in (2, 4):
            race(env, played, people)  # noqa: F821
print("races won")
