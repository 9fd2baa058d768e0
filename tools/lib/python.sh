# shellcheck shell=bash
# The virtual environment: Odoo's requirements, and the tools of the tests.

PY=$STATE/venv/bin/python

# Odoo's pins are for Python 3.11 (Debian 12). An Odoo that is already
# installed brings its own packages, so its Python may be another one.
find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3.11 /usr/bin/python3.11 python3; do
        if have "$candidate" && "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
            printf '%s' "$candidate"
            return 0
        fi
    done
    return 1
}

# Debian leaves ensurepip out of python3; without it a venv has no pip.
can_make_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

make_venv() {
    local python=$1
    rm -rf "$STATE/venv" && "$python" -m venv "$STATE/venv"
}

pip_install() { "$PY" -m pip install --quiet --disable-pip-version-check "$@"; }

# pip_folder NAME SAYS: what requirements-NAME.txt lists, into a folder of its own beside the
# environment.
pip_folder() {
    local list=$ROOT/requirements-$1.txt key
    key=$(cksum <"$list")
    [ "$(cat "$STATE/$1/.ready" 2>/dev/null)" != "$key" ] || return 0
    rm -rf "${STATE:?}/$1"
    step "$2" "pip-$1" pip_install --no-deps --target "$STATE/$1" -r "$list" &&
        printf '%s' "$key" >"$STATE/$1/.ready"
}

# What the environment was made from; anything else makes it again.
venv_key() { cat "$ROOT/requirements.txt" "$ROOT/requirements-dev.txt" | cksum; }

# prepare_python [PYTHON_OF_AN_INSTALLED_ODOO]
prepare_python() {
    local installed=${1:-} python key
    key="$(venv_key) $installed"
    [ "$(cat "$STATE/venv/.ready" 2>/dev/null)" != "$key" ] || return 0
    if [ -n "$installed" ]; then
        python=$installed
    else
        find_python >/dev/null || ! is_root || have python3 || apt_install Python python3 python3-venv
        python=$(find_python) ||
            die "Python 3.11 was not found; install it or name it with PYTHON=/path/to/python3.11."
    fi
    can_make_venv "$python" || apt_install "Python's venv module" python3-venv
    step "Making a Python environment" venv make_venv "$python" ||
        die "the Python environment could not be made; see $(log_of venv)."
    if [ -n "$installed" ]; then
        # Look at the packages of the Python that has Odoo, without touching them.
        "$python" -c 'import sys; print("\n".join(p for p in sys.path if p.endswith("-packages")))' \
            >"$("$PY" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/installed.pth"
    else
        step "Installing what Odoo needs from PyPI (58 MB)" pip pip_install -r "$ROOT/requirements.txt" ||
            die "pip could not install requirements.txt; check the network and see $(log_of pip)."
    fi
    step "Installing the test and lint tools" pip-dev pip_install -r "$ROOT/requirements-dev.txt" ||
        die "pip could not install requirements-dev.txt; check the network and see $(log_of pip-dev)."
    printf '%s' "$key" >"$STATE/venv/.ready"
}
