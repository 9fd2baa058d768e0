"""Kill what is at work in the middle of a release: kill.py CONF DB KILLS SEED LOG KILLED.

Starts a server with workers on a database of orders that can all be released, and lets its
schedules begin. At random moments a process of Odoo or of PostgreSQL is killed (`kill -9`), or a
connection is cut. After each it is measured how long it takes until the release goes on by itself:
nothing nudges it. Each kill becomes a line of the file KILLED: how, and after how many seconds it
went on. Ends when all is released, or KILLED has so many lines; with a table of the whole file, and
with 1 where the work did not go on within two minutes.
With a PostgreSQL of other people use it cuts connections and kills processes of Odoo only.
"""

import contextlib
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

import psycopg2

CONF, DB, KILLS, SEED, LOG, KILLED = sys.argv[1:]
SERVER = pathlib.Path(__file__).parents[1] / "load" / "server.py"
# A worker that starts anew looks for work after a minute, and up to nine seconds more.
PATIENCE = 120
MINUTE = 70
WORKING = """
    SELECT pid, client_port FROM pg_stat_activity
     WHERE datname = %s AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
"""
HELD = "SELECT COUNT(*) FROM stock_move WHERE backorder_held"


def ask(query, *values, database=DB):
    """Return the rows of a query, on a connection of its own; None while the database is down."""
    try:
        connection = psycopg2.connect(dbname=database)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()
    except psycopg2.OperationalError:
        return None


def count_held():
    """Return how many lines wait; None while nobody knows."""
    rows = ask(HELD)
    return rows[0][0] if rows else None


def is_fewer(now, before):
    """Return whether fewer wait now; not where nobody knows."""
    return now is not None and now < before


def find_sockets(process):
    """Return the inodes of the sockets that a process has open."""
    links = []
    for handle in pathlib.Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(OSError):
            links.append(os.readlink(handle))
    return {link[8:-1] for link in links if link.startswith("socket:[")}


def find_worker(server, port):
    """Return the child of the server that has a connection from this local port; or None."""
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table][1:]
    inodes = {row[9] for row in rows if int(row[1].split(":")[1], 16) == port}
    with open(f"/proc/{server}/task/{server}/children") as children:
        workers = children.read().split()
    for worker in workers:
        with contextlib.suppress(OSError):
            if inodes & find_sockets(worker):
                return int(worker)
    return None


def kill_worker(server, _backend, port):
    """Kill the worker of Odoo that is at work."""
    worker = find_worker(server, port)
    if worker:
        os.kill(worker, signal.SIGKILL)
    return worker


def kill_backend(_server, backend, _port):
    """Kill the process of PostgreSQL that works for it: all others are ended with it."""
    os.kill(backend, signal.SIGKILL)
    return backend


def cut_connection(_server, backend, _port):
    """End the connection, as a network does."""
    return ask("SELECT pg_terminate_backend(%s)", backend)


def wait_for(condition, seconds):
    """Return how long it took until a condition holds; None where it did not."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if condition():
            return time.monotonic() - began
        time.sleep(0.2)
    return None


class Release:
    """A server that releases, and somebody who kills it."""

    def __init__(self):
        self.killed = pathlib.Path(KILLED)
        self.random = random.Random(int(SEED) + len(self.read()))
        self.ways = [kill_worker, cut_connection]
        if os.environ.get("PRIVATE_PG"):
            self.ways.append(kill_backend)

    def read(self):
        """Return what was killed: (how, seconds until it went on or None)."""
        lines = self.killed.read_text().split("\n")[:-1] if self.killed.exists() else []
        pairs = (line.split() for line in lines)
        return [(how, None if took == "None" else float(took)) for how, took in pairs]

    def run(self):
        """Kill until so many were killed, or everything is released; return what went wrong."""
        # The private server writes later than it says: what it forgets in a crash was never safe.
        ask(f'ALTER DATABASE "{DB}" SET synchronous_commit = on')
        server = subprocess.Popen(
            [sys.executable, SERVER, "-c", CONF, "-d", DB, "--workers", "1"]
            + ["--max-cron-threads", "2", "--http-port", os.environ["PORT"]]
            + ["--gevent-port", os.environ["GEVENT_PORT"], "--logfile", LOG],
        )
        try:
            time.sleep(8)  # until its workers listen
            # As whoever brings goods does.
            ask("SELECT pg_notify('cron_trigger', %s)", DB, database="postgres")
            while len(self.read()) < int(KILLS) and self.kill_once(server.pid):
                pass
            return wait_for(lambda: count_held() == 0, 20 * PATIENCE) is None
        finally:
            server.terminate()
            server.wait()

    def kill_once(self, server):
        """Kill one at a random moment, wait until the work goes on; return whether any is left."""
        started = wait_for(lambda: ask(WORKING, DB) or count_held() == 0, PATIENCE)
        time.sleep(self.random.uniform(0.0, 2.0))
        victims, held = ask(WORKING, DB), count_held()
        if started is None or held == 0:
            return False
        if not victims:
            return True
        way = self.random.choice(self.ways)
        if not way(server, *self.random.choice(victims)):
            return True
        took = wait_for(lambda: is_fewer(count_held(), held), PATIENCE)
        with self.killed.open("a") as lines:
            lines.write(f"{way.__name__} {took}\n")
        print(f"{way.__name__}: {held} wait, goes on after {took and round(took, 1)} s", flush=True)
        return True

    def report(self):
        """Print how often what was killed, and how long nothing happened."""
        print(f"{'killed':16} {'times':>5} {'median s':>9} {'longest s':>9} {'over 70 s':>9}")
        for name in sorted({how for how, _took in self.read()}):
            waits = [took for how, took in self.read() if how == name]
            done = sorted(wait for wait in waits if wait is not None) or [0.0]
            late = sum(wait is None or wait > MINUTE for wait in waits)
            print(f"{name:16} {len(waits):5} {done[len(done) // 2]:9.1f} {done[-1]:9.1f} {late:9}")


release = Release()
stuck = release.run()
release.report()
sys.exit(stuck or any(took is None for _how, took in release.read()))
