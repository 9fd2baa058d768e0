"""Make README.rst of each addon from its readme/ fragments, and CHANGELOG.md from the history.

Usage: make_readme.py ROOT [--check]
With --check nothing is written: fails where a file is not what would be made.
"""

import ast
import pathlib
import re
import sys

import docutils.core
import m2r2

# The fragments, in their order, and what the section is called.
SECTIONS = {
    "DESCRIPTION": "",
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
    "DEVELOP": "For Developers",
    "ROADMAP": "Known Limits",
    "HISTORY": "Changes",
    "CONTRIBUTORS": "Contributors",
}
HISTORY = "backorder_automation/readme/HISTORY.md"
# The converter escapes the white space after each word in a font of its own, needed or not.
NEEDLESS = re.compile(r"(?<=[(\s])\\ |\\ (?=[\s.,;:!?)\]])|\\? *$", re.MULTILINE)


def convert(markdown):
    """Return Markdown as reStructuredText."""
    return NEEDLESS.sub("", m2r2.convert(markdown)).strip()


def make_readme(addon):
    """Return the README.rst of an addon.

    :param pathlib.Path addon: its folder
    """
    name = ast.literal_eval((addon / "__manifest__.py").read_text())["name"]
    rule = "=" * len(name)
    parts = [f"{rule}\n{name}\n{rule}", ".. Made of readme/ by `make readme`: change it there."]
    for fragment, title in SECTIONS.items():
        path = addon / "readme" / f"{fragment}.md"
        if path.exists():
            heading = f"{title}\n{'=' * len(title)}\n\n" if title else ""
            parts.append(heading + convert(path.read_text()))
    text = "\n\n".join(parts) + "\n"
    # Raises where something would be shown as it is written.
    docutils.core.publish_doctree(text, settings_overrides={"halt_level": 2, "report_level": 5})
    return text


def make_all(root):
    """Return {path: what it should say} of every file that is made."""
    files = {
        manifest.parent / "README.rst": make_readme(manifest.parent)
        for manifest in sorted(root.glob("*/__manifest__.py"))
    }
    return {**files, root / "CHANGELOG.md": "# Changes\n\n" + (root / HISTORY).read_text()}


def main():
    """Write what is not up to date, or name it with --check and return 1."""
    root = pathlib.Path(sys.argv[1])
    stale = {
        path: text
        for path, text in make_all(root).items()
        if not path.exists() or path.read_text() != text
    }
    if "--check" not in sys.argv:
        for path, text in stale.items():
            path.write_text(text)
        return 0
    for path in stale:
        print(f"{path.relative_to(root)} is not what its fragments say: run make readme")
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())
