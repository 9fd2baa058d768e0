# shellcheck shell=bash
# make dist: a wheel of each addon, for pip. And the test that installs them as others do.

WHEELS=$STATE/dist

# The files of the repository, those not committed yet among them; without git, all that lie there.
addon_files() {
    (cd "$ROOT" && {
        git ls-files --cached --others --exclude-standard -- "$1" 2>/dev/null | grep . ||
            find "$1" -type f -not -name '*.pyc'
    } | while read -r file; do [ ! -e "$file" ] || printf '%s\n' "$file"; done)
}

# The same bytes whoever builds, wherever and whenever: the time is that of the last commit.
build_epoch() { git -C "$ROOT" log -1 --format=%ct 2>/dev/null || echo 315532800; }

# build_wheels FOLDER
build_wheels() {
    local source=$STATE/wheel-source addon names
    mapfile -t names < <(ADDONS='' addons)
    rm -rf "$source" "$1" && mkdir -p "$source" || return 1
    for addon in "${names[@]}"; do
        (umask 022 && addon_files "$addon" | (cd "$ROOT" && tar -cf - --mode=0644 -T -) |
            tar -xf - --no-same-permissions -C "$source") || return 1
    done
    # The addons are no part of the repository that the state folder may lie in.
    (cd "$source" && umask 022 && GIT_CEILING_DIRECTORIES=$STATE SOURCE_DATE_EPOCH=$(build_epoch) \
        "$PY" -m pip wheel --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation \
        --wheel-dir "$1" "${names[@]/#/./}") && rm -rf "$source"
}

cmd_dist() {
    need_tools
    step "Building a wheel of each addon" dist build_wheels "$WHEELS" ||
        die "the wheels could not be built; see $(log_of dist)."
    ls "$WHEELS"/*.whl
}

# An environment as others have it: Odoo and what it needs, and nothing of this repository.
make_place() {
    local place=$1 site
    rm -rf "$place" && "$PY" -m venv "$place" || return 1
    site=$("$place/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))') || return 1
    { "$PY" -c 'import sys; print(*[p for p in sys.path if p.endswith("-packages")], sep="\n")'
        printf '%s\n' "$ODOO_HOME"; } >"$site/odoo.pth"
    # What is unpacked or checked out does not tell pip that it is there.
    "$place/bin/python" -c 'import importlib.metadata; importlib.metadata.version("odoo")' 2>/dev/null || {
        mkdir "$site/odoo-$SERIES.dist-info" &&
            printf 'Metadata-Version: 2.1\nName: odoo\nVersion: %s\n' "$SERIES" >"$site/odoo-$SERIES.dist-info/METADATA"
    }
}

# Each brings what it builds on: the core is not named.
install_wheels() {
    local names
    mapfile -t names < <(ADDONS='' addons | grep -vx backorder_automation)
    make_place "$1" && "$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \
        --find-links "$WHEELS" "${names[@]/#/odoo-addon-}"
}

# Odoo from there, anywhere but in the repository.
odoo_there() { (exec_there "$@"); }
exec_there() { cd / && exec "$STATE/wheels/bin/python" -m odoo "$@"; }

# serve_there DB COMMAND...: runs the command with the address of a server.
serve_there() {
    local db=$1 port server code=0
    shift
    port=$(free_port)
    exec_there -c "$STATE/wheels.conf" -d "$db" --http-port "$port" --max-cron-threads 0 9>&- &
    server=$!
    answers "$port" && "$@" --db "$db" --url "http://127.0.0.1:$port" || code=1
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    return "$code"
}

# An addon of somebody else that overrides each hook (tools/example), in the database DB.
run_example() {
    local name=backorder_automation_example settings=$STATE/example.conf
    sed "s#^addons_path.*#addons_path = $ROOT/tools/example#" "$CONF" >"$settings"
    step "Installing $name" example-install odoo_there -c "$settings" -d "$1" -i "$name" \
        --stop-after-init --no-http && all_installed "$1" "$name" &&
        PY=$STATE/wheels/bin/python CONF=$settings TEST_DB=$1 run_pytest example "tools/example/$name"
}

# run_wheels DB: in a database of Odoo's own modules.
run_wheels() {
    local db=$1 neighbours
    neighbours=$(addons | grep -vx backorder_automation | paste -sd' ' -)
    step "Building a wheel of each addon" dist build_wheels "$WHEELS" || return 1
    step "Building them again" dist-again build_wheels "$STATE/dist-again" || return 1
    diff -rq "$WHEELS" "$STATE/dist-again" || { say "  the second build differs"; return 1; }
    step "Installing them with pip" wheels-pip install_wheels "$STATE/wheels" || return 1
    sed '/^addons_path/d' "$CONF" >"$STATE/wheels.conf"
    step "Installing them in Odoo" wheels-install odoo_there -c "$STATE/wheels.conf" -d "$db" \
        -i backorder_automation,backorder_automation_prom --stop-after-init --no-http || return 1
    all_installed "$db" "$(addons_csv)" || { say "  Odoo did not install $NOT_INSTALLED"; return 1; }
    step "Walking there" wheels-walk serve_there "$db" "$PY" "$ROOT/tools/walk_rpc.py" || return 1
    # shellcheck disable=SC2086  # the names, one word each
    step "Letting each neighbour come and go, alone and beside others" wheels-neighbours \
        serve_there "$db" "$PY" "$ROOT/tools/come_and_go.py" $neighbours || return 1
    run_example "$db"
}
