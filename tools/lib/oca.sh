# shellcheck shell=bash
# The walk beside addons of others that touch the same buttons.

OCA_ADDONS=sale_stock_picking_backorder_policy,stock_picking_backorder_move_qty

# Not in the environment: an Odoo on this machine must not see them.
prepare_oca() { pip_folder oca "Getting the addons of others"; }

# run_oca DB: in a copy of a database that has the addon.
run_oca() {
    local path=$ROOT,$STATE/oca/odoo/addons
    prepare_oca || return 1
    step "Copying the database once more" copy-oca db_copy "$1" backorder_oca || return 1
    step "Installing $OCA_ADDONS" oca-install odoo -c "$CONF" --addons-path "$path" -d backorder_oca \
        -i "$OCA_ADDONS" --stop-after-init --no-http || return 1
    all_installed backorder_oca "$OCA_ADDONS" || return 1
    step "Walking beside them" oca-walk oca_walk "$path"
}

oca_walk() {
    odoo shell -c "$CONF" --addons-path "$1" -d backorder_oca --no-http --log-level=error \
        <"$ROOT/tools/oca_walk.py"
}
