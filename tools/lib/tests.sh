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

# run_shop DB: the shop's tests in a copy of a database that has the addon, and its uninstall.
run_shop() {
    step "Copying the database for the shop" copy-shop db_copy "$1" backorder_shop || return 1
    step "Installing the web shop" shop-install odoo -c "$CONF" -d backorder_shop \
        -i "$SHOP_ADDON" --stop-after-init --no-http || return 1
    all_installed backorder_shop "$SHOP_ADDON" || return 1
    TEST_DB=backorder_shop run_pytest shop "$SHOP_ADDON" || return 1
    step "Uninstalling it" shop-uninstall odoo module uninstall -c "$CONF" -d backorder_shop "$SHOP_ADDON" &&
        expect backorder_shop "what it left behind" "select count(*) from ir_model_data where module = '$SHOP_ADDON'" 0
}

# Sets TEMPLATE: what the addons need from Odoo, and the neighbours.
test_template() { template "$({ needed_modules; echo "$NEIGHBOURS"; } | tr , '\n' | sort -u | paste -sd, -)"; }

# A fresh database with every addon of the repository, and the neighbours.
# fresh_db NAME LOG: installs into a copy of the cached template.
fresh_db() {
    test_template
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
        --show-capture=no --disable-warnings -q -rsxX ${options[@]+"${options[@]}"} "$@") </dev/null
}

# The rules of the queue, in worlds at random: without a database, and without Odoo.
run_engine_tests() {
    RESULTS+=("$STATE/junit-engine.xml")
    rm -f "${RESULTS[-1]}"
    (cd "$ROOT" && "$PY" -m pytest -q -p no:odoo -p no:cacheprovider --junit-xml="${RESULTS[-1]}" engine_tests) </dev/null
}

# For a developer who asked for some tests only: these, in one lane.
test_some() {
    local code=0
    run_lint || JOBS_FAILED="lint failed; "
    fresh_db "$TEST_DB" install
    # Else the first browser test compiles them while its pages wait, which fails on a slow machine.
    step "Building the pages' scripts and styles" test-assets build_assets "$TEST_DB" || true
    mapfile -t targets < <(addons)
    run_pytest test "${targets[@]}" || code=$?
    [ "$code" -eq 0 ] || JOBS_FAILED+="pytest ended with code $code; "
}

# The jobs of `make test`.

job_lint() { run_lint; }
job_engine() { run_engine_tests; }

job_install() {
    fresh_db "$TEST_DB" install
    step "Building the pages' scripts and styles" test-assets build_assets "$TEST_DB" || true
    touch "$STATE/lanes/installed"
}

# What the later jobs need from the network.
job_fetch() {
    need_chromium && need_faketime && prepare_axe && prepare_oca
}

# job_tests NUMBER OF: this share of the tests without a browser.
job_tests() {
    local files
    mapfile -t files < <(tests_without_browser | deal "$1" "$2")
    lane_db
    run_pytest "test-$1" "${files[@]}"
}

# The random sequences of actions: the longest of all files, so it is a job of its own.
job_random() {
    local files
    mapfile -t files < <(random_tests)
    lane_db
    run_pytest test-random "${files[@]}"
}

job_browser() {
    local files
    mapfile -t files < <(browser_tests | deal "$1" "$2")
    lane_db
    run_pytest "browser-$1" "${files[@]}"
}

job_hours() {
    local files
    mapfile -t files < <(tests_about_dates)
    find_faketime || return 1
    lane_db
    HOURS_NUMBER=$(($1 - 1)) run_at "${SOME_HOURS[$1 - 1]}" -- "${files[@]}"
}

# Takes both cores: nothing beside it.
job_load() { run_short_load "$TEST_DB"; }

job_shop() { run_shop "$TEST_DB"; }
job_oca() { run_oca "$TEST_DB"; }

job_wheels() {
    test_template
    step "Copying the prepared database for the wheels" copy-wheels alone db_copy "$TEMPLATE" backorder_wheels &&
        run_wheels backorder_wheels
}

job_lifecycle() {
    step "Copying the database to spend it" copy-lifecycle alone db_copy "$TEST_DB" backorder_lifecycle &&
        run_lifecycle backorder_lifecycle
}

# Which files are what: each is in one of the three lists.
test_files() { (cd "$ROOT" && for path in $(addons); do printf '%s\n' "$path"/tests/test_*.py; done); }
browser_tests() { test_files | (cd "$ROOT" && xargs grep -l 'start_tour\|browser_js\|ScreenCommon'); }
random_tests() { test_files | (cd "$ROOT" && xargs grep -l 'BACKORDER_FUZZ'); }
tests_without_browser() { test_files | grep -vxF -f <(browser_tests; random_tests); }

# deal NUMBER OF: that hand of the files that are read, each hand with about as many tests.
deal() {
    (cd "$ROOT" && xargs grep -c '^    def test_' /dev/null) | sed 1d | sort -t: -k2,2nr -k1,1 |
        awk -F: -v number="$1" -v of="$2" '{
            least = 1
            for (hand = 2; hand <= of; hand++) if (tests[hand] < tests[least]) least = hand
            tests[least] += $2 + 1
            if (least == number) print $1 }' | sort
}

# Everything: first what the tests need, then the tests, the browsers alone with themselves, and
# people at work on the same stock.
test_all() {
    local hands=4 number jobs=() names=(test-random)
    # Somebody who may not install is told before the minutes of a first preparation.
    is_root || { need_chromium && need_faketime; }
    in_lanes install lint fetch engine
    [ -e "$STATE/lanes/installed" ] || die "the addon could not be installed; see above."
    for number in $(seq "$hands"); do
        jobs+=("tests $number $hands")
        names+=("test-$number")
    done
    for number in $(seq "${#SOME_HOURS[@]}"); do
        jobs+=("hours $number")
        names+=("hours-$number")
    done
    # The long ones first, so that the lanes end at about the same time.
    in_lanes random "${jobs[@]}" shop lifecycle wheels oca
    in_lanes "browser 1 2" "browser 2 2"
    in_lanes load
    for number in "${names[@]}" browser-1 browser-2 shop example; do
        LOGS+=("$(log_of "$number")")
        RESULTS+=("$STATE/junit-$number.xml")
    done
    RESULTS+=("$STATE/junit-engine.xml")
}

cmd_test() {
    local targets
    trap 'end_lanes; stop_postgres_if_ours' EXIT
    open_state
    [ -z "${FILE:-}${K:-}" ] || need_chromium
    prepare_test
    open_lanes
    rm -f "$STATE"/junit-*.xml
    local ADDONS=${ADDONS:-$(addons_but_shop)}
    if [ -n "${FILE:-}${K:-}" ]; then
        prepare_axe || die "axe could not be fetched; check the network and see $(log_of pip-axe)."
        test_some
    else
        test_all
    fi
    check_logs || JOBS_FAILED+="Odoo's log has warnings or errors; "
    count_tests "${JOBS_FAILED%; }"
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
