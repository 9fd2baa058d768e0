"""What a release cannot be faster than, and where its time goes."""

import cProfile
import pstats
import time
from unittest.mock import patch

from odoo.sql_db import Cursor

# The steps of a release, in their order, and what Odoo does inside them.
PHASES = {
    "_backorder_lock": "locking moves and stock",
    "_backorder_cap": "checking what is still owed",
    "_backorder_reserve": "reserving (Odoo)",
    "_backorder_split_missing": "splitting",
    "_backorder_create_transfers": "creating the transfers (mostly Odoo)",
    "_note_released": "the run log",
    "flush_all": "flushing recomputed fields (Odoo)",
}


def record(env, work):
    """Do `work` and return its SQL statements, with their parameters filled in."""
    statements, execute = [], Cursor.execute

    def remember(cursor, *args, **kwargs):
        execute(cursor, *args, **kwargs)
        statements.append(cursor._obj.query)

    env.flush_all()
    env.invalidate_all()
    with patch.object(Cursor, "execute", remember):
        work()
        env.flush_all()
    return statements


def replay(env, statements):
    """Run recorded statements and nothing else; return the seconds they took."""
    raw = env.cr._obj
    start = time.perf_counter()
    for query in statements:
        raw.execute(query)
        if raw.description:
            raw.fetchall()
    return time.perf_counter() - start


def read_sequences(env):
    """Return where the sequences of the database stand; None is before the first number."""
    env.cr.execute("SELECT sequencename, last_value FROM pg_sequences")
    return dict(env.cr.fetchall())


def set_back(env, before):
    """Set the sequences back, so that replayed statements get the ids they name."""
    for name, value in read_sequences(env).items():
        old = before.get(name, value)
        if old != value:
            env.cr.execute("SELECT setval(%s, %s, %s)", [f'"{name}"', old or 1, old is not None])


def profile(env, work):
    """Do `work` and return the share of each phase of a release, in percent."""
    env.flush_all()
    env.invalidate_all()
    profiler = cProfile.Profile()
    profiler.runcall(work)
    stats = pstats.Stats(profiler)
    shares = dict.fromkeys(PHASES, 0.0)
    for (_file, _line, name), (_calls, _primitive, _own, seconds, _by) in stats.stats.items():
        if name in PHASES:
            shares[name] = max(shares[name], seconds / stats.total_tt * 100)
    return {PHASES[name]: share for name, share in shares.items()}
