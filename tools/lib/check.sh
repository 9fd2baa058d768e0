# shellcheck shell=bash
# make check: in about a minute, what a change most likely breaks. `make test` has the last word.

CHECK_DB=${TEST_DB}_check

# What differs from the main branch; on the main branch itself, what is not committed, else the last
# commit.
changed_files() {
    local base
    base=$(git -C "$ROOT" merge-base HEAD "${BASE:-main}" 2>/dev/null) || base=HEAD
    if [ -z "$(changed_since "$base")" ]; then base=HEAD~1; fi
    changed_since "$base"
}

changed_since() {
    git -C "$ROOT" diff --name-only --diff-filter=d "$1" -- || return 1
    git -C "$ROOT" ls-files --others --exclude-standard
}

# The changed tests, those that are called after a changed module or import it, and the walk.
# A browser is opened only where its test has changed.
changed_tests() {
    local files file name
    mapfile -t files < <(changed_files)
    for file in ${files[@]+"${files[@]}"}; do
        name=$(basename "$file" .py)
        case $file in
        */tests/test_*.py) printf '%s\n' "$file" ;;
        */tests/* | */__*__.py | tools/* | engine_tests/* | benchmarks/*) ;;
        *.py) tests_without_browser | tests_of "$name" ;;
        esac
        case $file in backorder_automation*/*) echo backorder_automation/tests/test_walk.py ;; esac
    done | sort -u | grep -xF -f <(test_files)
}

# tests_of MODULE: those of the files that are read.
tests_of() {
    local file
    while read -r file; do
        case $file in
        */test_"$1".py | */test_"$1"_*.py) printf '%s\n' "$file" ;;
        *) ! grep -qE "^ *(from|import) .*\b$1\b" "$ROOT/$file" || printf '%s\n' "$file" ;;
        esac
    done
}

# Kept between two checks, and updated when the addons have changed.
prepare_check_db() {
    local installed=$STATE/$CHECK_DB.installed hash
    hash=$(addons_hash)
    if ! db_exists "$CHECK_DB" || [ ! -e "$installed" ]; then
        fresh_db "$CHECK_DB" check-install
        step "Building the pages' scripts and styles" check-assets build_assets "$CHECK_DB" || true
    elif [ "$(cat "$installed")" != "$hash" ]; then
        rm -f "$installed"
        step "Updating the addons" check-update odoo -c "$CONF" -d "$CHECK_DB" -u "$(addons_csv)" \
            --stop-after-init --no-http || return 1
    fi
    printf '%s' "$hash" >"$installed"
}

job_changed() {
    local files
    mapfile -t files < <(changed_tests)
    [ "${#files[@]}" -gt 0 ] || { say "- No test of the addons belongs to what has changed"; return 0; }
    printf -- '- %s\n' "${files[@]}"
    prepare_check_db || return 1
    TEST_DB=$CHECK_DB run_pytest changed "${files[@]}"
}

cmd_check() {
    trap 'end_lanes; stop_postgres_if_ours' EXIT
    git -C "$ROOT" rev-parse HEAD >/dev/null 2>&1 || die "make check asks git what has changed and this is no checkout; run make test."
    open_state
    prepare_test
    open_lanes
    rm -f "$STATE/junit-changed.xml" "$(log_of changed)"
    local ADDONS=${ADDONS:-$(addons_but_shop)}
    in_lanes changed lint engine
    RESULTS=("$STATE/junit-engine.xml")
    if [ -e "$(log_of changed)" ]; then
        RESULTS+=("$STATE/junit-changed.xml")
        "$PY" "$ROOT/tools/check_log.py" "$ROOT/tools/log_allowed.txt" "$(log_of changed)" ||
            JOBS_FAILED+="Odoo's log has warnings or errors; "
    fi
    count_tests "${JOBS_FAILED%; }"
}
