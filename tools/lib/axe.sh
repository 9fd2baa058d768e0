# shellcheck shell=bash
# The script that measures how accessible our screens are (tests/test_screens_access.py).

# Beside the environment, not in it: it would ask for a browser of its own.
prepare_axe() {
    local key
    key=$(cksum <"$ROOT/requirements-axe.txt")
    [ "$(cat "$STATE/axe/.ready" 2>/dev/null)" != "$key" ] || return 0
    rm -rf "$STATE/axe"
    step "Getting axe from PyPI" pip-axe pip_install --no-deps --target "$STATE/axe" \
        -r "$ROOT/requirements-axe.txt" && printf '%s' "$key" >"$STATE/axe/.ready"
}
