# shellcheck shell=bash
# make kill: what is at work is killed in the middle of a release, and nothing is lost or doubled.

# kill_at_work DB KILLS SEED
kill_at_work() {
    local port private=''
    [ -z "$PRIVATE_PG" ] || private=1
    port=$(free_port)
    PORT=$port GEVENT_PORT=$(free_port $((port + 1))) PRIVATE_PG=$private \
        "$PY" "$ROOT/tools/kill/kill.py" "$CONF" "$1" "$2" "$3" "$STATE/kill/server.log" \
        "$STATE/kill/killed.txt" 9>&-
}

cmd_kill() {
    local kills=${KILLS:-100} code=0 wrong
    trap stop_postgres_if_ours EXIT
    # The addon and what it needs, nothing else.
    export ADDONS=backorder_automation NEIGHBOURS=sale_stock
    prepare_test
    mkdir -p "$STATE/kill"
    rm -f "$STATE/kill/server.log"
    : >"$STATE/kill/killed.txt"
    fresh_db backorder_kill install
    while [ "$code" -eq 0 ] && [ "$(wc -l <"$STATE/kill/killed.txt")" -lt "$kills" ]; do
        (cd "$ROOT" && ORDERS=${ORDERS:-2000} step "Making orders that wait" kill-world \
            shell_script backorder_kill tools/kill/world.py) ||
            die "the orders could not be made; see $(log_of kill-world)."
        kill_at_work backorder_kill "$kills" "${SEED:-1}" || code=1
    done
    wrong=$(psql -d backorder_kill -Atq -f "$ROOT/tools/kill/verdict.sql")
    say "$wrong orders have something lost or doubled"
    shell_script backorder_kill "$ROOT/tools/load/verdict.py" || code=1
    [ "$code" -eq 0 ] && [ "$wrong" = 0 ]
}
