"""Walk with addons of others that touch the same documents; run in Odoo's shell.

Each story is about what one of them, or a few, are for (docs/neighbours.md). Raises where a story
does not end as promised; writes nothing that stays.
"""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command


def check(what, got, wanted):
    """Raise unless this is what was promised."""
    if got != wanted:
        raise AssertionError(f"{what}: {got!r} instead of {wanted!r}")
    print(f"  {what}: {got!r}")


class World:
    """A warehouse, and the verbs people use."""

    def __init__(self, env):
        """Switch the feature on."""
        self.env = env
        env.company.backorder_automation = True
        self.warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)])[0]
        self.stock = self.warehouse.lot_stock_id
        self.shelf = env["stock.location"].create(
            {"name": "Shelf", "location_id": self.stock.id, "usage": "internal"}
        )

    def product(self, **values):
        """Return a new storable product."""
        return self.env["product.product"].create(
            {"name": "Gadget", "type": "consu", "is_storable": True, **values}
        )

    def partner(self, **values):
        """Return a new customer."""
        return self.env["res.partner"].create({"name": "Customer", **values})

    def arrive(self, product, quantity, location=None, **kind):
        """Put stock somewhere, in Stock where no place is said."""
        self.env["stock.quant"]._update_available_quantity(
            product, location or self.stock, quantity, **kind
        )

    def order(self, *lines, **values):
        """Confirm an order of (product, quantity, values of the line)."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner().id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity, **more})
                    for product, quantity, *rest in lines
                    for more in rest or [{}]
                ],
            }
        )
        order.write(values)
        order.action_confirm()
        return order

    def waiting(self, *lines, **values):
        """Confirm an order and mark all of it as back ordered."""
        order = self.order(*lines, **values)
        order.action_mark_backordered()
        return order

    def release(self):
        """Let the schedule give new transfers to whom it can."""
        self.env["stock.move"]._cron_backorder_secondary()

    def answer(self, action, quantity=None):
        """Mark as back ordered in the dialog; only `quantity` of it where one is given."""
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create({})
        if quantity is not None:
            wizard.backorder_confirmation_move_line_ids.qty_to_backorder = quantity
        wizard.process()

    def ship(self, picking):
        """Validate what is reserved."""
        picking.move_ids.picked = True
        return picking.button_validate()


def held(order):
    """Return how much is held for an order."""
    moves = order.order_line.move_ids.filtered("backorder_held")
    return sum(moves.mapped("product_uom_qty"))


def ready(order):
    """Return the ready transfers of an order."""
    return order.picking_ids.filtered(lambda picking: picking.state == "assigned")


def reserved(order):
    """Return what each ready transfer of an order has reserved."""
    return [sum(picking.move_ids.mapped("quantity")) for picking in ready(order)]


def policies(world):
    """stock_picking_backorder_policy: an order decides whether somebody is asked."""
    for policy in ("ask", "always"):
        order = sell(world, policy)
        result = order.picking_ids.button_validate()
        check(f"{policy}: somebody is asked", isinstance(result, dict), policy == "ask")
        if isinstance(result, dict):
            world.answer(result)
        check(f"{policy}: held", held(order), 33)
        finish(world, order, 33)
        check(f"{policy}: delivered", order.order_line.qty_delivered, 533)
    order = sell(world, "never")
    order.picking_ids.button_validate()
    check("never: held", held(order), 0)
    notes = "".join(order.picking_ids.message_ids.mapped("body"))
    check("never: the transfer says so", "33" in notes and "Not shipped" in notes, True)


def quantities(world):
    """stock_picking_backorder_move_qty: the dialog asks how much goes into the backorder."""
    order = sell(world, "ask")
    world.answer(order.picking_ids.button_validate(), quantity=20)
    check("20 of 33: held", held(order), 20)
    finish(world, order, 20)


def sell(world, policy):
    """Order 533 with 500 in stock and pick these; return the order."""
    product = world.product()
    world.arrive(product, 500)
    order = world.order((product, 533), backorder_policy=policy)
    order.picking_ids.move_ids.write({"quantity": 500, "picked": True})
    return order


def finish(world, order, quantity):
    """Let the rest arrive and ship it; the order is complete."""
    world.arrive(order.order_line.product_id, quantity)
    world.release()
    picking = ready(order)
    check("released, reserved", reserved(order), [quantity])
    check("the new transfer keeps the policy", picking.backorder_policy, order.backorder_policy)
    world.ship(picking)
    check("flag", order.is_backordered, False)


def dates(world):
    """sale_order_line_date, sale_delivery_split_date: each line has a day and a transfer."""
    product, other = world.product(), world.product()
    days = [fields.Datetime.now() + timedelta(days=days) for days in (3, 9)]
    early, late = ({"commitment_date": day} for day in days)
    order = world.order((product, 5, early), (other, 5, late))
    check("deliveries", len(order.picking_ids), 2)
    order.action_mark_backordered()
    check("held", held(order), 10)
    for each in (product, other):
        world.arrive(each, 5)
    world.release()
    check("a new transfer for each day", reserved(order), [5, 5])
    later, sooner = world.waiting((product, 5, late)), world.waiting((product, 5, early))
    world.arrive(product, 5)
    world.release()
    check("who is promised first is served first", (held(later), held(sooner)), (5, 0))


def reservation(world):
    """stock_picking_reservation_policy: all or nothing of a line, where a transfer reserves."""
    product = world.product()
    order = world.waiting((product, 33), reservation_policy="line")
    world.arrive(product, 33)
    world.release()
    check("the new transfer keeps the policy", ready(order).reservation_policy, "line")
    world.arrive(product, 20)
    newcomer = world.order((product, 33), reservation_policy="line")
    check("a part is not reserved", newcomer.picking_ids.move_ids.quantity, 0)


def lots(world):
    """stock_restrict_lot: one lot only will do."""
    product = world.product(tracking="lot")
    lot, other = world.env["stock.lot"].create(
        [{"name": name, "product_id": product.id} for name in ("this", "other")]
    )
    order = world.waiting((product, 5))
    order.order_line.move_ids.restrict_lot_id = lot
    world.arrive(product, 5, lot_id=other)
    world.release()
    check("with another lot there: held", held(order), 5)
    world.arrive(product, 5, lot_id=lot)
    world.release()
    check("lot", ready(order).move_line_ids.lot_id, lot)


def owners(world):
    """stock_owner_restriction: what belongs to somebody else is not shipped."""
    world.warehouse.out_type_id.owner_restriction = "unassigned_owner"
    product = world.product()
    order = world.waiting((product, 5))
    world.arrive(product, 5, owner_id=world.partner())
    world.release()
    check("with the stock of somebody else there: held", held(order), 5)
    world.arrive(product, 5)
    world.release()
    check("owners", ready(order).move_line_ids.owner_id.ids, [])
    newcomer = world.order((product, 5))
    check("a newcomer reserves nothing of it either", newcomer.picking_ids.move_ids.quantity, 0)


def split(world):
    """stock_split_picking: a released transfer becomes two."""
    products = [world.product(), world.product()]
    order = world.waiting(*((product, 5) for product in products))
    for product in products:
        world.arrive(product, 5)
    world.release()
    part = ready(order)._split_off_moves(ready(order).move_ids[1])
    check("both carry back orders", ready(order).mapped("is_backordered"), [True, True])
    part.action_cancel()
    check("one is cancelled: its goods wait again", held(order), 5)
    part.action_back_to_draft()
    check("stock_picking_back2draft: nothing of it is asked for twice", len(part.move_ids), 0)


def by_hand(world):
    """stock_quant_manual_assign: somebody chooses which stock a released transfer takes."""
    product = world.product()
    order = world.waiting((product, 5))
    world.arrive(product, 5)
    world.arrive(product, 5, world.shelf)
    world.release()
    move = ready(order).move_ids
    wizard = world.env["assign.manual.quants"].with_context(
        active_id=move.id, active_model="stock.move"
    )
    wizard = wizard.create({})
    for line in wizard.quants_lines:
        line.selected = line.location_id == world.shelf
        line.qty = 5 if line.selected else 0
    wizard.assign_quants()
    check("taken from", move.move_line_ids.location_id, world.shelf)


def together(world):
    """partner_shipping_policy: the customer wants everything at once."""
    there, lacking = world.product(), world.product()
    world.arrive(there, 5)
    customer = world.partner(picking_policy="one")
    order = world.waiting((there, 5), (lacking, 5), partner_shipping_id=customer.id)
    check("held", held(order), 10)
    world.arrive(lacking, 5)
    world.release()
    check("released together", reserved(order), [10])


def priorities(world):
    """sale_order_priority: the order is starred, and with it what waits."""
    product = world.product()
    first = world.waiting((product, 5))
    starred = world.waiting((product, 5), priority="1")
    world.arrive(product, 5)
    world.release()
    check("held", (held(first), held(starred)), (5, 0))
    check("star of the new transfer", ready(starred).priority, "1")


def states(world):
    """sale_delivery_state, stock_available, sale_stock_picking_note: what is said of the order."""
    product = world.product()
    world.arrive(product, 500)
    order = world.order((product, 533), picking_customer_note="Ring twice")
    world.answer(world.ship(order.picking_ids))
    check("status", order.delivery_status, "partial")
    check("available to promise", product.immediately_usable_qty, -33)
    world.arrive(product, 33)
    world.release()
    check("note of the new transfer", ready(order).customer_note, "Ring twice")
    world.ship(ready(order))
    check("status", order.delivery_status, "full")


def requests(world):
    """stock_request: a department stands behind the customers."""
    product = world.product()
    order = world.waiting((product, 5))
    place = world.env["stock.location"].create(
        {"name": "Department", "location_id": world.warehouse.view_location_id.id}
    )
    rule = {
        "name": "To the department",
        "action": "pull",
        "location_src_id": world.stock.id,
        "location_dest_id": place.id,
        "picking_type_id": world.warehouse.int_type_id.id,
    }
    route = world.env["stock.route"].create(
        {"name": "Department", "rule_ids": [Command.create(rule)]}
    )
    request = world.env["stock.request"].create(
        {
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "product_uom_qty": 5,
            "warehouse_id": world.warehouse.id,
            "location_id": place.id,
            "route_id": route.id,
            "expected_date": fields.Datetime.now(),
        }
    )
    request.action_confirm()
    world.arrive(product, 5)
    request.move_ids._action_assign()
    check("the department takes nothing", request.move_ids.quantity, 0)
    world.release()
    check("held", held(order), 0)
    world.arrive(product, 5)
    world.release()
    check("then it gets its own", request.move_ids.quantity, 5)


def moved(world):
    """stock_move_location: what is reserved is moved to another shelf."""
    product = world.product()
    order = world.waiting((product, 5))
    world.arrive(product, 5)
    world.release()
    ends = {"origin_location_id": world.stock.id, "destination_location_id": world.shelf.id}
    line = {
        "product_id": product.id,
        "product_uom_id": product.uom_id.id,
        "max_quantity": 5,
        "move_quantity": 5,
        **ends,
    }
    world.env["wiz.stock.move.location"].create(
        {**ends, "stock_move_location_line_ids": [Command.create(line)]}
    ).action_move_location()
    check("reserved", reserved(order), [5])
    check("taken from", ready(order).move_line_ids.location_id, world.shelf)


def places(world):
    """stock_location_lockdown, stock_warehouse_calendar, stock_no_negative: nothing in the way."""
    world.shelf.block_stock_entrance = True
    world.warehouse.calendar_id = world.env["resource.calendar"].search([], limit=1)
    product = world.product()
    world.arrive(product, 2)
    order = world.order((product, 5))
    world.answer(world.ship(order.picking_ids))
    world.arrive(product, 3)
    world.release()
    world.ship(ready(order))
    check("delivered", order.order_line.qty_delivered, 5)


STORIES = (
    policies,
    quantities,
    dates,
    reservation,
    lots,
    owners,
    split,
    by_hand,
    together,
    priorities,
    states,
    requests,
    moved,
    places,
)


def walk(env):
    """Tell each story, and take it back."""
    for story in STORIES:
        print(story.__doc__)
        with env.cr.savepoint() as savepoint:
            story(World(env))
            savepoint.rollback()
        env.invalidate_all()


walk(env)  # noqa: F821  Odoo's shell provides it
env.cr.rollback()  # noqa: F821
print("all of them walked")
