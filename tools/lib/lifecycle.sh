# shellcheck shell=bash
# What a test that is rolled back cannot show: two transactions that race for the
# same stock, an upgrade, and an uninstall while demand is held. Spends the
# database it is given.

# shell_script DB FILE: runs a script in Odoo's shell.
shell_script() { odoo shell -c "$CONF" -d "$1" --no-http --log-level=error <"$2"; }

# expect DB WHAT SQL WANTED
expect() {
    local got
    got=$(db_query "$1" "$3") || return 1
    [ "$got" = "$4" ] || { say "  $2: expected $4, got $got"; return 1; }
    say "  $2: $got"
}

run_lifecycle() {
    local db=$1 schedules="select string_agg(c.active::text, ' ' order by d.name) from ir_cron c
        join ir_model_data d on d.model = 'ir.cron' and d.res_id = c.id and d.module = 'backorder_automation'"
    local open="select p.state || ' ' || m.product_uom_qty::int || ' of ' || o.name from stock_move m
        join sale_order_line l on l.id = m.sale_line_id join sale_order o on o.id = l.order_id
        join stock_picking p on p.id = m.picking_id join stock_picking b on b.id = p.backorder_id and b.state = 'done'
        where o.name = 'LIFECYCLE' and m.state = 'confirmed'"
    step "Racing two releases and a user for the same stock" race shell_script "$db" "$ROOT/tools/race.py" || return 1
    step "Letting people press the same buttons at once" races shell_script "$db" "$ROOT/tools/races.py" || return 1
    step "Holding 33 of 533" hold shell_script "$db" "$ROOT/tools/hold.py" || return 1
    step "Upgrading" upgrade odoo -c "$CONF" -d "$db" -u "$(addons_csv)" --stop-after-init --no-http || return 1
    expect "$db" "schedules after the upgrade" "$schedules" "false true" || return 1
    step "Uninstalling" uninstall odoo module uninstall -c "$CONF" -d "$db" backorder_automation || return 1
    expect "$db" "transfer after the uninstall" "$open" "confirmed 33 of LIFECYCLE" || return 1
    expect "$db" "demand without a transfer after the uninstall" \
        "select count(*) from stock_move where picking_id is null and state not in ('draft', 'done', 'cancel')" 0 || return 1
    step "Installing again" reinstall odoo -c "$CONF" -d "$db" -i backorder_automation --stop-after-init --no-http || return 1
    all_installed "$db" backorder_automation
}
