"""Take the pictures of docs/images from a running server with headless Chromium.

Needs Chromium in the PATH and websocket-client (requirements.txt). The story is the one of
`walk_rpc.py`, with a product and customers made for the pictures.
"""

import base64
import contextlib
import datetime
import itertools
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

import walk_rpc as walk
import websocket

WIDTH, HEIGHT = 1280, 800
LIST_HEIGHT = 300
MARGIN = 12
WAIT_SECONDS = 60
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# Chromium's sandbox does not start as root or in most containers; only our server is visited.
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
    f"--window-size={WIDTH},{HEIGHT}",
)
# Odoo draws in steps: nothing to load is left, and the fonts are there.
IDLE = (
    "!document.querySelector('.o_loading_indicator, .o_blockUI')"
    " && document.fonts.status === 'loaded'"
)


class Page:
    """One browser tab, driven over the DevTools protocol."""

    def __init__(self, socket_url):
        self._socket = websocket.create_connection(socket_url, timeout=WAIT_SECONDS)
        self._ids = itertools.count(1)
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=WIDTH,
            height=HEIGHT,
            deviceScaleFactor=1,
            mobile=False,
        )

    def send(self, method, **params):
        """Return the result of a protocol command."""
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == number:
                walk.check("error" not in answer, f"{method}: {answer.get('error')}")
                return answer["result"]

    def run(self, expression):
        """Return the value of a JavaScript expression."""
        result = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        return result["result"].get("value")

    def log_in(self, server):
        """Use the session of the server."""
        for cookie in server.cookies:
            self.send("Network.setCookie", name=cookie.name, value=cookie.value, url=server.url)

    def open(self, url, selector):
        """Open an address and wait for the element."""
        self.send("Page.navigate", url="about:blank")
        self.send("Page.navigate", url=url)
        self.wait(selector)

    def wait(self, selector):
        """Wait until the element is there and nothing is loading."""
        ready = f"!!document.querySelector({json.dumps(selector)}) && {IDLE}"
        deadline = time.monotonic() + WAIT_SECONDS
        while not self.run(ready):
            walk.check(time.monotonic() < deadline, f"{selector} does not appear")
            time.sleep(0.1)
        time.sleep(0.7)  # animations

    def click(self, selector):
        """Click the element."""
        self.wait(selector)
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def shoot(self, path, selector="body", height=HEIGHT):
        """Save a picture of what the window shows of the element, and a margin around it."""
        left, top, right, bottom = self.run(
            f"(({{left, top, right, bottom}}) => [left, top, right, bottom])"
            f"(document.querySelector({json.dumps(selector)}).getBoundingClientRect())"
        )
        left, top = max(left - MARGIN, 0), max(top - MARGIN, 0)
        clip = {
            "x": left,
            "y": top,
            "width": min(right + MARGIN, WIDTH) - left,
            "height": min(bottom + MARGIN, height) - top,
            "scale": 1,
        }
        picture = self.send("Page.captureScreenshot", format="png", clip=clip)
        path.write_bytes(base64.b64decode(picture["data"]))
        walk.say(str(path))


@contextlib.contextmanager
def browse():
    """Start a browser with a profile of its own; yield its page."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    walk.check(browser, "there is no Chromium in the PATH")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [browser, *OPTIONS, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield Page(get_socket_url(pathlib.Path(profile)))
        finally:
            process.terminate()
            process.wait(WAIT_SECONDS)


def get_socket_url(profile):
    """Wait for the browser and return the address of its page."""
    port_file = profile / "DevToolsActivePort"
    deadline = time.monotonic() + WAIT_SECONDS
    while not (port_file.exists() and port_file.read_text().count("\n")):
        walk.check(time.monotonic() < deadline, "Chromium does not start")
        time.sleep(0.1)
    port = port_file.read_text().split()[0]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as response:
        pages = json.load(response)
    return next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page")


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


def shoot_settings(server, page, out):
    """Take the block in the settings."""
    action = "stock.action_stock_config_settings"
    page.open(f"{server.url}/odoo/action-{action}", "#backorder_automation")
    # A block is a title and a container of settings: frame both.
    page.run(
        "(block => { const frame = document.createElement('div');"
        " frame.id = 'picture'; block.previousElementSibling.before(frame);"
        " frame.append(frame.nextElementSibling, block);"
        " frame.scrollIntoView({block: 'center'}) })"
        "(document.querySelector('#backorder_automation').closest('.o_settings_container'))"
    )
    page.wait("#picture")
    page.shoot(out / "settings.png", "#picture")


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
    shoot_settings(server, page, out)

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
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("docs/images"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
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
