"""Leave back orders of every kind in the database; run in Odoo's shell. Commits.

Held, paused, split, released, released and robbed of the goods, held in two steps, a kit; and one
schedule on.
"""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command

env.company.write(  # noqa: F821  Odoo's shell provides it
    {"backorder_automation": True, "backorder_default_decision": "native"}
)
partner = env["res.partner"].create({"name": "Lifecycle"})  # noqa: F821


def make_product(name):
    """Return a new storable product."""
    return env["product.product"].create(  # noqa: F821
        {"name": name, "type": "consu", "is_storable": True}
    )


def make_order(name, quantity, product, **values):
    """Confirm an order that is promised in five days."""
    order = env["sale.order"].create(  # noqa: F821
        {
            "name": name,
            "partner_id": partner.id,
            "commitment_date": fields.Datetime.now() + timedelta(days=5),
            "order_line": [Command.create({"product_id": product.id, "product_uom_qty": quantity})],
            **values,
        }
    )
    order.action_confirm()
    return order


def hold(*arguments, **values):
    """Mark a whole order as back ordered; return its move."""
    order = make_order(*arguments, **values)
    order.action_mark_backordered()
    return order.order_line.move_ids


def put(product, quantity, location):
    """Put stock there without a stock move."""
    env["stock.quant"]._update_available_quantity(product, location, quantity)  # noqa: F821


walked = make_product("Lifecycle")
stock = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1).lot_stock_id  # noqa: F821
put(walked, 500, stock)
order = make_order("LIFECYCLE", 533, walked, warehouse_id=stock.warehouse_id.id)
order.picking_ids.move_ids.write({"quantity": 500, "picked": True})
action = order.picking_ids.button_validate()
dialog = env[action["res_model"]].with_context(**action["context"]).create({})  # noqa: F821
dialog.shortfall_line_ids.decision = "backorder"
dialog.process()

paused = hold("LIFECYCLE PAUSED", 7, make_product("Paused"))
paused.write({"backorder_paused": True, "backorder_pause_reason": "Credit"})

parts = make_product("Parts")
whole = hold("LIFECYCLE SPLIT", 20, parts)
put(parts, 5, whole.location_id)
whole._backorder_release()

released = make_product("Released")
move = hold("LIFECYCLE RELEASED", 10, released)
put(released, 10, move.location_id)
move._backorder_release()

robbed = make_product("Robbed")
move = hold("LIFECYCLE ROBBED", 4, robbed)
put(robbed, 4, move.location_id)
move._backorder_release()
move.picking_id.do_unreserve()
put(robbed, -4, move.location_id)

steps = env["stock.warehouse"].create(  # noqa: F821
    {"name": "Lifecycle", "code": "LIFE", "delivery_steps": "pick_ship"}
)
hold("LIFECYCLE STEPS", 6, make_product("Steps"), warehouse_id=steps.id)

if "mrp.bom" in env:  # noqa: F821
    kit, component = make_product("Kit"), make_product("Component")
    env["mrp.bom"].create(  # noqa: F821
        {
            "product_tmpl_id": kit.product_tmpl_id.id,
            "type": "phantom",
            "bom_line_ids": [Command.create({"product_id": component.id, "product_qty": 2})],
        }
    )
    hold("LIFECYCLE KIT", 3, kit)

env.ref("backorder_automation.ir_cron_secondary_available").write(  # noqa: F821
    {"active": True, "interval_number": 7, "interval_type": "days"}
)
env.cr.commit()  # noqa: F821
