"""Make ORDERS orders that wait and can all be released, in Odoo's shell, from the root. Commits."""

import os
import sys

sys.path.insert(0, os.getcwd())
from benchmarks import volume  # noqa: E402

PRODUCTS, REAL = 20, 40

build = env(context=dict(env.context, tracking_disable=True))  # noqa: F821  Odoo's shell provides it
warehouse, customer, goods = volume.make_world(build, PRODUCTS)
seeds = volume.hold_orders(build, warehouse, customer, goods, REAL)
orders = int(os.environ["ORDERS"])
volume.copy_orders(env, seeds, orders, goods)  # noqa: F821
volume.put(env, warehouse, goods, orders)  # noqa: F821
crons = env["stock.move"]._get_backorder_crons()  # noqa: F821
crons.active = True
env["stock.move"]._get_backorder_cron("secondary")._trigger()  # noqa: F821
env.cr.commit()  # noqa: F821
