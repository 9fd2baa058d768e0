"""Fail when an Odoo log has a warning or an error that is not allowed.

Usage: check_log.py ALLOWED LOG...
ALLOWED holds one regular expression a line, matched against "logger: message".
"""

import re
import sys

ENTRY = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (\w+) \S+ (\S+): (.*)")
BAD = {"WARNING", "ERROR", "CRITICAL"}
SHOWN_LINES = 25


def read_allowed(path):
    """Return the compiled patterns of the allow list."""
    with open(path, encoding="utf-8") as lines:
        return [
            re.compile(line.strip())
            for line in lines
            if line.strip() and not line.lstrip().startswith("#")
        ]


def find_bad(lines, allowed):
    """Return the entries, each a list of lines, that are bad and not allowed."""
    found = []
    current = None
    for line in lines:
        entry = ENTRY.match(line)
        if entry:
            level, logger, message = entry.groups()
            text = f"{logger}: {message}"
            current = None
            if level in BAD and not any(pattern.search(text) for pattern in allowed):
                current = [line]
                found.append(current)
        elif current is not None:
            current.append(line)
    return found


def main(allowed_path, *log_paths):
    """Print what is wrong in the logs; return 1 if anything is."""
    allowed = read_allowed(allowed_path)
    failed = 0
    for path in log_paths:
        try:
            with open(path, encoding="utf-8", errors="replace") as log:
                found = find_bad(log, allowed)
        except FileNotFoundError:
            print(f"There is no log {path}: Odoo did not start.")
            failed = 1
            continue
        for entry in found:
            print("".join(entry[:SHOWN_LINES]).rstrip())
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
