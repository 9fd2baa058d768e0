# shellcheck shell=bash
# make demo, stop, clean, shell, psql: a server to click in.

PORT=${PORT:-8069}
# With the buyer's screens; kits and carriers would need demo data of their own.
DEMO_ADDONS=backorder_automation,backorder_automation_purchase

# The server of this folder, if it runs. A process number alone may be recycled.
server_pid() {
    local pid
    pid=$(cat "$STATE/server.pid" 2>/dev/null) && [ -n "$pid" ] || return 1
    tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF -- "$CONF" || return 1
    printf '%s' "$pid"
}

stop_server() {
    local pid tries=0
    pid=$(server_pid) || return 0
    kill "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 100 ]; do
        sleep 0.2
        tries=$((tries + 1))
    done
    ! kill -0 "$pid" 2>/dev/null || kill -9 "$pid" 2>/dev/null || true
    rm -f "$STATE/server.pid"
}

# Of the content of every addon: says whether the demo database is up to date.
addons_hash() {
    (cd "$ROOT" && for path in $(addons); do
        find "$path" -type f -not -name '*.pyc' -not -path '*/tests/*' -print0
    done | sort -z | xargs -0 cat | cksum)
}

prepare_demo() {
    open_state
    need_addon
    prepare_odoo
    prepare_postgres
    write_conf
    local installed=$STATE/$DEMO_DB.installed hash
    hash=$(addons_hash)
    if ! db_exists "$DEMO_DB" || [ ! -e "$installed" ]; then
        db_claim "$DEMO_DB"
        db_drop "$DEMO_DB"
        step "Installing Odoo and the addons with demo data (minutes)" demo odoo -c "$CONF" -d "$DEMO_DB" \
            -i "$DEMO_ADDONS,sale_management" --with-demo --stop-after-init --no-http ||
            die "the addon could not be installed; see $(log_of demo)."
        all_installed "$DEMO_DB" "$DEMO_ADDONS" ||
            die "Odoo did not install $NOT_INSTALLED; see $(log_of demo)."
        # Else the first page would take half a minute to appear.
        step "Building the pages' scripts and styles" assets build_assets "$DEMO_DB" || true
    elif [ "$(cat "$installed")" != "$hash" ]; then
        stop_server
        step "Updating the addon" demo odoo -c "$CONF" -d "$DEMO_DB" -u backorder_automation \
            --stop-after-init --no-http || die "the addon could not be updated; see $(log_of demo)."
    fi
    printf '%s' "$hash" >"$installed"
}

# build_assets DB: what the first pages of the back end and of the portal load.
build_assets() {
    printf '%s\n' 'for name in ("web.assets_web", "web.assets_web_print", "web.assets_tests",' \
        '             "web.assets_frontend", "web.assets_frontend_lazy"):' \
        '    bundle = env["ir.qweb"]._get_asset_bundle(name, css=True, js=True)' \
        '    bundle.js(), bundle.css()' '' 'env.cr.commit()' |
        odoo shell -c "$CONF" -d "$1" --no-http
}

# Asked before the minutes of a first preparation.
need_port() {
    case $PORT in
    '' | *[!0-9]*) die "PORT=$PORT is not a number; choose one, for example: make demo PORT=8123" ;;
    esac
    if server_pid >/dev/null && [ "$(cat "$STATE/server.port")" = "$PORT" ]; then return 0; fi
    ! port_taken "$PORT" || die "port $PORT is in use by another program; choose another one: make demo PORT=8123"
}

start_server() {
    setsid "$PY" -m odoo -c "$CONF" -d "$DEMO_DB" --db-filter "^$DEMO_DB\$" --http-port "$PORT" \
        >"$(log_of server)" 2>&1 </dev/null 9>&- &
    echo $! >"$STATE/server.pid"
    echo "$PORT" >"$STATE/server.port"
    step "Starting the server" server-start wait_for_server ||
        { stop_server; die "the server did not answer; see $(log_of server)."; }
}

wait_for_server() {
    local tries=0
    while [ "$tries" -lt 120 ]; do
        server_pid >/dev/null || { [ "$tries" -lt 3 ] || return 1; }
        "$PY" -c 'import sys, urllib.request
urllib.request.urlopen(sys.argv[1], timeout=30)' "http://127.0.0.1:$PORT/web/login" && return 0
        sleep 1
        tries=$((tries + 1))
    done
    return 1
}

# The order of the walk is known by its 533 pieces, whatever number it got.
walk_order() {
    db_query "$DEMO_DB" "select o.name from sale_order o join sale_order_line l on l.order_id = o.id
        where l.product_uom_qty = 533 order by o.id limit 1" 2>/dev/null || true
}

cmd_demo() {
    need_port
    prepare_demo
    if server_pid >/dev/null && [ "$(cat "$STATE/server.port")" = "$PORT" ]; then
        say "- The server is running already"
    else
        stop_server
        start_server
    fi
    local order
    order=$(walk_order)
    cat <<WORDS

  Open   http://127.0.0.1:$PORT   log in as   admin / admin

  1. Sales: order ${order:-for 533 pieces}, button Delivery: set 500 of the 533 as done, Validate, choose "Mark as Back Ordered".
  2. Inventory: Receipts, the one of 33 gadgets, Validate: the goods are in.
  3. Back on the order, seconds later: a new delivery of exactly 33, Ready.
  4. As a customer whose rest is waiting: log in as bellevue / bellevue, My Account, Orders.

  make stop ends it, make clean removes everything it made.
WORDS
}

cmd_stop() {
    stop_server
    stop_postgres
    say "Stopped."
}

cmd_clean() {
    [ -d "$STATE" ] || { say "Nothing to remove."; return 0; }
    [ -e "$STATE/.backorder-state" ] || die "$STATE was not made by this repository; remove it yourself."
    stop_server
    if [ -z "$PRIVATE_PG" ] && [ -e "$STATE/databases" ]; then
        local name
        while read -r name; do dropdb --if-exists --force "$name" 2>/dev/null || true; done <"$STATE/databases"
    fi
    stop_postgres
    rm -rf "${PG_DIR:-$STATE/pg}" "$STATE"
    say "Removed $STATE."
}

cmd_shell() {
    prepare_demo
    exec 9>&-
    exec "$PY" -m odoo shell -c "$CONF" -d "$DEMO_DB" --no-http
}

cmd_psql() {
    prepare_demo
    exec 9>&-
    exec psql -d "$DEMO_DB"
}
