# shellcheck shell=bash
# make test-native: does the addon leave Odoo as it was? Odoo's own tests run
# three times: without the addon, with it, and with its feature on.
#
# By pytest, on the fully loaded registry: Odoo's own runner runs most of these
# tests before the addon is loaded, so it would not try the addon at all. Some
# tests fail that way without the addon too; only the differences count.
# Browser tests are left out.

MODULES=${MODULES:-stock,sale_stock,purchase_stock,stock_delivery,delivery,stock_picking_batch,stock_dropshipping,mrp,sale_mrp}

# native_run NAME DB
native_run() {
    local name=$1 db=$2 module targets=()
    for module in ${MODULES//,/ }; do
        targets+=("$(native_tests "$module")")
    done
    # Code 1: some tests failed, which is what this is about.
    (cd "$ROOT" && "$PY" -m pytest --odoo-database="$db" --odoo-config="$CONF" -p no:cacheprovider \
        --rootdir="$ODOO_HOME" --junit-xml="$STATE/native-$name.xml" --disable-warnings -q "${targets[@]}") </dev/null || [ $? -eq 1 ]
}

# A checkout has its addons in addons/, a package in odoo/addons/.
native_tests() {
    local place
    for place in "$ODOO_HOME/odoo/addons/$1/tests" "$ODOO_HOME/addons/$1/tests"; do
        [ ! -d "$place" ] || { printf '%s' "$place"; return 0; }
    done
    die "Odoo's module $1 has no tests here; name others with MODULES=stock,sale_stock"
}

# In every company there is, and in every one a test will make.
feature_on() {
    printf '%s\n' 'env["res.company"].search([]).write({"backorder_automation": True})' \
        'env["ir.default"].set("res.company", "backorder_automation", True)' 'env.cr.commit()' |
        odoo shell -c "$CONF" -d "$1" --no-http --log-level=error
}

native_step() {
    local label=$1 name=$2 db=$3
    rm -f "$STATE/native-$name.xml"
    step "$label" "native-$name" native_run "$name" "$db" && [ -s "$STATE/native-$name.xml" ] ||
        die "the tests did not run; see $(log_of "native-$name")."
}

cmd_native() {
    local module
    trap stop_postgres_if_ours EXIT
    prepare_test
    export ADDONS=${ADDONS:-$(addons_but_shop)}
    for module in ${MODULES//,/ }; do native_tests "$module" >/dev/null; done
    template "$({ needed_modules; echo "$MODULES"; } | tr , '\n' | sort -u | paste -sd, -)"
    step "Copying the prepared database" copy db_copy "$TEMPLATE" backorder_native ||
        die "the database could not be copied; see $(log_of copy)."
    native_step "Odoo's tests without the addon (minutes)" without backorder_native
    step "Installing $(addons_csv)" native-install odoo -c "$CONF" -d backorder_native -i "$(addons_csv)" \
        --stop-after-init --no-http || die "the addon could not be installed; see $(log_of native-install)."
    all_installed backorder_native "$(addons_csv)" || die "Odoo did not install $NOT_INSTALLED; see $(log_of native-install)."
    native_step "Odoo's tests with the addon, feature off (minutes)" off backorder_native
    step "Switching the feature on in every company" native-on feature_on backorder_native ||
        die "the feature could not be switched on; see $(log_of native-on)."
    native_step "Odoo's tests with the addon, feature on (minutes)" on backorder_native
    "$PY" "$ROOT/tools/compare_native.py" "$ROOT/docs/native-tests.md" \
        "$STATE/native-without.xml" "$STATE/native-off.xml" "$STATE/native-on.xml"
}
