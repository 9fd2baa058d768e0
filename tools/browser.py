"""A headless Chromium that opens pages of a running server and takes pictures of them.

Needs Chromium in the PATH, and websocket-client and Pillow (requirements.txt).
"""

import base64
import contextlib
import io
import itertools
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.request

import walk_rpc as walk
import websocket
from PIL import Image

WIDTH, HEIGHT = 1280, 800
PHONE_WIDTH = 400
MARGIN = 12
WAIT_SECONDS = 60
COLORS = 256
TIMEZONE = "Europe/Brussels"  # of the users of the demo data: else dates differ around midnight
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
        self.send("Emulation.setTimezoneOverride", timezoneId=TIMEZONE)
        self.resize(WIDTH, HEIGHT)

    def resize(self, width, height):
        """Give the window a size in pixels; what is open draws itself anew."""
        self.width, self.height = width, height
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width <= PHONE_WIDTH,
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

    def shoot(self, path, selector="body", height=None):
        """Save a picture of what the window shows of the element, and a margin around it.

        :param pathlib.Path path: where to
        :param str selector: the element
        :param int height: where to cut it off, in pixels from the top of the window
        """
        left, top, right, bottom = self.run(
            f"(({{left, top, right, bottom}}) => [left, top, right, bottom])"
            f"(document.querySelector({json.dumps(selector)}).getBoundingClientRect())"
        )
        left, top = max(left - MARGIN, 0), max(top - MARGIN, 0)
        clip = {
            "x": left,
            "y": top,
            "width": min(right + MARGIN, self.width) - left,
            "height": min(bottom + MARGIN, height or self.height) - top,
            "scale": 1,
        }
        picture = self.send("Page.captureScreenshot", format="png", clip=clip)
        save(base64.b64decode(picture["data"]), path)
        walk.say(str(path))


def save(png, path):
    """Write a picture with a palette: screens have few colours, and the file is a third."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(COLORS, dither=Image.Dither.NONE).save(path, optimize=True)


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
