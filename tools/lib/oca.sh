# shellcheck shell=bash
# The walk with addons of others that touch the same documents: all of requirements-oca.txt at once.

# Not in the environment: an Odoo on this machine must not see them.
prepare_oca() { pip_folder oca "Getting the addons of others"; }

# run_oca DB: in a copy of a database that has the addon.
run_oca() {
    local path=$ROOT,$STATE/oca/odoo/addons names
    prepare_oca || return 1
    names=$(cd "$STATE/oca/odoo/addons" && printf '%s\n' */ | tr -d / | paste -sd, -)
    step "Copying the database once more" copy-oca db_copy "$1" backorder_oca || return 1
    step "Installing $names" oca-install odoo -c "$CONF" --addons-path "$path" -d backorder_oca \
        -i "$names" --stop-after-init --no-http || return 1
    all_installed backorder_oca "$names" || { say "  Odoo did not install $NOT_INSTALLED"; return 1; }
    step "Walking with them" oca-walk oca_walk "$path"
}

oca_walk() {
    odoo shell -c "$CONF" --addons-path "$1" -d backorder_oca --no-http --log-level=error \
        <"$ROOT/tools/oca_walk.py"
}
