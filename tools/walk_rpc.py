"""Walk the story of a back order against a running server, as its web client does.

533 gadgets are ordered and 500 shipped; the 33 that are short are marked as back
ordered, received, released by the schedule and shipped. Each step is checked and
printed. The walk makes a product and a customer of its own and leaves them there,
with the feature and both schedules switched on.
"""

import argparse
import itertools
import json
import sys
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar

ORDERED = 533
SHIPPED = 500
SHORT = ORDERED - SHIPPED
PRIMARY = ("backorder_automation", "ir_cron_primary_incoming")
BUSY_SECONDS = 60


class WalkError(Exception):
    """Something is not as promised; the message says what."""


class Server:
    """A session of one user with one database."""

    def __init__(self, url, db, login, password):
        self.url, self.db = url.rstrip("/"), db
        self.cookies = CookieJar()
        self._open = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies)
        ).open
        self._ids = itertools.count(1)
        session = self._post(
            "/web/session/authenticate", {"db": db, "login": login, "password": password}
        )
        if not session.get("uid"):
            raise WalkError(f"{login} cannot log in to {db}")
        self.context = session["user_context"]

    def as_user(self, login, password):
        """Return a session of another user with the same database."""
        return Server(self.url, self.db, login, password)

    def _post(self, path, params):
        """Return the result of a JSON-RPC request, or raise WalkError."""
        body = {"jsonrpc": "2.0", "method": "call", "id": next(self._ids), "params": params}
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            with self._open(request) as response:
                answer = json.load(response)
        except (urllib.error.URLError, OSError, ValueError) as error:
            raise WalkError(f"{self.url}{path} does not answer: {error}") from error
        if "error" in answer:
            data = answer["error"].get("data") or {}
            raise WalkError(data.get("message") or answer["error"]["message"])
        return answer.get("result")

    def call(self, model, method, *args, context=None, **kwargs):
        """Call a public method of a model."""
        kwargs["context"] = {**self.context, **(context or {})}
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def create(self, model, values, context=None):
        """Create a record and return its id."""
        return self.call(model, "create", [values], context=context)[0]

    def read(self, model, record_id, *names):
        """Return the values of one record; a many2one is its id."""
        return self.call(model, "read", [record_id], names, load=None)[0]

    def search(self, model, *domain):
        """Return the ids of the records, oldest first."""
        return self.call(model, "search", domain, order="id")

    def find(self, model, *domain):
        """Return the id of the only record that there should be."""
        ids = self.search(model, *domain)
        check(len(ids) == 1, f"there are {len(ids)} records of {model} instead of one")
        return ids[0]


def check(condition, otherwise):
    """Raise WalkError with the sentence when the condition does not hold."""
    if not condition:
        raise WalkError(otherwise)


def expect(record, what, **values):
    """Check the values of a record that was read; `what` names it in the message."""
    for name, value in values.items():
        check(
            record[name] == value,
            f"{name} of {what} is {record[name]!r} and should be {value!r}",
        )


def say(text):
    """Print one step."""
    print(text, flush=True)


def switch_on(server):
    """Enable the feature and both schedules through the settings."""
    settings = server.create(
        "res.config.settings",
        {
            "backorder_automation": True,
            "backorder_primary_active": True,
            "backorder_secondary_active": True,
        },
    )
    server.call("res.config.settings", "execute", [settings])
    say("back order management and both schedules are on")


def make_product(server, name, **values):
    """Return the id of a new storable product."""
    return server.create(
        "product.product", {"name": name, "type": "consu", "is_storable": True, **values}
    )


def make_order(server, warehouse, customer, product, quantity):
    """Return the id of a confirmed order."""
    order = server.create(
        "sale.order",
        {
            "partner_id": customer,
            "warehouse_id": warehouse,
            "order_line": [[0, 0, {"product_id": product, "product_uom_qty": quantity}]],
        },
    )
    server.call("sale.order", "action_confirm", [order])
    return order


def count(server, warehouse, product, quantity):
    """Count a quantity of the product in the stock of the warehouse."""
    stock = server.read("stock.warehouse", warehouse, "lot_stock_id")["lot_stock_id"]
    quant = server.create(
        "stock.quant",
        {"product_id": product, "location_id": stock, "inventory_quantity": quantity},
        context={"inventory_mode": True},
    )
    server.call("stock.quant", "action_apply_inventory", [quant])


def make_receipt(server, warehouse, product, quantity):
    """Return the id of a confirmed receipt from a supplier."""
    kind = server.read("stock.warehouse", warehouse, "in_type_id")["in_type_id"]
    places = server.read(
        "stock.picking.type", kind, "default_location_src_id", "default_location_dest_id"
    )
    locations = {
        "location_id": places["default_location_src_id"],
        "location_dest_id": places["default_location_dest_id"],
    }
    line = {"product_id": product, "product_uom_qty": quantity, **locations}
    receipt = server.create(
        "stock.picking", {"picking_type_id": kind, "move_ids": [[0, 0, line]], **locations}
    )
    server.call("stock.picking", "action_confirm", [receipt])
    return receipt


def set_quantity(server, transfer, quantity):
    """Put the quantity on the only line of the transfer."""
    move = server.find("stock.move", ["picking_id", "=", transfer])
    server.call("stock.move", "write", [move], {"quantity": quantity, "picked": True})


def validate(server, transfer, quantity):
    """Move the quantity; return the action of the dialog that opens, or True."""
    set_quantity(server, transfer, quantity)
    return server.call("stock.picking", "button_validate", [transfer])


def mark_back_ordered(server, action):
    """Press *Mark as Back Ordered* in the dialog that the validation opened."""
    check(
        isinstance(action, dict) and action.get("res_model") == "stock.backorder.confirmation",
        "no dialog asked about the shortfall",
    )
    context = action["context"]
    dialog = server.create("stock.backorder.confirmation", {}, context=context)
    line = server.read(
        "backorder.shortfall.line",
        server.find("backorder.shortfall.line", ["wizard_id", "=", dialog]),
        "demand",
        "shipping_now",
        "short",
        "decision",
    )
    expect(
        line, "the dialog", demand=ORDERED, shipping_now=SHIPPED, short=SHORT, decision="backorder"
    )
    server.call("stock.backorder.confirmation", "process", [dialog], context=context)


def run_schedule(server, schedule=PRIMARY):
    """Run a process now; wait while the server is running it by itself."""
    cron = server.call("ir.model.data", "check_object_reference", *schedule)[1]
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            result = server.call("ir.cron", "method_direct_trigger", [cron])
        except WalkError as error:
            if "already executing" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(1)
        else:
            check(result is True, f"the schedule failed: {result}")
            return


def read_order(server, order):
    """Return what is shown of the order and of its only line."""
    line = server.find("sale.order.line", ["order_id", "=", order])
    return {
        **server.read(
            "sale.order", order, "name", "is_backordered", "delivery_status", "picking_ids"
        ),
        **server.read("sale.order.line", line, "qty_backordered", "qty_delivered"),
    }


def ship_short(server, order):
    """Ship 500 of 533 and mark the rest as back ordered; return the delivery."""
    delivery = server.find("stock.picking", ["sale_id", "=", order])
    mark_back_ordered(server, validate(server, delivery, SHIPPED))
    expect(server.read("stock.picking", delivery, "state"), "the delivery", state="done")
    expect(
        read_order(server, order),
        "the order",
        is_backordered=True,
        delivery_status="partial",
        qty_backordered=SHORT,
        qty_delivered=SHIPPED,
        picking_ids=[delivery],
    )
    say(f"{SHIPPED} shipped, {SHORT} marked as back ordered: the order is flagged")
    return delivery


def receive(server, warehouse, product):
    """Receive what is missing."""
    receipt = make_receipt(server, warehouse, product, SHORT)
    validate(server, receipt, SHORT)
    expect(server.read("stock.picking", receipt, "state"), "the receipt", state="done")
    say(f"{SHORT} received")


def release(server, order, delivery):
    """Run the schedule; return the new transfer."""
    run_schedule(server)
    transfer = server.find("stock.picking", ["sale_id", "=", order], ["id", "!=", delivery])
    values = server.read("stock.picking", transfer, "name", "state", "backorder_id")
    expect(values, "the new transfer", state="assigned", backorder_id=delivery)
    move = server.find("stock.move", ["picking_id", "=", transfer])
    expect(
        server.read("stock.move", move, "product_uom_qty", "quantity"),
        "the new transfer",
        product_uom_qty=SHORT,
        quantity=SHORT,
    )
    expect(read_order(server, order), "the order", is_backordered=True, qty_backordered=SHORT)
    say(f"the schedule made {values['name']}: {SHORT}, Ready; the order is still flagged")
    return transfer


def ship_rest(server, order, transfer):
    """Ship the new transfer: nothing is open any more."""
    validate(server, transfer, SHORT)
    expect(server.read("stock.picking", transfer, "state"), "the new transfer", state="done")
    expect(
        read_order(server, order),
        "the order",
        is_backordered=False,
        delivery_status="full",
        qty_backordered=0,
        qty_delivered=ORDERED,
    )
    say(f"{SHORT} shipped: {ORDERED} delivered, the flag is gone")


def walk(server):
    """Walk the whole story."""
    switch_on(server)
    customer = server.create("res.partner", {"name": "Walking Customer"})
    product = make_product(server, "Walking Gadget")
    warehouse = server.search("stock.warehouse")[0]
    count(server, warehouse, product, SHIPPED)
    order = make_order(server, warehouse, customer, product, ORDERED)
    name = server.read("sale.order", order, "name")["name"]
    say(f"{name}: {ORDERED} ordered, {SHIPPED} in stock")
    delivery = ship_short(server, order)
    receive(server, warehouse, product)
    transfer = release(server, order, delivery)
    ship_rest(server, order, transfer)


def get_parser(description):
    """Return a parser of the arguments that name a server, a database and a user."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--url", default="http://127.0.0.1:8069")
    parser.add_argument("--db", required=True)
    parser.add_argument("--login", default="admin")
    parser.add_argument("--password", default="admin")
    return parser


def connect(options):
    """Return a session for the parsed arguments."""
    return Server(options.url, options.db, options.login, options.password)


def main():
    """Walk; return 1 with a sentence on standard error when something is wrong."""
    options = get_parser(__doc__.splitlines()[0]).parse_args()
    try:
        walk(connect(options))
    except WalkError as error:
        print(f"walk failed: {error}", file=sys.stderr)
        return 1
    say("walk complete")
    return 0


if __name__ == "__main__":
    sys.exit(main())
