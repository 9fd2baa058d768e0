"""Compare runs of Odoo's own tests: fail on a test that fails only with the addon.

Usage: compare_native.py KNOWN WITHOUT_XML OFF_XML ON_XML
KNOWN is a text file (docs/native-tests.md): a test whose `Class.test_name` it
mentions is a known difference with the feature on. With the feature off there
are none.
"""

import sys
import xml.etree.ElementTree as ET


def read_run(path):
    """Return {test name: "passed", "failed" or "skipped"} of a junit file."""
    outcome = {}
    for case in ET.parse(path).getroot().iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        tags = {child.tag for child in case}
        if tags & {"failure", "error"}:
            outcome[name] = "failed"
        elif outcome.get(name) != "failed":
            outcome[name] = "skipped" if "skipped" in tags else "passed"
    return outcome


def read_known(path):
    """Return the text of the known differences, empty when there is no such file."""
    try:
        with open(path, encoding="utf-8") as known:
            return known.read()
    except FileNotFoundError:
        return ""


def is_known(name, known):
    """Tell whether the text mentions Class.test_name as a whole word."""
    short = ".".join(name.split(".")[-2:])
    return any(word.strip("`|,.;:()") == short for word in known.split())


def only_with_addon(baseline, run):
    """Return the names that do not fail in the baseline and do not pass in the run."""
    return sorted(
        name for name, was in baseline.items() if was == "passed" and run.get(name) != "passed"
    ) + sorted(name for name, now in run.items() if name not in baseline and now == "failed")


def main(known_path, without_path, off_path, on_path):
    """Print the table and the differences; return 1 if one is not known."""
    known = read_known(known_path)
    baseline = read_run(without_path)
    print(f"{'run':<14}{'passed':>8}{'failed':>8}{'skipped':>9}{'only with us':>14}{'known':>7}")
    unknown = []
    for label, path, allowed in (
        ("without", without_path, ""),
        ("feature off", off_path, ""),
        ("feature on", on_path, known),
    ):
        run = read_run(path)
        outcomes = list(run.values())
        ours = only_with_addon(baseline, run)
        accepted = [name for name in ours if is_known(name, allowed)]
        unknown += [f"{label}: {name}" for name in ours if name not in accepted]
        print(
            f"{label:<14}{outcomes.count('passed'):>8}{outcomes.count('failed'):>8}"
            f"{outcomes.count('skipped'):>9}{len(ours):>14}{len(accepted):>7}"
        )
    for line in unknown:
        print(line)
    if not baseline:
        print("No test ran.")
    return 1 if unknown or not baseline else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
