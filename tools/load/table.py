"""Compare two runs of people.py: table.py ON_RESULT ON_LOG [OFF_RESULT OFF_LOG]."""

import json
import re
import sys

FOUND = {
    "done again": "tries left, try again",
    "given up": "maximum number of tries reached",
    "deadlocks": "(?i)deadlock detected",
    "refused by the server": " ERROR .*(?:serialize|deadlock)",
}


def read(result, log):
    """Return the figures of a run, and what its server wrote."""
    with open(result) as result_file, open(log, errors="replace") as log_file:
        return json.load(result_file), log_file.read()


def p95(seconds):
    """Return what 95 of 100 are not longer than."""
    return sorted(seconds)[int(0.95 * len(seconds))] if seconds else 0.0


def row(name, values, form):
    """Print a line: with the feature, without, and their ratio."""
    shown = [form.format(value) for value in values]
    ratio = f"{values[0] / values[1]:8.2f}" if len(values) > 1 and values[1] else ""
    print(f"{name:24}" + "".join(f"{text:>10}" for text in shown) + ratio)


runs = [read(*sys.argv[at : at + 2]) for at in range(1, len(sys.argv), 2)]
print(f"{'':24}" + "".join(f"{name:>10}" for name in ("on", "off")[: len(runs)]) + "   ratio")
people = [run["times"] for run, _log in runs]
row(
    "verbs a minute",
    [
        60 * sum(map(len, times.values())) / run["seconds"]
        for times, (run, _log) in zip(people, runs, strict=True)
    ],
    "{:.0f}",
)
for verb in sorted(people[0]):
    row(f"{verb}, p95 s", [p95(times.get(verb)) for times in people], "{:.2f}")
for name, pattern in FOUND.items():
    row(name, [len(re.findall(pattern, log)) for _run, log in runs], "{:d}")
told = [sum(run["refused"].values()) for run, _log in runs]
row("told no", told, "{:d}")
for text, times in sorted(runs[0][0]["refused"].items(), key=lambda item: -item[1])[:8]:
    print(f"  {times} {text}")
