"""Take the pictures of the documents from a running server with headless Chromium.

Meant for a fresh demo database (see `browser.py` for what it needs). First come the pictures of
the user guide, from the demo data; then those of the README and the addon's page in the app store,
whose story is the one of `walk_rpc.py` with a product and customers made for the pictures.
"""

import datetime
import pathlib
import sys

import walk_rpc as walk
from browser import browse
from guide_pictures import Guide

LIST_HEIGHT = 300
# Where the pictures go, from the root of the repository.
GUIDE = "docs/images/guide"
STORE = "backorder_automation/static/description"


def make_customer(server, name):
    """Return the id of a new customer."""
    return server.create("res.partner", {"name": name, "is_company": True})


def expect_receipt(server, warehouse, product):
    """Return the id of a receipt of what will be short, due in three days."""
    receipt = walk.make_receipt(server, warehouse, product, walk.SHORT)
    date = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=3)
    server.call(
        "stock.picking", "write", [receipt], {"scheduled_date": f"{date:%Y-%m-%d %H:%M:%S}"}
    )
    return receipt


def shoot_dialog(server, page, out, delivery):
    """Ship 500 of 533, take the dialog, and mark the rest as back ordered in it."""
    walk.set_quantity(server, delivery, walk.SHIPPED)
    page.open(f"{server.url}/odoo/deliveries/{delivery}", "button[name=button_validate]")
    page.click("button[name=button_validate]")
    page.wait(".modal [name=shortfall_line_ids] .o_data_row")
    page.shoot(out / "dialog.png", ".modal-content")
    page.click(".modal-footer button[name=process]")
    page.wait("body:not(:has(.modal)) button[name=action_view_backorders]")


def take(server, page, out):
    """Prepare the story and take every picture."""
    walk.switch_on(server)
    page.log_in(server)
    Guide(server, page, out / GUIDE).take()
    out = out / STORE

    warehouse = server.search("stock.warehouse")[0]
    product = walk.make_product(server, "Gadget", list_price=12.5)
    walk.count(server, warehouse, product, walk.SHIPPED)
    receipt = expect_receipt(server, warehouse, product)
    customer = make_customer(server, "Harbour Hotel")
    order = walk.make_order(server, warehouse, customer, product, walk.ORDERED)
    delivery = server.find("stock.picking", ["sale_id", "=", order])
    shoot_dialog(server, page, out, delivery)
    page.open(f"{server.url}/odoo/orders/{order}", ".o_form_view .ribbon")
    page.shoot(out / "order.png")

    later = walk.make_order(
        server, warehouse, make_customer(server, "Corner Shop"), product, walk.SHORT
    )
    server.call("sale.order", "action_mark_backordered", [later])
    page.open(f"{server.url}/odoo/back-orders", ".o_list_view .o_data_row")
    page.shoot(out / "list.png", height=LIST_HEIGHT)

    walk.validate(server, receipt, walk.SHORT)
    transfer = walk.release(server, order, delivery)
    page.open(f"{server.url}/odoo/deliveries/{transfer}", "button[name=button_validate]")
    page.shoot(out / "transfer.png")
    # Whoever takes the pictures again finds no line of this run in the list.
    server.call("sale.order", "action_cancel", [later])


def main():
    """Take the pictures; return 1 with a sentence on standard error when something is wrong."""
    parser = walk.get_parser(__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path())
    options = parser.parse_args()
    for folder in (GUIDE, STORE):
        (options.out / folder).mkdir(parents=True, exist_ok=True)
    try:
        server = walk.connect(options)
        with browse() as page:
            take(server, page, options.out)
    except walk.WalkError as error:
        print(f"no pictures: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
