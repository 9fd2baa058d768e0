"""Leave 33 of 533 held in the database, and one schedule on; run in Odoo's shell. Commits."""

from odoo.fields import Command

env.company.backorder_automation = True  # noqa: F821  Odoo's shell provides it
product = env["product.product"].create(  # noqa: F821
    {"name": "Lifecycle", "type": "consu", "is_storable": True}
)
partner = env["res.partner"].create({"name": "Lifecycle"})  # noqa: F821
order = env["sale.order"].create(  # noqa: F821
    {
        "name": "LIFECYCLE",
        "partner_id": partner.id,
        "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 533})],
    }
)
stock = order.warehouse_id.lot_stock_id
env["stock.quant"]._update_available_quantity(product, stock, 500)  # noqa: F821
order.action_confirm()
order.picking_ids.move_ids.write({"quantity": 500, "picked": True})
action = order.picking_ids.button_validate()
env[action["res_model"]].with_context(**action["context"]).create({}).process()  # noqa: F821
env.ref("backorder_automation.ir_cron_secondary_available").active = True  # noqa: F821
env.cr.commit()  # noqa: F821
