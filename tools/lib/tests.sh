# shellcheck shell=bash
# make test, pot, bench.

# pytest skips every browser test, and ends well, when there is no browser.
need_chromium() {
    local name
    for name in google-chrome chromium chromium-browser google-chrome-stable; do
        ! have "$name" || return 0
    done
    apt_install Chromium chromium
}

# Neighbours of the host whose roads are tested too (tests/test_roads_neighbours.py).
NEIGHBOURS=${NEIGHBOURS:-stock_picking_batch,purchase_stock,product_expiry,stock_dropshipping}

# Needs Odoo's website, which would make every other test slow: it has a database of its own.
SHOP_ADDON=backorder_automation_website_sale

addons_but_shop() { addons | grep -vx "$SHOP_ADDON" | paste -sd, -; }

# run_shop DB: the shop's tests in a copy of a database that has the addon.
run_shop() {
    step "Copying the database for the shop" copy-shop db_copy "$1" backorder_shop || return 1
    step "Installing the web shop" shop-install odoo -c "$CONF" -d backorder_shop \
        -i "$SHOP_ADDON" --stop-after-init --no-http || return 1
    all_installed backorder_shop "$SHOP_ADDON" || return 1
    TEST_DB=backorder_shop run_pytest shop "$SHOP_ADDON"
}

# A fresh database with every addon of the repository, and the neighbours.
# fresh_db NAME LOG: installs into a copy of the cached template.
fresh_db() {
    template "$({ needed_modules; echo "$NEIGHBOURS"; } | tr , '\n' | sort -u | paste -sd, -)"
    step "Copying the prepared database" copy db_copy "$TEMPLATE" "$1" ||
        die "the database could not be copied; see $(log_of copy)."
    rm -f "$(log_of "$2")"
    step "Installing $(addons_csv)" "$2-output" odoo -c "$CONF" -d "$1" -i "$(addons_csv)" \
        --stop-after-init --no-http --logfile "$(log_of "$2")" || {
        [ -z "${CI:-}" ] || tail -n 60 "$(log_of "$2")" >&2
        die "the addon could not be installed; see $(log_of "$2")."
    }
    all_installed "$1" "$(addons_csv)" || die "Odoo did not install $NOT_INSTALLED; see $(log_of "$2")."
}

prepare_test() {
    open_state
    need_addon
    prepare_odoo
    prepare_postgres
    write_conf
}

# run_pytest NAME FOLDER_OR_FILE...: NAME is of the log and of the results.
# What to test: FILE=path and K=expression are for a developer at work.
run_pytest() {
    local name=$1 options=()
    shift
    [ -z "${FILE:-}" ] || set -- "$FILE"
    [ -z "${K:-}" ] || options+=(-k "$K")
    LOGS+=("$(log_of "$name")")
    RESULTS+=("$STATE/junit-$name.xml")
    rm -f "${LOGS[-1]}" "${RESULTS[-1]}"
    (cd "$ROOT" && HYPOTHESIS_STORAGE_DIRECTORY=$STATE/hypothesis \
        BACKORDER_AXE=$STATE/axe/axe_playwright_python/axe.min.js \
        env ${CLOCK[@]+"${CLOCK[@]}"} "$PY" -m pytest \
        --odoo-database="$TEST_DB" --odoo-config="$CONF" --odoo-http \
        --odoo-log-level=info --odoo-extra "logfile=${LOGS[-1]}" \
        -p no:cacheprovider --rootdir="$ROOT" --junit-xml="${RESULTS[-1]}" \
        --show-capture=no --disable-warnings -rsxX ${options[@]+"${options[@]}"} "$@") </dev/null
}

# The rules of the queue, in worlds at random: without a database, and without Odoo.
run_engine_tests() {
    RESULTS+=("$STATE/junit-engine.xml")
    rm -f "${RESULTS[-1]}"
    (cd "$ROOT" && "$PY" -m pytest -q -p no:odoo -p no:cacheprovider --junit-xml="${RESULTS[-1]}" engine_tests) </dev/null
}

cmd_test() {
    local failed='' code=0 targets
    trap stop_postgres_if_ours EXIT
    open_state
    need_chromium
    [ -n "${FILE:-}${K:-}" ] || need_faketime
    prepare_test
    prepare_axe || die "axe could not be fetched; check the network and see $(log_of pip-axe)."
    run_lint || failed="lint found something"
    local ADDONS=${ADDONS:-$(addons_but_shop)}
    [ -n "${FILE:-}${K:-}" ] || run_engine_tests || failed="${failed:+$failed; }the engine's tests failed"
    fresh_db "$TEST_DB" install
    # Else the first browser test compiles them while its pages wait, which fails on a slow machine.
    step "Building the pages' scripts and styles" test-assets build_assets "$TEST_DB" || true
    mapfile -t targets < <(addons)
    run_pytest test "${targets[@]}" || code=$?
    [ "$code" -eq 0 ] || failed="${failed:+$failed; }pytest ended with code $code"
    # Not for a developer who asked for some tests only.
    [ -n "${FILE:-}${K:-}" ] || run_at_some_hours ||
        failed="${failed:+$failed; }tests failed at another hour"
    [ -n "${FILE:-}${K:-}" ] || run_shop "$TEST_DB" ||
        failed="${failed:+$failed; }the tests of the web shop failed"
    check_logs || failed="${failed:+$failed; }Odoo's log has warnings or errors"
    [ -n "${FILE:-}${K:-}" ] || run_oca "$TEST_DB" ||
        failed="${failed:+$failed; }the walk beside other addons failed"
    [ -n "${FILE:-}${K:-}" ] || run_lifecycle "$TEST_DB" ||
        failed="${failed:+$failed; }the lifecycle check failed"
    count_tests "$failed"
}

# Odoo writes what is wrong into its log and goes on.
check_logs() { "$PY" "$ROOT/tools/check_log.py" "$ROOT/tools/log_allowed.txt" "$(log_of install)" "${LOGS[@]}"; }

# count_tests FAILED: the last line, how many tests ran. A skipped test is a test that did not run.
count_tests() {
    trap - EXIT
    stop_postgres_if_ours
    "$PY" "$ROOT/tools/count_tests.py" "$1" "${RESULTS[@]}"
}

# Exported terms; click-odoo-makepot leaves the dates out, so that the file
# only changes when a term does.
cmd_pot() {
    trap stop_postgres_if_ours EXIT
    prepare_test
    fresh_db "$TEST_DB" install
    (cd "$ROOT" && step "Exporting the terms" pot "$STATE/venv/bin/click-odoo-makepot" -c "$CONF" \
        -d "$TEST_DB" --addons-dir . -m "$(addons_csv)") || die "the terms could not be exported; see $(log_of pot)."
    (cd "$ROOT" && find . -path './*/i18n/*.pot' -not -path './.*/*')
}

cmd_bench() {
    [ -e "$ROOT/benchmarks/run.py" ] || die "there is no benchmarks/run.py to run."
    trap stop_postgres_if_ours EXIT
    # The addon and what it needs, nothing else: neighbours have their own price.
    export ADDONS=backorder_automation NEIGHBOURS=sale_stock
    prepare_test
    fresh_db backorder_bench install
    (cd "$ROOT" && SIZE=${SIZE:-small} shell_script backorder_bench benchmarks/run.py)
}
