# shellcheck shell=bash
# make load: people at work on one database, beside Odoo alone; and what became of the quantities.

LOAD_WORKERS=3
LOAD_CRONS=2

free_port() {
    local port=${1:-8170}
    while port_taken "$port"; do port=$((port + 1)); done
    printf '%s' "$port"
}

# answers PORT: whether a server is there, asked for a minute.
answers() {
    local tries=0
    while [ "$tries" -lt 120 ]; do
        ! port_taken "$1" || return 0
        sleep 0.5
        tries=$((tries + 1))
    done
    return 1
}

# let_people_work NAME FEATURE FROM SECONDS PEOPLE SEED [more]: in a copy of the database FROM.
let_people_work() {
    local name=$1 feature=$2 from=$3 db=backorder_load_$1 port server code=0 folder=$STATE/load
    shift 3
    mkdir -p "$folder" && db_copy "$from" "$db" || return 1
    FEATURE=$feature WORLD=$folder/world-$name.json shell_script "$db" "$ROOT/tools/load/world.py" || return 1
    rm -f "$folder/server-$name.log"
    port=$(free_port)
    "$PY" "$ROOT/tools/load/server.py" -c "$CONF" -d "$db" --http-port "$port" --gevent-port "$(free_port $((port + 1)))" \
        --workers "$LOAD_WORKERS" --max-cron-threads "$LOAD_CRONS" --limit-time-real 600 \
        --logfile "$folder/server-$name.log" 9>&- &
    server=$!
    answers "$port" && "$PY" "$ROOT/tools/load/people.py" "http://127.0.0.1:$port" "$db" "$1" "$2" "$3" \
        "$folder/world-$name.json" "$folder/result-$name.json" ${4:+"$4"} || code=1
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    [ "$code" -eq 0 ] && shell_script "$db" "$ROOT/tools/load/verdict.py" >"$folder/verdict-$name.txt"
}

# The figures of one run, or of two that are compared.
load_table() {
    local name files=()
    for name in "$@"; do
        files+=("$STATE/load/result-$name.json" "$STATE/load/server-$name.log")
    done
    "$PY" "$ROOT/tools/load/table.py" "${files[@]}"
}

is_clean() { [ "$(tail -n 1 "$STATE/load/verdict-$1.txt")" = clean ]; }

# The short form in `make test`: people, somebody who plans, and the jobs back to back.
run_short_load() {
    step "Letting six people work at once" load let_people_work on on "$1" 20 6 1 more || return 1
    load_table on || return 1
    is_clean on || { cat "$STATE/load/verdict-on.txt"; return 1; }
}

cmd_load() {
    local name feature seconds=${SECS:-300} people=${PEOPLE:-6} seed=${SEED:-1}
    trap stop_postgres_if_ours EXIT
    # The addon and what it needs, nothing else.
    export ADDONS=backorder_automation NEIGHBOURS=sale_stock
    prepare_test
    fresh_db backorder_load install
    for feature in off on; do
        step "Letting $people people work for $seconds s, feature $feature" "load-$feature" \
            let_people_work "$feature" "$feature" backorder_load "$seconds" "$people" "$seed" ||
            die "people could not work; see $(log_of "load-$feature") and $STATE/load."
    done
    step "The same, and somebody plans, and the jobs run back to back" load-more \
        let_people_work more on backorder_load "$seconds" "$people" "$seed" more ||
        die "people could not work; see $(log_of load-more) and $STATE/load."
    load_table on off
    for name in off on more; do
        say "What is wrong with the quantities, $name:"
        cat "$STATE/load/verdict-$name.txt"
    done
    is_clean on && is_clean more
}
