"""What happens in the demo data between two pictures of the user guide."""

import datetime

import walk_rpc as walk

SECONDARY = ("backorder_automation", "ir_cron_secondary_available")


def set_up(server, **values):
    """Save the settings with these values."""
    settings = server.create("res.config.settings", values)
    server.call("res.config.settings", "execute", [settings])


def set_schedules(server, is_active):
    """Switch both schedules on or off: off, what is free stays free for a picture."""
    set_up(server, backorder_primary_active=is_active, backorder_secondary_active=is_active)


def run_schedules(server):
    """Switch both schedules on and let them carry out what the plan says."""
    set_schedules(server, True)
    for schedule in (walk.PRIMARY, SECONDARY):
        walk.run_schedule(server, schedule)


def get_product(server, code):
    """Return the id of a product of the demo data."""
    return server.find("product.product", ["default_code", "=", code])


def get_customer(server, name):
    """Return the id of a customer of the demo data."""
    return server.find("res.partner", ["name", "=", name])


def get_order(server, customer):
    """Return the id of the order of the demo data of a customer."""
    return server.search("sale.order", ["partner_id.name", "=", customer])[0]


def draft_order(server, customer, code, quantity, days):
    """Return the id of a quotation for one product, promised in so many days."""
    line = {"product_id": get_product(server, code), "product_uom_qty": quantity}
    return server.create(
        "sale.order",
        {
            "partner_id": get_customer(server, customer),
            "commitment_date": in_days(days),
            "order_line": [[0, 0, line]],
        },
    )


def draft_purchase(server, vendor, code, quantity, days):
    """Return the id of a request for quotation for one product, due in so many days."""
    line = {
        "product_id": get_product(server, code),
        "product_qty": quantity,
        "price_unit": 80,
        "date_planned": in_days(days),
    }
    partner = server.create("res.partner", {"name": vendor, "is_company": True})
    return server.create("purchase.order", {"partner_id": partner, "order_line": [[0, 0, line]]})


def in_days(days):
    """Return the moment in so many days, as the server reads it."""
    date = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return f"{date:%Y-%m-%d %H:%M:%S}"
