"""Measure the addon beside native Odoo, on one database, in one run.

Run by `make bench` (SIZE=small or full) in Odoo's shell. Every measure is rolled back. Prints a
table and one line per goal, `name  ours  native  ratio  goal  ok|SHORT`, and exits with 1 when a
goal is missed.
"""

import contextlib
import gc
import os
import resource
import statistics
import sys
import time

sys.path.insert(0, os.getcwd())
from benchmarks import volume  # noqa: E402

SIZES = {
    "small": {"real": 100, "held": [100, 1000], "products": [1, 50], "plan": 20_000},
    "full": {"real": 200, "held": [100, 1000, 10_000], "products": [1, 200], "plan": 100_000},
}
SIZE = SIZES[os.environ.get("SIZE", "small")]
results = []


@contextlib.contextmanager
def rolled_back(env):
    """Undo everything that happens inside."""
    savepoint = env.cr.savepoint(flush=True)
    savepoint.__enter__()
    try:
        yield
    finally:
        env.cr.precommit.clear()
        env.cr.postcommit.clear()
        savepoint.rollback()
        savepoint.close(rollback=True)
        env.invalidate_all(flush=False)


def measure(env, work):
    """Return the seconds and the queries of `work`, with everything flushed."""
    env.flush_all()
    env.invalidate_all()
    gc.collect()
    queries, start = env.cr.sql_log_count, time.perf_counter()
    work()
    env.flush_all()
    return time.perf_counter() - start, env.cr.sql_log_count - queries


def goal(name, ours, native, limit, value=None, unit="ms"):
    """Note a goal: `value` (ours divided by native when None) must not pass `limit`."""
    ratio = ours / native if native else None
    value = ratio if value is None else value
    results.append((name, ours, native, ratio, limit, value <= limit, unit))
    shown = f"{ratio:.2f}" if ratio is not None else "-"
    print(f"  {name}: ours {ours:.2f} {unit}, native {native or 0:.2f}, ratio {shown}", flush=True)


def native_waiting(env):
    """Turn all held demand into native waiting transfers, as Odoo alone has them."""
    env.company.backorder_automation = False
    env.flush_all()


def switch(env, active):
    """Switch the feature without giving back what is held, which the setting would do."""
    env.cr.execute("UPDATE res_company SET backorder_automation = %s", [active])
    env.invalidate_all()


def bench_receipt(env, warehouse, goods, count, label):
    """Validate a receipt that `count` orders wait for."""
    other = env["product.product"].create(
        [{"name": "Nobody", "type": "consu", "is_storable": True} for _product in goods]
    )
    each = count // len(goods)
    with rolled_back(env):
        picking = volume.receipt(env, warehouse, other, each)
        nobody, _queries = measure(env, picking.button_validate)
    with rolled_back(env):
        picking = volume.receipt(env, warehouse, goods, each)
        ours, _queries = measure(env, picking.button_validate)
    goal(f"receipt, {label} waiting, against nobody waiting", ours * 1e3, nobody * 1e3, 1.3)
    if count <= 1000:
        with rolled_back(env):
            native_waiting(env)
            picking = volume.receipt(env, warehouse, goods, each)
            native, _queries = measure(env, picking.button_validate)
        goal(f"receipt, {label} waiting, against native", ours * 1e3, native * 1e3, 1.3)


def bench_release(env, warehouse, goods, count, label):
    """Release `count` back orders; natively: reserve and create the transfers."""
    moves = env["stock.move"]
    with rolled_back(env):
        volume.put(env, warehouse, goods, count // len(goods))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        seconds, queries = measure(env, lambda: moves._backorder_process("secondary"))
        peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        left = moves.search_count([("backorder_held", "=", True)])
        assert not left, f"{left} back orders were not released"
    native = native_queries = None
    if count <= 1000:
        with rolled_back(env):
            volume.put(env, warehouse, goods, count // len(goods))
            held = moves.search([("backorder_held", "=", True)])
            held.write({"backorder_held": False})

            def release_natively():
                held._action_assign()
                held._assign_picking()
                for move in held:
                    move.move_line_ids.picking_id = move.picking_id

            native, native_queries = measure(env, release_natively)
            native, native_queries = native * 1e3 / count, native_queries / count
    ours = seconds * 1e3 / count
    goal(f"release, {label}, an order", ours, native, 9.0, ours)
    goal(
        f"release, {label}, queries an order",
        queries / count,
        native_queries,
        14.0,
        queries / count,
        "queries",
    )
    print(f"  memory of the run: {peak:.0f} MiB more at its peak", flush=True)


def bench_plan(env, count):
    """Plan the whole queue, against the bare SQL read of the same rows."""
    moves = env["stock.move"]
    company = env.company
    env.flush_all()
    ours, bare = [], []
    for _round in range(3):
        start = time.perf_counter()
        rows = moves._fetch_backorder_queue(company, None, {}, company.backorder_queue_order)
        bare.append(time.perf_counter() - start)
        start = time.perf_counter()
        plan = moves._backorder_plan(None, company)
        ours.append(time.perf_counter() - start)
    assert len(plan) == len(rows)
    seconds, floor = statistics.median(ours) * 1e3, statistics.median(bare) * 1e3
    goal(f"plan of {len(rows)} lines, against reading them", seconds, floor, 2.0)


def bench_short_delivery(env, warehouse, customer, product):
    """Validate a short delivery and keep the rest: back order, or native backorder."""

    def ship(decision, active):
        switch(env, active)
        seconds, queries = [], []
        for _round in range(12):
            with rolled_back(env):
                volume.put(env, warehouse, product, 1)
                picking = volume.order(env, warehouse, customer, product, 2).picking_ids
                picking.move_ids.write({"quantity": 1, "picked": True})
                picking = picking.with_context(skip_backorder=True)
                once, count = measure(env, picking.button_validate)
                seconds.append(once)
                queries.append(count)
        switch(env, True)
        return statistics.median(seconds) * 1e3, statistics.median(queries)

    native, native_queries = ship("native", False)
    ours, our_queries = ship("backorder", True)
    goal("short delivery", ours, native, 1.0)
    goal("short delivery, queries", our_queries, native_queries, 1.0, unit="queries")


def bench_confirm(env, warehouse, customer):
    """Confirm an order for a product nobody waits for, and one for a product many wait for."""
    free = env["product.product"].create({"name": "Free", "type": "consu", "is_storable": True})

    def confirm(active):
        switch(env, active)
        seconds, queries = [], []
        for _round in range(12):
            with rolled_back(env):
                volume.put(env, warehouse, free, 1)
                sale = volume.order(env, warehouse, customer, free)
                sale.picking_ids.do_unreserve()
                once, count = measure(env, sale.picking_ids.action_assign)
                seconds.append(once)
                queries.append(count)
        switch(env, True)
        return statistics.median(seconds) * 1e3, statistics.median(queries)

    native, native_queries = confirm(False)
    ours, our_queries = confirm(True)
    goal("reserving where nobody waits", ours, native, 1.3)
    goal(
        "reserving where nobody waits, queries more",
        our_queries,
        native_queries,
        1,
        our_queries - native_queries,
        "queries",
    )


def bench_sweep(env, label):
    """Run the secondary process when nothing is free."""
    seconds, queries = measure(env, lambda: env["stock.move"]._cron_backorder_secondary())
    print(f"  sweep with nothing to do, {label}: {seconds * 1e3:.1f} ms, {queries} queries")


def run(env):
    """Measure everything at every size and return whether all goals are met."""
    build = env(context=dict(env.context, tracking_disable=True))
    for products in SIZE["products"]:
        for count in SIZE["held"]:
            if count < products:
                continue
            with rolled_back(env):
                world = warehouse, customer, goods = volume.make_world(build, products)
                real = min(count, max(SIZE["real"], products))
                real -= real % products
                seeds = volume.hold_orders(build, *world, real)
                volume.copy_orders(env, seeds, count)
                label = f"{count} orders, {products} products"
                print(f"{label} ({real} real, the rest copied)", flush=True)
                bench_sweep(env, label)
                bench_receipt(env, warehouse, goods, count, label)
                bench_release(env, warehouse, goods, count, label)
    with rolled_back(env):
        world = warehouse, customer, goods = volume.make_world(build, 50)
        seeds = volume.hold_orders(build, *world, 50)
        volume.copy_orders(env, seeds, SIZE["plan"])
        print(f"plan of {SIZE['plan']} lines", flush=True)
        bench_plan(env, SIZE["plan"])
        bench_confirm(env, warehouse, customer)
    with rolled_back(env):
        warehouse, customer, goods = volume.make_world(build, 1)
        print("one delivery", flush=True)
        bench_short_delivery(env, warehouse, customer, goods)
    return report()


def report():
    """Print one line per goal; return whether all of them are met."""
    width = max(len(row[0]) for row in results)
    print(f"\n{'name':<{width}}  {'ours':>10}  {'native':>10}  {'ratio':>6}  {'goal':>6}")
    for name, ours, native, ratio, limit, met, _unit in results:
        print(
            f"{name:<{width}}  {ours:>10.2f}  {native or 0:>10.2f}  "
            f"{'-' if ratio is None else format(ratio, '.2f'):>6}  {limit:>6}  "
            f"{'ok' if met else 'SHORT'}"
        )
    return all(row[5] for row in results)


met = run(env)  # noqa: F821  Odoo's shell provides it
sys.stdout.flush()
os._exit(0 if met else 1)
