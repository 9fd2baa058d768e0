# shellcheck shell=bash
# Words for people, and the few functions every other file uses.

say() { printf '%s\n' "$*"; }

# Ends with one plain sentence that says what to do. Never a trace.
die() {
    printf 'Stopped: %s\n' "$*" >&2
    exit 1
}

# step LABEL LOGNAME COMMAND...
# One line for people; what the command prints goes to a log file. The command
# is tested by `if`, which switches `set -e` off inside it: shell functions
# given to `step` therefore chain their commands with `&&`.
step() {
    local label=$1 log=$STATE/log/$2.log began=$SECONDS
    shift 2
    printf -- '- %s ... ' "$label"
    if "$@" >"$log" 2>&1 </dev/null; then
        printf '%s s\n' "$((SECONDS - began))"
        return 0
    fi
    printf 'failed\n'
    # On a build machine nobody can open the log afterwards.
    [ -z "${CI:-}" ] || tail -n 60 "$log" >&2
    return 1
}

log_of() { printf '%s/log/%s.log' "$STATE" "$1"; }

is_root() { [ "$(id -u)" -eq 0 ]; }

have() { command -v "$1" >/dev/null 2>&1; }

# Something answers on this loopback port.
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The state folder holds everything this repository makes: nothing else on the
# machine changes, and `make clean` takes it away again.
open_state() {
    mkdir -p "$STATE/log" 2>/dev/null ||
        die "cannot write to $STATE; make the folder writable or set STATE_DIR to another place."
    touch "$STATE/.backorder-state"
    if [ ! -e "$STATE/venv/.ready" ]; then
        local free
        free=$(df -Pk "$STATE" | awk 'NR == 2 { print $4 }')
        [ "$free" -ge 3000000 ] ||
            die "Odoo needs 3 GB of free disk here and there are $((free / 1000)) MB; free some or set STATE_DIR to another disk."
    fi
    # Two preparations at the same time would unpack over each other. Programs
    # left running in the background get `9>&-`, or they would keep the lock.
    exec 9>"$STATE/lock"
    if have flock; then
        flock -n 9 || die "another make command is at work in $STATE; wait for it to end and run this again."
    fi
}

# Root may install what is missing; others are told what to ask for.
apt_install() {
    local what=$1
    shift
    if ! is_root || ! have apt-get; then
        die "$what is missing; have it installed first (Debian and Ubuntu: sudo apt-get install $*)."
    fi
    step "Refreshing the list of Debian packages" apt-update apt-get update -q ||
        die "apt-get update failed; check the network, then run this again (see $(log_of apt-update))."
    step "Installing $what" apt-install env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "$@" ||
        die "$what could not be installed; see $(log_of apt-install)."
}
