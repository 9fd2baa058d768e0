"""People at work on one database: people.py URL DB SECONDS PEOPLE SEED WORLD RESULT [more].

Over HTTP each of them sells, ships, receives, counts and changes his mind about the same few
products. With `more`, one more plans (releases, pauses, takes stock from others, applies a
simulation), and one more runs the jobs and the scheduler back to back. Writes how long everything
took into RESULT. Standard library only.
"""

import collections
import json
import random
import sys
import threading
import time
import urllib.request

URL, DB, SECONDS, PEOPLE, SEED, WORLD_FILE, RESULT, *MORE = sys.argv[1:]
with open(WORLD_FILE) as world_file:
    WORLD = json.load(world_file)
OPEN = [("picking_type_code", "=", "outgoing"), ("state", "in", ("assigned", "confirmed"))]
LOGIN = "admin"


class RefusedError(Exception):
    """The server said no."""


class Person:
    """Somebody with a browser of his own."""

    def __init__(self, seed):
        self.rnd = random.Random(seed)
        self.uid = self._send("common", "authenticate", DB, LOGIN, LOGIN, {})

    def _send(self, service, method, *args):
        params = {"service": service, "method": method, "args": args}
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        request = urllib.request.Request(
            f"{URL}/jsonrpc", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=120) as response:
            answer = json.load(response)
        if "error" in answer:
            data = answer["error"].get("data", {})
            raise RefusedError(f"{data.get('name')}: {data.get('message')}")
        return answer.get("result")

    def call(self, model, method, *args, **kwargs):
        """Call a method as the web client does."""
        return self._send(
            "object", "execute_kw", DB, self.uid, LOGIN, model, method, list(args), kwargs
        )

    def one_of(self, model, domain, **options):
        """Return the id of some record; None where there is none."""
        ids = self.call(model, "search", domain, limit=40, **options)
        return self.rnd.choice(ids) if ids else None

    # Verbs

    def order(self):
        """Sell one to three products; mark what is short, where that is possible."""
        products = self.rnd.sample(WORLD["products"], self.rnd.randint(1, 3))
        lines = [
            (0, 0, {"product_id": product, "product_uom_qty": self.rnd.randint(1, 12)})
            for product in products
        ]
        values = {
            "partner_id": self.rnd.choice(WORLD["customers"]),
            "order_line": lines,
            "picking_policy": self.rnd.choice(("direct", "direct", "one")),
        }
        order = self.call("sale.order", "create", values)
        self.call("sale.order", "action_confirm", [order])
        [short] = self.call("sale.order", "read", [order], ["backorder_can_mark"])
        if WORLD["feature"] and short["backorder_can_mark"] and self.rnd.random() < 0.6:
            self.call("sale.order", "action_mark_backordered", [order])

    def ship(self):
        """Ship what a delivery has, or less, and answer the dialog."""
        picking = self.one_of("stock.picking", OPEN)
        moves = self.call("stock.move", "search_read", [("picking_id", "=", picking)], ["quantity"])
        if not any(move["quantity"] for move in moves):
            return
        for move in moves:
            quantity = move["quantity"]
            if self.rnd.random() < 0.3:
                quantity = self.rnd.randint(0, int(quantity))
            values = {"quantity": quantity, "picked": quantity > 0}
            self.call("stock.move", "write", [move["id"]], values)
        self.validate(picking)

    def validate(self, picking):
        """Press Validate, and answer that the rest is to come later."""
        answer = self.call("stock.picking", "button_validate", [picking])
        if isinstance(answer, dict) and answer.get("res_model") == "stock.backorder.confirmation":
            model, context = answer["res_model"], answer["context"]
            values = {"pick_ids": [(6, 0, [picking])]}
            dialog = self.call(model, "create", values, context=context)
            self.call(model, "process", [dialog], context=context)

    def receive(self):
        """Receive some of a product."""
        places = {"location_id": WORLD["supplier"], "location_dest_id": WORLD["stock"]}
        move = {
            "product_id": self.rnd.choice(WORLD["products"]),
            "product_uom_qty": self.rnd.randint(5, 30),
            **places,
        }
        values = {"picking_type_id": WORLD["receipts"], "move_ids": [(0, 0, move)], **places}
        picking = self.call("stock.picking", "create", values)
        self.call("stock.picking", "action_confirm", [picking])
        self.call("stock.picking", "button_validate", [picking])

    def count(self):
        """Count what lies somewhere, a little more or less than there should be."""
        domain = [("location_id", "=", WORLD["stock"]), ("product_id", "in", WORLD["products"])]
        quant = self.one_of("stock.quant", domain)
        [there] = self.call("stock.quant", "read", [quant], ["quantity", "reserved_quantity"])
        counted = max(there["reserved_quantity"], there["quantity"] + self.rnd.randint(-3, 6))
        values = {"inventory_quantity": counted}
        self.call("stock.quant", "write", [quant], values, context={"inventory_mode": True})
        self.call("stock.quant", "action_apply_inventory", [quant])

    def cancel(self):
        """Cancel an order."""
        order = self.one_of("sale.order", [("state", "=", "sale")], order="id desc")
        if order:
            self.call("sale.order", "action_cancel", [order])

    def check(self):
        """Check the availability of a delivery."""
        picking = self.one_of("stock.picking", OPEN)
        if picking:
            self.call("stock.picking", "action_assign", [picking])

    def unreserve(self):
        """Unreserve a delivery."""
        picking = self.one_of("stock.picking", OPEN)
        if picking:
            self.call("stock.picking", "do_unreserve", [picking])

    def twice(self):
        """Validate one delivery at the same moment as somebody else."""
        picking = self.one_of("stock.picking", OPEN[:1] + [("state", "=", "assigned")])
        if picking:
            other = threading.Thread(target=self._validate_too, args=(picking,))
            other.start()
            try:
                self.validate(picking)
            finally:
                other.join()

    def _validate_too(self, picking):
        try:
            self.validate(picking)
        except RefusedError as refusal:
            note(f"twice: {refusal}")

    # Who plans

    def release(self):
        """Release some held lines by hand."""
        moves = self.call("stock.move", "search", [("backorder_held", "=", True)], limit=40)
        if moves:
            some = self.rnd.sample(moves, min(3, len(moves)))
            self.call("stock.move", "action_backorder_release", some)

    def pause(self):
        """Pause a line, and let it go on."""
        move = self.one_of("stock.move", [("backorder_held", "=", True)])
        if move:
            self.call("stock.move", "write", [move], {"backorder_paused": True})
            self.call("stock.move", "action_backorder_resume", [move])

    def find(self):
        """Take what others have reserved for a line that waits."""
        move = self.one_of("stock.move", [("backorder_held", "=", True)])
        action = move and self.call("stock.move", "action_backorder_find_stock", [move])
        dialog = action and action.get("res_id")
        if dialog:
            lines = self.call(
                "backorder.reallocation.line", "search", [("wizard_id", "=", dialog)], limit=1
            )
            if lines:
                self.call("backorder.reallocation.line", "write", lines, {"take": 1})
                self.call("backorder.reallocation", "action_take", [dialog])

    def simulate(self):
        """Apply the plan of a simulation."""
        simulation = self.call("backorder.simulation", "create", {})
        self.call("backorder.simulation", "action_simulate", [simulation])
        self.call("backorder.simulation", "action_apply", [simulation])


VERBS = {
    "order": 30,
    "ship": 25,
    "receive": 14,
    "count": 6,
    "check": 6,
    "cancel": 4,
    "unreserve": 4,
    "twice": 3,
}
PLANS = {"release": 4, "pause": 2, "find": 2, "simulate": 1}
times, refused = collections.defaultdict(list), collections.Counter()


def note(refusal):
    """Count what people are told, by its first words."""
    refused[refusal.splitlines()[0][:110]] += 1


def work(person, verbs):
    """Do one thing after the other until the time is up."""
    while time.monotonic() < END:
        [verb] = person.rnd.choices(list(verbs), list(verbs.values()))
        began = time.monotonic()
        try:
            getattr(person, verb)()
            times[verb].append(time.monotonic() - began)
        except RefusedError as refusal:
            note(f"{verb}: {refusal}")


def run_jobs(person):
    """Run the jobs and Odoo's scheduler, one after the other, until the time is up."""
    while time.monotonic() < END:
        for job in [*WORLD["jobs"], WORLD["scheduler"]]:
            try:
                person.call("ir.cron", "method_direct_trigger", [job])
            except RefusedError as refusal:
                note(f"job: {refusal}")
        time.sleep(1)


seed = int(SEED) * 1000
people = [
    threading.Thread(target=work, args=(Person(seed + number), VERBS))
    for number in range(int(PEOPLE))
]
if MORE:
    people.append(threading.Thread(target=run_jobs, args=(Person(seed + 998),)))
if MORE and WORLD["feature"]:
    people.append(threading.Thread(target=work, args=(Person(seed + 999), PLANS)))
# From now, when everybody has logged in.
END = time.monotonic() + float(SECONDS)
for thread in people:
    thread.start()
for thread in people:
    thread.join()
with open(RESULT, "w") as result_file:
    json.dump({"seconds": float(SECONDS), "times": times, "refused": refused}, result_file)
if not times:
    sys.exit("nobody got anything done")
