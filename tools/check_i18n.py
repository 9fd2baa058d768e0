"""Fail when a translation is not complete or not whole: check_i18n.py ROOT.

The languages are those of `backorder_automation/i18n`; every addon has to have the same ones.
"""

import collections
import pathlib
import re
import sys

import polib

MAIN = "backorder_automation"
# What has to be in a translation as often as in its English: %s and %(name)s, {{ }}, and tags.
FIXED = re.compile(
    r"%(?:\(\w+\))?[-+#0]*[\d.]*[diouxXeEfFgGcrsa]\b|\{\{.*?\}\}|<[^<>]+>",
    re.DOTALL,
)


def fixed(text):
    """Return how often everything that must not be translated stands in the text."""
    return collections.Counter(re.sub(r"\s+", " ", part) for part in FIXED.findall(text))


def ends(text):
    """Return the white space around the text: the code joins sentences by it."""
    return re.match(r"\s*", text)[0], re.search(r"\s*$", text)[0]


def places(entry):
    """Return where the term is used, without line numbers."""
    return {place for place, _line in entry.occurrences}


def check_term(entry, term):
    """Yield what is wrong with the translation of one term.

    :param entry: the entry of the .po file, or None where it has none
    :param term: the entry of the template
    """
    if entry is None:
        yield "is missing"
        return
    if entry.fuzzy:
        yield "is fuzzy"
    if not entry.msgstr.strip():
        yield "is empty"
        return
    if fixed(entry.msgstr) != fixed(term.msgid):
        yield "has other placeholders or tags than the English"
    if ends(entry.msgstr) != ends(term.msgid):
        yield "begins or ends with other spaces than the English"
    # Odoo finds the translation of a record by its place, so a lost place is a lost translation.
    if places(term) != places(entry):
        yield "names other places than the template"


def check_file(path, template):
    """Yield what is wrong with one .po file.

    :param path: the path of the .po file
    :param template: the parsed .pot file of its addon
    """
    translation = polib.pofile(str(path))
    entries = {entry.msgid: entry for entry in translation if not entry.obsolete}
    terms = {entry.msgid: entry for entry in template}
    if translation.metadata.get("Language") != path.stem:
        yield "the header names another language"
    for msgid, term in terms.items():
        for complaint in check_term(entries.get(msgid), term):
            yield f"{msgid!r} {complaint}"
    for msgid in [*(set(entries) - set(terms)), *(e.msgid for e in translation.obsolete_entries())]:
        yield f"{msgid!r} is obsolete"


def check(root):
    """Yield what is wrong with the translations of all addons below the root."""
    languages = {path.stem for path in (root / MAIN / "i18n").glob("*.po")}
    for template_path in sorted(root.glob("*/i18n/*.pot")):
        folder = template_path.parent
        template = polib.pofile(str(template_path))
        if not template:  # nothing to translate
            continue
        own = {path.stem for path in folder.glob("*.po")}
        for language in sorted(languages ^ own):
            yield f"{folder.relative_to(root)}: {language} is not in every addon"
        for path in sorted(folder.glob("*.po")):
            for complaint in check_file(path, template):
                yield f"{path.relative_to(root)}: {complaint}"


def main(root):
    """Print every complaint; return how the check ends for the shell."""
    complaints = list(check(pathlib.Path(root)))
    print("\n".join(complaints), end="\n" if complaints else "")
    return bool(complaints)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
