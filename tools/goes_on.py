"""Put what is missing in stock and run the schedule that is on; run in Odoo's shell. Commits."""

cron = env.ref("backorder_automation.ir_cron_secondary_available")  # noqa: F821  the shell's
assert cron.active and cron.interval_number == 7, "the schedule is not as it was"
# Held, or robbed of its goods in a transfer.
domain = [
    ("sale_line_id.order_id.name", "=like", "LIFECYCLE%"),
    ("backorder_date", "!=", False),
    ("state", "in", ("confirmed", "partially_available")),
]
waiting = env["stock.move"].search(domain)  # noqa: F821
paused = waiting.filtered("backorder_paused")
assert paused and waiting - paused, "nothing waits"
for move in waiting:
    env["stock.quant"]._update_available_quantity(  # noqa: F821
        move.product_id, move.location_id, move.product_qty
    )
env.cr.commit()  # noqa: F821
assert cron.method_direct_trigger() is True
env.cr.commit()  # noqa: F821  to see what the job did in transactions of its own
env.invalidate_all()  # noqa: F821
left = env["stock.move"].search(domain) - paused  # noqa: F821
assert not left, f"waits still: {left.mapped('sale_line_id.order_id.name')}"
