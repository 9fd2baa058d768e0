# shellcheck shell=bash
# Finds Odoo 19.0 and makes `python -m odoo` work in the virtual environment.
#
# Looked for in this order: ODOO_PATH; a python3 that imports Odoo; Debian's
# package odoo-19, unpacked into the state folder and never installed.

SERIES=19.0
CONF=$STATE/odoo.conf
UNPACKED=$STATE/root/usr/lib/python3/dist-packages

series_of() {
    sed -n 's/^version_info *= *(\([0-9]*\), *\([0-9]*\).*/\1.\2/p' "$1/odoo/release.py" 2>/dev/null
}

# The folder of the `odoo` package in the python3 on the PATH, if it has one.
importable_odoo() {
    have python3 && (cd / && python3 - 2>/dev/null) <<'PY'
import os
import odoo.release
print(os.path.dirname(os.path.dirname(odoo.release.__file__)))
PY
}

prepare_odoo() {
    local home found installed=''
    if [ -n "${ODOO_PATH:-}" ]; then
        home=$(cd "$ODOO_PATH" 2>/dev/null && pwd -P) || die "ODOO_PATH=$ODOO_PATH is not a folder."
        [ -e "$home/odoo/release.py" ] ||
            die "ODOO_PATH=$ODOO_PATH holds no odoo/release.py; name the folder of an Odoo $SERIES checkout."
        found=$(series_of "$home")
        [ "$found" = "$SERIES" ] ||
            die "ODOO_PATH=$ODOO_PATH is Odoo ${found:-of an unknown series} and this addon needs Odoo $SERIES."
    elif home=$(importable_odoo) && [ "$(series_of "$home")" = "$SERIES" ]; then
        installed=$(python3 -c 'import sys; print(sys.executable)')
    else
        home=$UNPACKED
        [ -e "$STATE/root/.ready" ] || unpack_debian
    fi
    prepare_python "$installed"
    if [ "$home" = "$UNPACKED" ] && [ ! -e "$STATE/root/.compiled" ]; then
        # Each start is twice as fast with compiled files.
        step "Compiling Odoo" compile env -u PYTHONDONTWRITEBYTECODE \
            "$PY" -m compileall -q -j 2 "$UNPACKED/odoo" || true
        touch "$STATE/root/.compiled"
    fi
    if [ -z "$installed" ]; then
        printf '%s\n' "$home" >"$("$PY" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/odoo-path.pth"
    fi
    # shellcheck disable=SC2034  # read by database.sh
    ODOO_HOME=$home
    say "- Odoo $SERIES: $home"
}

# A private package index: no right to change the machine's own is needed, and
# the mirror is the one this machine already uses. A mirror may be a frozen copy,
# whose index is past its date; its signature is checked all the same.
private_apt() {
    local apt=$STATE/apt
    apt-get -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State="$apt" -o Dir::State::lists="$apt/lists" \
        -o Dir::State::status=/var/lib/dpkg/status -o Dir::Cache="$apt/cache" \
        -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none \
        -o Acquire::Check-Valid-Until=false -q "$@"
}

write_sources() {
    local apt=$STATE/apt key=/usr/share/keyrings/debian-archive-keyring.gpg mirror suite
    # shellcheck disable=SC2016  # apt's own variable
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        grep -E '/debian/?$' | head -n 1 | sed 's,/*$,,') || true
    [ -n "$mirror" ] && [ -e "$key" ] || return 1
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    for suite in bookworm sid; do
        printf 'deb [signed-by=%s] %s %s main\n' "$key" "$mirror" "$suite"
    done >"$apt/sources.list"
}

# Exactly this set leaves no broken link in Odoo's static files.
download_debs() {
    mkdir -p "$STATE/debs" &&
        (cd "$STATE/debs" && private_apt download odoo-19/sid fonts-montserrat/sid \
            fonts-font-awesome/bookworm fonts-roboto-unhinted/bookworm fonts-inconsolata/bookworm \
            fonts-ocr-b/bookworm libjs-jquery/bookworm libjs-jquery-form/bookworm libjs-underscore/bookworm)
}

extract_debs() {
    local deb part=$STATE/root.part packages stub
    packages=$part/usr/lib/python3/dist-packages
    stub=$packages/odoo/addons/mail/static/lib/selfie_segmentation
    rm -rf "$part" "$STATE/root" && mkdir -p "$part" || return 1
    for deb in "$STATE"/debs/*.deb; do
        dpkg -x "$deb" "$part" || return 1
    done
    # A second, partial tree of the addons; and metadata that makes pip build psycopg2.
    rm -rf "$packages/addons" "$packages"/odoo-*.egg-info || return 1
    # Listed in the backend's bundle and left out of the package: every tour would fail.
    mkdir -p "$stub" &&
        echo '/* Left out of the Debian package; the bundle only needs the file to exist. */' \
            >"$stub/selfie_segmentation.js" &&
        mv "$part" "$STATE/root"
}

unpack_debian() {
    local found help="set ODOO_PATH to the folder of an Odoo $SERIES checkout"
    if ! have apt-get || ! have dpkg; then
        die "Odoo $SERIES was not found and this is no Debian machine to get it from; $help."
    fi
    if ! ls "$STATE"/debs/odoo-19_*.deb >/dev/null 2>&1; then
        write_sources || die "Odoo $SERIES was not found and apt here names no Debian mirror; $help."
        step "Reading Debian's package list" apt-index private_apt update ||
            die "Debian's mirror could not be read; check the network or $help (see $(log_of apt-index))."
        step "Downloading Odoo $SERIES (132 MB)" apt-download download_debs ||
            die "Odoo $SERIES could not be downloaded; check the network or $help (see $(log_of apt-download))."
    fi
    step "Unpacking Odoo" unpack extract_debs ||
        die "Odoo could not be unpacked; remove $STATE/debs and run this again (see $(log_of unpack))."
    found=$(series_of "$UNPACKED")
    [ "$found" = "$SERIES" ] ||
        die "Debian's package is Odoo ${found:-of an unknown series} by now and this addon needs $SERIES; $help."
    touch "$STATE/root/.ready"
}

# The repository's addons: folders in its root that hold a manifest. ADDONS=name,... for some only.
addons() {
    local manifest
    if [ -n "${ADDONS:-}" ]; then
        printf '%s\n' "${ADDONS//,/ }" | tr ' ' '\n'
        return 0
    fi
    for manifest in "$ROOT"/*/__manifest__.py; do
        [ ! -e "$manifest" ] || basename "$(dirname "$manifest")"
    done
}

addons_csv() { addons | paste -sd, -; }

need_addon() { [ -n "$(addons)" ] || die "there is no addon in $ROOT: no folder holds an __manifest__.py."; }

# Only the repository: Odoo adds its own addons to the path itself.
write_conf() {
    cat >"$CONF" <<CONF
[options]
addons_path = $ROOT
data_dir = $STATE/data
db_host = $PGHOST
db_port = $PGPORT
db_user = $PGUSER
http_interface = 127.0.0.1
list_db = False
CONF
}

odoo() { "$PY" -m odoo "$@"; }
