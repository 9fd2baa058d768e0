"""Fail when docs/ names a test that is not there any more: check_docs.py ROOT."""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
tests = {
    name
    for path in (*root.glob("*/tests/test_*.py"), *root.glob("engine_tests/test_*.py"))
    for name in re.findall(r"def (test_\w+)", path.read_text())
}
lost = [
    f"{page.relative_to(root)} names {name}, which is no test"
    for page in sorted((root / "docs").glob("pitfalls.md"))
    for name in re.findall(r"`(test_\w+)`", page.read_text())
    if name not in tests
]
print("\n".join(lost), end="\n" if lost else "")
sys.exit(bool(lost))
