"""Time, queries and memory of some work, undone afterwards; and the goals they are held to."""

import contextlib
import gc
import time

results = []


@contextlib.contextmanager
def rolled_back(env):
    """Undo everything that happens inside."""
    savepoint = env.cr.savepoint(flush=True)
    savepoint.__enter__()
    try:
        yield
    finally:
        env.cr.precommit.clear()
        env.cr.postcommit.clear()
        savepoint.rollback()
        savepoint.close(rollback=True)
        env.invalidate_all(flush=False)


def measure(env, work):
    """Return the seconds and the queries of `work`, with everything flushed."""
    env.flush_all()
    env.invalidate_all()
    gc.collect()
    queries, start = env.cr.sql_log_count, time.perf_counter()
    work()
    env.flush_all()
    return time.perf_counter() - start, env.cr.sql_log_count - queries


@contextlib.contextmanager
def peak_memory():
    """Yield a list that holds afterwards by how many MiB the process grew at its peak.

    The kernel's own high-water mark, set back first (proc(5), clear_refs).
    """
    gc.collect()
    with open("/proc/self/clear_refs", "w") as marks:
        marks.write("5")
    before, grown = _memory("VmRSS"), []
    yield grown
    grown.append((_memory("VmHWM") - before) / 1024)


def _memory(key):
    """Return a line of /proc/self/status, in KiB."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(key))


def goal(name, ours, native, limit, value=None):
    """Note a goal: `value` (ours divided by native when None) must not pass `limit`."""
    ratio = ours / native if native else None
    value = ratio if value is None else value
    results.append((name, ours, native, ratio, limit, value <= float(limit)))
    shown = f"{ratio:.2f}" if ratio is not None else "-"
    print(f"  {name}: ours {ours:.2f}, native {native or 0:.2f}, ratio {shown}", flush=True)


def report():
    """Print one line per goal; return whether all of them are met."""
    width = max(len(row[0]) for row in results)
    print(f"\n{'name':<{width}}  {'ours':>10}  {'native':>10}  {'ratio':>6}  {'goal':>6}")
    for name, ours, native, ratio, limit, met in results:
        print(
            f"{name:<{width}}  {ours:>10.2f}  {native or 0:>10.2f}  "
            f"{'-' if ratio is None else format(ratio, '.2f'):>6}  {limit:>6}  "
            f"{'ok' if met else 'SHORT'}"
        )
    return all(row[5] for row in results)
