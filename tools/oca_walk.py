"""Walk beside addons of others that touch the same buttons; run in Odoo's shell.

`stock_picking_backorder_policy` lets an order decide whether somebody is asked,
`stock_picking_backorder_move_qty` how much of a line goes into the backorder. Raises where the
walk does not end as promised; writes nothing that stays.
"""

from odoo.fields import Command

POLICIES = ("ask", "always", "never")


def check(what, got, wanted):
    """Raise unless this is what was promised."""
    if got != wanted:
        raise AssertionError(f"{what}: {got!r} instead of {wanted!r}")
    print(f"  {what}: {got!r}")


def sell(env, policy):
    """Order 533 with 500 in stock and pick these; return the order."""
    product = env["product.product"].create(
        {"name": f"Gadget {policy}", "type": "consu", "is_storable": True}
    )
    order = env["sale.order"].create(
        {
            "partner_id": env["res.partner"].create({"name": f"Customer {policy}"}).id,
            "backorder_policy": policy,
            "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 533})],
        }
    )
    _arrive(env, order, 500)
    order.action_confirm()
    order.picking_ids.move_ids.write({"quantity": 500, "picked": True})
    return order


def _arrive(env, order, quantity):
    stock = order.warehouse_id.lot_stock_id
    env["stock.quant"]._update_available_quantity(order.order_line.product_id, stock, quantity)


def answer(env, action, quantity=None):
    """Mark as back ordered in the dialog; only `quantity` of it where one is given."""
    wizard = env[action["res_model"]].with_context(**action["context"]).create({})
    if quantity is not None:
        wizard.backorder_confirmation_move_line_ids.qty_to_backorder = quantity
    wizard.process()


def held(order):
    """Return what is held of an order."""
    moves = order.order_line.move_ids.filtered("backorder_held")
    return sum(moves.mapped("product_uom_qty"))


def finish(env, order, quantity):
    """Let the rest arrive and ship it; the order is complete."""
    _arrive(env, order, quantity)
    env["stock.move"]._cron_backorder_secondary()
    picking = order.picking_ids.filtered(lambda p: p.state == "assigned")
    check("released, reserved", picking.move_ids.mapped("quantity"), [quantity])
    check("the new transfer keeps the policy", picking.backorder_policy, order.backorder_policy)
    picking.move_ids.picked = True
    picking.button_validate()
    check("flag", order.is_backordered, False)


def walk(env):
    """Ship short under each policy, and with less in the backorder than is missing."""
    env.company.backorder_automation = True
    for policy in POLICIES[:2]:
        order = sell(env, policy)
        result = order.picking_ids.button_validate()
        check(f"{policy}: somebody is asked", isinstance(result, dict), policy == "ask")
        if isinstance(result, dict):
            answer(env, result)
        check(f"{policy}: held", held(order), 33)
        finish(env, order, 33)
        check(f"{policy}: delivered", order.order_line.qty_delivered, 533)
    order = sell(env, "never")
    order.picking_ids.button_validate()
    check("never: held", held(order), 0)
    notes = "".join(order.picking_ids.message_ids.mapped("body"))
    check("never: the transfer says so", "33" in notes and "Not shipped" in notes, True)
    order = sell(env, "ask")
    answer(env, order.picking_ids.button_validate(), quantity=20)
    check("20 of 33: held", held(order), 20)
    finish(env, order, 20)


walk(env)  # noqa: F821  Odoo's shell provides it
env.cr.rollback()  # noqa: F821
print("walked beside them")
