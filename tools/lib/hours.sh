# shellcheck shell=bash
# make test-hours: no test knows what time it is, or where people live.
#
# libfaketime gives the tests another clock, which runs on from there. PostgreSQL keeps its own: what
# Odoo writes with that one (when a record was made) no test may compare with anything.

# When the tests begin (UTC), and where the users and the company live. A run takes minutes: what
# begins just before midnight, somewhere, crosses it, and a year or summer time ends meanwhile.
HOURS=(
    "2031-06-18 00:05:00 UTC"
    "2031-06-18 12:30:00 UTC"
    "2031-06-18 23:55:00 UTC"
    "2031-12-31 23:55:00 UTC"
    "2032-02-29 12:30:00 UTC"
    "2031-10-26 00:55:00 Europe/Brussels"
    "2031-06-18 09:55:00 Pacific/Kiritimati"
    "2031-06-18 11:55:00 Etc/GMT+12"
)
# In `make test`: the last evening of a year, and an afternoon that is tomorrow for some.
# shellcheck disable=SC2034  # read by tests.sh
SOME_HOURS=("2031-12-31 23:55:00 Etc/GMT+12" "2032-02-29 12:30:00 Pacific/Kiritimati")

# Sets FAKETIME_LIB: the one for programs with threads.
find_faketime() {
    for FAKETIME_LIB in /usr/lib*/*/faketime/libfaketimeMT.so.1 /usr/lib*/faketime/libfaketimeMT.so.1; do
        [ ! -e "$FAKETIME_LIB" ] || return 0
    done
    return 1
}

need_faketime() { find_faketime || { apt_install libfaketime libfaketime && find_faketime; }; }

# Without those that open a browser, whose clock would be another one.
database_tests() { (cd "$ROOT" && for path in $(addons); do grep -L 'HttpCase\|common_screens' "$path"/tests/test_*.py || true; done); }

# Those that ask what time it is and speak of what is late, of today or of hours. Not the random
# ones, which take long.
tests_about_dates() {
    (cd "$ROOT" && database_tests | xargs grep -l 'Datetime\.now' | xargs grep -liE 'late\b|_late|today|hour' |
        xargs grep -L 'os\.environ')
}

# run_at HOUR... -- FILE...: the results are numbered on from HOURS_NUMBER.
run_at() {
    local hours=() hour day time zone number=${HOURS_NUMBER:-0} failed=0
    while [ "$1" != -- ]; do
        hours+=("$1")
        shift
    done
    shift
    for hour in "${hours[@]}"; do
        read -r day time zone <<<"$hour"
        say "- On $day at $time UTC, people live in $zone"
        # Neither deadlines nor the age of compiled files are what is tried here.
        # shellcheck disable=SC2034  # read by tests.sh
        CLOCK=("TZ=UTC" "BACKORDER_TEST_TZ=$zone" "LD_PRELOAD=$FAKETIME_LIB" "FAKETIME=@$day $time"
            "FAKETIME_DONT_FAKE_MONOTONIC=1" "NO_FAKE_STAT=1"
            "BACKORDER_FUZZ=5" "BACKORDER_WORLDS=3") # what is random knows nothing of hours
        run_pytest "hours-$((number += 1))" "$@" || failed=1
    done
    # shellcheck disable=SC2034
    CLOCK=()
    return "$failed"
}

cmd_hours() {
    local failed='' files
    trap stop_postgres_if_ours EXIT
    open_state
    need_faketime
    prepare_test
    export ADDONS=${ADDONS:-$(addons_but_shop)}
    fresh_db "$TEST_DB" install
    mapfile -t files < <(database_tests)
    run_at "${HOURS[@]}" -- "${files[@]}" || failed="tests know what time it is"
    check_logs || failed="${failed:+$failed; }Odoo's log has warnings or errors"
    count_tests "$failed"
}
