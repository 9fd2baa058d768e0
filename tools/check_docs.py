"""Fail when a document names what is not there any more: check_docs.py ROOT.

The tests of the pitfalls, and what pages for developers name: methods, fields, models, files.
"""

import pathlib
import re
import sys

PAGES = ("docs/design.md", "CONTRIBUTING.md", "backorder_automation/readme/DEVELOP.md")

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

sources = [path for addon in root.glob("*/__manifest__.py") for path in addon.parent.rglob("*.*")]
files = [*sources, *root.glob("*/*"), *(root / "tools").rglob("*.*")]
paths = "\n".join(str(path.relative_to(root)) for path in files)
words = {
    word
    for path in [*files, root / "Makefile"]
    if path.suffix in (".py", ".xml", ".sh") or path.name == "Makefile"
    for word in re.findall(r"\w+", path.read_text())
}.union(re.findall(r"\w+", paths))
for page in PAGES:
    for name in re.findall(r"`([\w./]+)[^`\n]*`", (root / page).read_text()):
        is_path = "/" in name or name.endswith((".py", ".md"))
        if is_path and name.rstrip("/") not in paths:
            lost.append(f"{page} names {name}, which is no file")
        elif not is_path and not words.issuperset(re.findall(r"\w+", name)):
            lost.append(f"{page} names {name}, which is nowhere in the code")

print("\n".join(lost), end="\n" if lost else "")
sys.exit(bool(lost))
