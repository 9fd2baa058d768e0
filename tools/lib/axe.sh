# shellcheck shell=bash
# The script that measures how accessible our screens are (tests/test_screens_access.py).

# Not in the environment: it would ask for a browser of its own.
prepare_axe() { pip_folder axe "Getting axe from PyPI"; }
