"""What an action costs where many wait, against the same where 1 000 do: ours against ours.

The cost is to follow what can be done, not what waits.
"""

from benchmarks import volume
from benchmarks.measures import goal, measure, rolled_back

BASE = 1000  # so many lines of one product are what every size is compared with
ROUNDS = 5


def bench_sizes(env, build, sizes):
    """Measure every action at `BASE` lines, and at each of some sizes.

    :param sizes: (lines, products) pairs
    """
    base = _measure_world(env, build, BASE, 1)
    for count, products in sizes:
        figures = _measure_world(env, build, count, products)
        label = f"{count} lines, {products} products"
        for name, limit in (
            ("release of one unit", 1.5),
            ("job after a receipt of one unit", 1.5),
            ("opening one order", 2),
            ("page of the list by place", 2),
        ):
            goal(f"{name}, {label}, against {BASE}", figures[name], base[name], limit)
        confirm, nobody = figures["confirming, nothing free"], figures["confirming, nobody waits"]
        goal(f"confirming, nothing free, {label}, against nobody waiting", confirm, nobody, 1.2)
        slow = count > 100_000
        for name, limit in (
            ("sweep with nothing free", 50),
            ("first activities", 10_000),
            ("activities with nothing changed", 500),
            ("page of the list by place", 1000 if slow else 500),
            ("dashboard", 1000),
        ):
            goal(f"{name}, {label}, ms", figures[name], None, limit, figures[name])


def _measure_world(env, build, count, products):
    """Return {action: milliseconds, the best of some rounds} where so many lines wait."""
    print(f"{count} lines of {products} products", flush=True)
    with rolled_back(env):
        warehouse, customer, goods = volume.make_world(build, products)
        env.company.write({"backorder_activity_promise": True, "backorder_activity_nothing": True})
        seeds = volume.hold_orders(build, warehouse, customer, goods[:1], 20)
        volume.copy_orders(env, seeds, count, goods)
        # As after the first run: its place in the code is warm.
        env["stock.move"]._backorder_process("secondary")
        return {
            **_measure_people(env, warehouse, customer, goods[:1]),
            **_measure_jobs(env, warehouse, goods[:1]),
        }


def _best(env, work, before=None, rounds=ROUNDS):
    """Return the milliseconds of the quickest of some rounds, each rolled back.

    :param before: what is to be there first; `work` gets what it returns
    """
    seconds = []
    for _round in range(rounds):
        with rolled_back(env):
            given = before() if before else None
            seconds.append(measure(env, lambda given=given: work(given))[0])
    return min(seconds) * 1e3


def _measure_people(env, warehouse, customer, product):
    """Return what people wait for: confirming, an order, a page, the dashboard."""
    free = env["product.product"].create({"name": "Free", "type": "consu", "is_storable": True})
    moves = env["stock.move"]
    held = moves.search([("backorder_held", "=", True)], order="id desc", limit=1)
    order_fields = _get_specification(env["sale.order"], "form")
    page_fields = _get_specification(moves, "list", "backorder_automation.backorder_move_view_list")
    domain = [("backorder_date", "!=", False), ("backorder_is_visible", "=", True)]
    return {
        "confirming, nobody waits": _best(
            env,
            lambda order: order.action_confirm(),
            lambda: volume.draft(env, warehouse, customer, free),
        ),
        "confirming, nothing free": _best(
            env,
            lambda order: order.action_confirm(),
            lambda: volume.draft(env, warehouse, customer, product),
        ),
        "opening one order": _best(
            env, lambda _none: held.sale_line_id.order_id.web_read(order_fields)
        ),
        "page of the list by place": _best(
            env,
            lambda _none: moves.web_search_read(
                domain, page_fields, limit=80, order="backorder_place", count_limit=10_001
            ),
        ),
        "dashboard": _best(env, lambda _none: env["backorder.dashboard"].get_figures()),
    }


def _measure_jobs(env, warehouse, product):
    """Return what the jobs take: nothing free, one unit free, one unit come, people to tell."""
    moves, orders = env["stock.move"], env["sale.order"].sudo()

    def receive():
        volume.receipt(env, warehouse, product, 1).button_validate()

    def tell():
        orders._backorder_update_alerts()
        env.flush_all()

    return {
        "sweep with nothing free": _best(env, lambda _none: moves._backorder_process("secondary")),
        "release of one unit": _best(
            env,
            lambda _none: moves._backorder_process("secondary"),
            lambda: volume.put(env, warehouse, product, 1),
        ),
        "job after a receipt of one unit": _best(
            env, lambda _none: moves._cron_backorder_primary(), receive
        ),
        "first activities": _best(env, lambda _none: tell(), rounds=1),
        "activities with nothing changed": _best(env, lambda _none: tell(), tell, rounds=2),
    }


def _get_specification(model, view_type, xmlid=None):
    """Return what the web client reads of a record in a view."""
    view = model.env.ref(xmlid) if xmlid else model.env["ir.ui.view"]
    info = model.get_views([(view.id, view_type)])["models"]
    names = [name for name in info[model._name]["fields"] if name in model._fields]
    return {
        name: {"fields": {"display_name": {}}} if model._fields[name].type == "many2one" else {}
        for name in names
    }
