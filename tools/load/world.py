"""Make the world people work in, in Odoo's shell. FEATURE=on|off, WORLD=file to write. Commits."""

import json
import os

from odoo.fields import Command

PRODUCTS, CUSTOMERS, IN_STOCK = 12, 8, 20

feature = os.environ["FEATURE"] == "on"
groups = ("stock.group_stock_manager", "sales_team.group_sale_manager")
env.ref("base.user_admin").group_ids = [  # noqa: F821  Odoo's shell provides it
    Command.link(env.ref(group).id)  # noqa: F821
    for group in groups
]
env.company.backorder_automation = feature  # noqa: F821
crons = env.ref("backorder_automation.ir_cron_primary_incoming")  # noqa: F821
crons |= env.ref("backorder_automation.ir_cron_secondary_available")  # noqa: F821
crons.active = feature
scheduler = env.ref("stock.ir_cron_scheduler_action")  # noqa: F821
warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)  # noqa: F821
products = env["product.product"].create(  # noqa: F821
    [{"name": f"Load {n}", "type": "consu", "is_storable": True} for n in range(PRODUCTS)]
)
for product in products:
    env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, IN_STOCK)  # noqa: F821
customers = env["res.partner"].create([{"name": f"Load {n}"} for n in range(CUSTOMERS)])  # noqa: F821
with open(os.environ["WORLD"], "w") as world_file:
    json.dump(
        {
            "feature": feature,
            "products": products.ids,
            "customers": customers.ids,
            "stock": warehouse.lot_stock_id.id,
            "receipts": warehouse.in_type_id.id,
            "supplier": env.ref("stock.stock_location_suppliers").id,  # noqa: F821
            "jobs": crons.ids if feature else [],
            "scheduler": scheduler.id,
        },
        world_file,
    )
env.cr.commit()  # noqa: F821
