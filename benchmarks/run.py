"""Measure the addon beside native Odoo, on one database, in one run.

Run by `make bench` (SIZE=small or full) in Odoo's shell. Every measure is rolled back. Prints a
table and one line per goal, `name  ours  native  ratio  goal  ok|SHORT`, and exits with 1 when a
goal is missed.
"""

import os
import sys

sys.path.insert(0, os.getcwd())
from benchmarks import long_delivery, scenes, size, volume  # noqa: E402
from benchmarks.measures import report, rolled_back  # noqa: E402

SIZES = {
    "small": {
        "real": 100,
        "held": [100, 500],
        "products": [1, 50],
        "plan": 20_000,
        "sizes": [(10_000, 1), (10_000, 100)],
    },
    "full": {
        "real": 200,
        "held": [100, 1000, 10_000],
        "products": [1, 200],
        "plan": 100_000,
        "sizes": [(100_000, 1), (100_000, 1000), (1_000_000, 10_000)],
    },
}
SIZE = SIZES[os.environ.get("SIZE", "small")]


def run(env):
    """Measure everything at every size and return whether all goals are met."""
    build = env(context=dict(env.context, tracking_disable=True))
    size.bench_sizes(env, build, SIZE["sizes"])
    for most in SIZE["products"]:
        for count in SIZE["held"]:
            with rolled_back(env):
                products = min(most, count)
                world = warehouse, customer, goods = volume.make_world(build, products)
                real = min(count, max(SIZE["real"], products))
                real -= real % products
                seeds = volume.hold_orders(build, *world, real)
                volume.copy_orders(env, seeds, count)
                label = f"{count} orders, {products} products"
                print(f"{label} ({real} real, the rest copied)", flush=True)
                scenes.bench_sweep(env, label, count)
                scenes.bench_receipt(env, warehouse, goods, count, label)
                scenes.bench_release(env, warehouse, goods, count, label)
                if count == SIZE["held"][0]:
                    scenes.bench_floor(env, warehouse, goods, count)
    with rolled_back(env):
        world = warehouse, customer, goods = volume.make_world(build, 50)
        seeds = volume.hold_orders(build, *world, 50)
        volume.copy_orders(env, seeds, SIZE["plan"])
        print(f"plan of {SIZE['plan']} lines", flush=True)
        scenes.bench_plan(env, warehouse, goods, SIZE["plan"])
        scenes.bench_confirm(env, warehouse, customer, goods[:1])
    with rolled_back(env):
        warehouse, customer, goods = volume.make_world(build, 1)
        print("one delivery", flush=True)
        scenes.bench_short_delivery(env, warehouse, customer, goods)
    with rolled_back(env):
        world = volume.make_world(build, 300)
        print("one delivery of 300 lines", flush=True)
        long_delivery.bench_long_delivery(env, *world)
    scenes.bench_growth()
    return report()


met = run(env)  # noqa: F821  Odoo's shell provides it
sys.stdout.flush()
os._exit(0 if met else 1)
