"""Print the slowest tests and the closing line of a run; fail unless every test ran and passed.

Usage: count_tests.py WHAT_ELSE_FAILED JUNIT_XML...
"""

import sys
import xml.etree.ElementTree as ET

SLOWEST = 20
# A test that stops the clock is measured with a stopped one.
LONGEST = 24 * 3600


def read(path):
    """Return the root of a junit file, or None when there is none."""
    try:
        return ET.parse(path).getroot()
    except (FileNotFoundError, ET.ParseError):
        return None


def count(path):
    """Return (passed, failed, skipped) of a junit file; zeros when there is none."""
    root = read(path)
    suites = [] if root is None else list(root.iter("testsuite"))

    def total(name):
        return sum(int(suite.get(name, 0)) for suite in suites)

    failed = total("failures") + total("errors")
    skipped = total("skipped")
    return max(total("tests") - failed - skipped, 0), failed, skipped


def slowest(paths):
    """Return (seconds, name) of the tests that took longest, the longest first."""
    cases = [
        (float(case.get("time", 0)), f"{case.get('classname')}.{case.get('name')}")
        for path in paths
        if (root := read(path)) is not None
        for case in root.iter("testcase")
    ]
    return sorted((case for case in cases if 0 < case[0] < LONGEST), reverse=True)[:SLOWEST]


def main(other, *paths):
    """Print what took long, why the run failed if it did, and last, alone, the counts."""
    print("The slowest tests:")
    for seconds, name in slowest(paths):
        print(f"{seconds:8.1f} s  {name}")
    passed, failed, skipped = map(sum, zip(*map(count, paths), strict=True))
    reasons = [other] if other else []
    if skipped:
        reasons.append("a test was skipped")
    if not all(sum(count(path)) for path in paths):
        reasons.append("no test ran")
    if reasons or failed:
        print("FAILED: " + ("; ".join(reasons) or "see above"), flush=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if reasons or failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
