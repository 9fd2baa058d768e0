# shellcheck shell=bash
# Databases: made from a cached template, dropped only if this folder made them.

DEMO_DB=${DEMO_DB:-backorder_demo}
TEST_DB=${TEST_DB:-backorder_test}

db_query() { psql -d "$1" -Atqc "$2"; }

db_exists() { [ "$(db_query postgres "select 1 from pg_database where datname = '$1'")" = 1 ]; }

db_is_ours() { grep -qxF "$1" "$STATE/databases" 2>/dev/null; }

# On a server that others use too, a name may be taken already.
db_claim() {
    if db_exists "$1" && ! db_is_ours "$1"; then
        [ -n "$PRIVATE_PG" ] ||
            die "the server already has a database $1 that was not made here; choose other names with DEMO_DB and TEST_DB."
    fi
    db_is_ours "$1" || echo "$1" >>"$STATE/databases"
}

db_drop() {
    rm -rf "${STATE:?}/data/filestore/$1"
    dropdb --if-exists --force "$1" 2>/dev/null
}

# db_copy FROM TO: a database is its tables and its files.
db_copy() {
    db_claim "$2"
    db_drop "$2" && createdb -T "$1" "$2" || return 1
    [ ! -d "$STATE/data/filestore/$1" ] || cp -a "$STATE/data/filestore/$1" "$STATE/data/filestore/$2"
}

# What the addons need from Odoo: their dependencies that are not in this repository.
needed_modules() {
    local path
    (cd "$ROOT" && for path in $(addons); do printf '%s/__manifest__.py\n' "$path"; done) |
        (cd "$ROOT" && xargs "$PY" -c '
import ast, os, sys
depends, own = set(), set()
for path in sys.argv[1:]:
    own.add(os.path.dirname(path))
    with open(path, encoding="utf-8") as manifest:
        depends.update(ast.literal_eval(manifest.read()).get("depends", []))
print(",".join(sorted(depends - own)) or "base")')
}

# template MODULES: the name of a database with these modules of Odoo, made once.
# Sets TEMPLATE. Another Odoo or other requirements make another template.
template() {
    local modules=$1 key
    key=$(cat "$ROOT/requirements.txt" "$ODOO_HOME/odoo/release.py" <(printf '%s %s' "$ODOO_HOME" "$modules") |
        cksum | cut -d' ' -f1)
    TEMPLATE=backorder_template_$key
    [ ! -e "$STATE/$TEMPLATE.ready" ] || ! db_exists "$TEMPLATE" || return 0
    db_claim "$TEMPLATE"
    db_drop "$TEMPLATE"
    step "Installing Odoo's own modules once: $modules (about a minute)" template odoo -c "$CONF" \
        -d "$TEMPLATE" -i "$modules" --stop-after-init --no-http ||
        die "Odoo's own modules could not be installed; see $(log_of template)."
    all_installed "$TEMPLATE" "$modules" || die "Odoo did not install $NOT_INSTALLED; see $(log_of template)."
    touch "$STATE/$TEMPLATE.ready"
}

# Odoo ends well even when it does not know a module or cannot install it.
all_installed() {
    NOT_INSTALLED=$(db_query "$1" "select string_agg(name, ', ') from unnest(string_to_array('$2', ',')) as name
        where name not in (select name from ir_module_module where state = 'installed')")
    [ -z "$NOT_INSTALLED" ]
}
