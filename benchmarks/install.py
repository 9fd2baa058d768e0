"""Install the addon on a database with many moves, and look at the locks meanwhile.

Usage: install.py DATABASE CONFIG [MOVES]
DATABASE has Odoo's own modules and not the addon; it is filled with done moves in SQL, and is to
spare. Prints what the installation took, the longest time stock_move was locked against readers and
against writers, and whether a big table or any move was written again. Fails when one was.
"""

import subprocess
import sys
import threading
import time

import psycopg2

TABLES = ("stock_move", "stock_picking", "sale_order", "sale_order_line", "stock_quant")
FILL = """
INSERT INTO stock_move (company_id, date, location_id, location_dest_id, product_id, product_uom,
                        product_uom_qty, product_qty, quantity, procure_method, state, priority,
                        reference, create_date)
SELECT warehouse.company_id, now() - n * interval '1 minute', warehouse.lot_stock_id, customer.id,
       product.id, template.uom_id, 1, 1, 1, 'make_to_stock', 'done', '0', 'WH/OUT/' || n, now()
  FROM generate_series(1, %s) n,
       (SELECT * FROM stock_warehouse ORDER BY id LIMIT 1) warehouse,
       (SELECT * FROM stock_location WHERE usage = 'customer' ORDER BY id LIMIT 1) customer,
       (SELECT * FROM product_product ORDER BY id LIMIT 1) product
  JOIN product_template template ON template.id = product.product_tmpl_id
"""
LOCKS = """
SELECT mode FROM pg_locks
 WHERE relation = 'stock_move'::regclass AND granted AND pid != pg_backend_pid()
   AND mode IN ('AccessExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock')
"""
READERS, WRITERS = "AccessExclusiveLock", "any"


def get_files(cr):
    """Return the file of each big table: another one after the table was rewritten."""
    cr.execute("SELECT relname, relfilenode FROM pg_class WHERE relname IN %s", [TABLES])
    return dict(cr.fetchall())


def count_written(cr):
    """Return how many rows of stock_move were written by anybody so far."""
    cr.execute("SELECT pg_stat_clear_snapshot()")
    cr.execute("SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 'stock_move'")
    return cr.fetchone()[0]


def watch(name, stop, longest):
    """Note how long the locks on stock_move are held, looking a hundred times a second."""
    connection = psycopg2.connect(dbname=name)
    connection.autocommit = True
    since = {}
    with connection.cursor() as cr:
        while not stop.wait(0.01):
            cr.execute(LOCKS)
            modes, now = {mode for (mode,) in cr.fetchall()}, time.monotonic()
            held = {READERS: READERS in modes, WRITERS: bool(modes)}
            for kind, is_held in held.items():
                if not is_held:
                    since.pop(kind, None)
                    continue
                began = since.setdefault(kind, now)
                longest[kind] = max(longest.get(kind, 0.0), now - began)


def main(name, config, moves=1_000_000):
    """Fill, install, print; return 1 when anything was written again, else 0."""
    connection = psycopg2.connect(dbname=name)
    connection.autocommit = True
    with connection.cursor() as cr:
        cr.execute(FILL, [int(moves)])
        cr.execute("ANALYZE stock_move")
        before, written = get_files(cr), count_written(cr)
        stop, longest = threading.Event(), {}
        watcher = threading.Thread(target=watch, args=(name, stop, longest))
        watcher.start()
        began = time.monotonic()
        command = ["-m", "odoo", "-c", config, "-d", name, "-i", "backorder_automation"]
        subprocess.run(
            [sys.executable, *command, "--stop-after-init", "--no-http", "--log-level=warn"],
            check=True,
        )
        took = time.monotonic() - began
        stop.set()
        watcher.join()
        rewritten = [table for table, file in get_files(cr).items() if before[table] != file]
        time.sleep(2)  # until the statistics have arrived
        written = count_written(cr) - written
    print(f"moves: {moves}, of which {written} were written")
    print(f"installed in {took:.1f} s")
    print(f"stock_move locked against readers for at most {longest.get(READERS, 0.0):.2f} s")
    print(f"stock_move locked against writers for at most {longest.get(WRITERS, 0.0):.2f} s")
    print(f"rewritten: {', '.join(rewritten) or 'nothing'}")
    return 1 if rewritten or written else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
