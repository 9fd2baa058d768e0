# shellcheck shell=bash
# Jobs side by side: as many at a time as there are lanes, each lane with a database of its own.
#
# A job is a function job_NAME and its arguments, in one word each: "hours 2" calls `job_hours 2`.
# What it prints is shown in one piece when it ends. A job that fails is noted in JOBS_FAILED and
# the others go on; where a lane cannot work, no other job is begun.

# Odoo's tests use one core each, and the database the rest of it.
default_lanes() {
    local cores
    cores=$(nproc 2>/dev/null) || cores=1
    have flock && [ "$cores" -gt 1 ] || cores=1
    printf '%s' $((cores > 2 ? 2 : cores))
}
LANES=${LANES:-$(default_lanes)}
LANE_PIDS=()
JOBS_FAILED=''
LANE_IS_LOST=70

open_lanes() {
    rm -rf "$STATE/lanes"
    mkdir -p "$STATE/lanes"
}

# Only one lane at a time; what it prints comes out whole.
alone() { (have flock && flock 8; "$@") 8>>"$STATE/lanes/turn"; }

# in_lanes JOB...: the first ones first.
in_lanes() {
    local lane pid code=0
    printf '%s\n' "$@" >"$STATE/lanes/todo"
    : >"$STATE/lanes/failed"
    LANE_PIDS=()
    # A group of processes each, to be ended whole.
    set -m
    for lane in $(seq "$LANES"); do
        work "$lane" 9>&- &
        LANE_PIDS+=($!)
    done
    set +m
    for pid in "${LANE_PIDS[@]}"; do wait "$pid" || code=$?; done
    LANE_PIDS=()
    [ "$code" -eq 0 ] || die "a lane of the tests could not go on; see above."
    JOBS_FAILED=$JOBS_FAILED$(cat "$STATE/lanes/failed")
    JOBS_FAILED=${JOBS_FAILED:+${JOBS_FAILED%; }; }
}

end_lanes() {
    local pid
    for pid in ${LANE_PIDS[@]+"${LANE_PIDS[@]}"}; do kill -TERM -- "-$pid" 2>/dev/null || true; done
    LANE_PIDS=()
}

next_job() {
    local todo=$STATE/lanes/todo
    head -n 1 "$todo"
    sed -i 1d "$todo"
}

work() {
    local job output code began
    LANE=$1
    trap - EXIT
    while job=$(alone next_job) && [ -n "$job" ]; do
        output=$STATE/log/job-${job// /-}.log
        began=$SECONDS
        code=0
        # shellcheck disable=SC2086  # the arguments of the job
        (job_$job) >"$output" 2>&1 </dev/null || code=$?
        alone report_job "$job" "$code" "$((SECONDS - began))" "$output"
        [ "$code" -ne "$LANE_IS_LOST" ] || {
            : >"$STATE/lanes/todo"
            exit "$LANE_IS_LOST"
        }
    done
}

report_job() {
    local words="$3 s"
    if [ "$2" -ne 0 ]; then
        words="FAILED after $3 s"
        printf '%s failed; ' "$1" >>"$STATE/lanes/failed"
    fi
    say "== $1: $words"
    cat "$4"
}

# Sets TEST_DB: a copy of the prepared database that only this lane uses. Nobody is connected to the
# prepared one, so that it can be copied at any time.
lane_db() {
    local prepared=$TEST_DB
    TEST_DB=${prepared}_$LANE
    [ ! -e "$STATE/lanes/db-$LANE" ] || return 0
    step "Copying the prepared database for lane $LANE" "copy-$LANE" alone db_copy "$prepared" "$TEST_DB" ||
        exit "$LANE_IS_LOST"
    touch "$STATE/lanes/db-$LANE"
}
