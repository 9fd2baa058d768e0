"""Print the closing line of a test run; fail unless every test ran and passed.

Usage: count_tests.py WHAT_ELSE_FAILED JUNIT_XML...
"""

import sys
import xml.etree.ElementTree as ET


def count(path):
    """Return (passed, failed, skipped) of a junit file; zeros when there is none."""
    try:
        suites = list(ET.parse(path).getroot().iter("testsuite"))
    except (FileNotFoundError, ET.ParseError):
        return 0, 0, 0

    def total(name):
        return sum(int(suite.get(name, 0)) for suite in suites)

    failed = total("failures") + total("errors")
    skipped = total("skipped")
    return max(total("tests") - failed - skipped, 0), failed, skipped


def main(other, *paths):
    """Print why the run failed, if it did, then the counts, alone on the last line."""
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
