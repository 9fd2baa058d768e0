"""A delivery of many lines that are all short, beside native Odoo: dialog, process, release."""

from odoo.tests import Form

from benchmarks import volume
from benchmarks.measures import goal, measure, rolled_back
from benchmarks.scenes import switch

# Of what Check Availability takes, whose transfer is there already.
RELEASE_RATIO = 0.5


def bench_long_delivery(env, warehouse, customer, goods):
    """Validate a delivery whose lines are all short: open the dialog, process it, release the rest.

    Natively: the same dialog, one standard backorder, and Check Availability on it.
    """
    few, label = goods[: len(goods) // 10], f"of {len(goods)} short lines"
    few_queries = _walk(env, warehouse, customer, few, True)["dialog"][1]
    native = _walk(env, warehouse, customer, goods, False)
    ours = _walk(env, warehouse, customer, goods, True)
    limits = {
        "dialog": (500, ours["dialog"][0]),
        "process": (1.3,),
        "release": (RELEASE_RATIO,),
    }
    for step, limit in limits.items():
        goal(f"{step} {label}, ms", ours[step][0], native[step][0], *limit)
    queries = ours["dialog"][1]
    name = f"dialog {label}, queries, against {len(few)} lines"
    goal(name, queries, few_queries, "+0", queries - few_queries)
    for step in ("process", "release"):
        goal(f"{step} {label}, queries", ours[step][1], native[step][1], 1.0)


def _walk(env, warehouse, customer, goods, active):
    """Open and process the dialog, put what lacks in stock and release it.

    :return: a dict of the step to its milliseconds and its queries
    """
    switch(env, active)
    with rolled_back(env):
        picking = volume.short_delivery(env, warehouse, customer, goods)
        walk = _walk_picking(env, warehouse, picking, active)
    switch(env, True)
    return walk


def _walk_picking(env, warehouse, picking, active):
    """Return what each step of `_walk` takes with this delivery."""
    goods, action = picking.move_ids.product_id, picking.button_validate()
    dialog = env[action["res_model"]].with_context(**action["context"])
    Form(dialog)  # the view is read once and kept
    walk = {"dialog": _milliseconds(env, lambda: Form(dialog))}
    dialog = Form(dialog).save()
    walk["process"] = _milliseconds(env, dialog.process)
    volume.put(env, warehouse, goods, 1)
    volume.analyze(env)
    if active:
        walk["release"] = _milliseconds(
            env, lambda: env["stock.move"]._backorder_process("secondary")
        )
    else:
        walk["release"] = _milliseconds(env, picking.backorder_ids.action_assign)
    states = (picking.sale_id.picking_ids - picking).mapped("state")
    assert states == ["assigned"], f"what was short is {states}"
    return walk


def _milliseconds(env, work):
    """Return the milliseconds and the queries of `work`."""
    seconds, queries = measure(env, work)
    return seconds * 1e3, queries
