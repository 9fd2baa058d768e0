# shellcheck shell=bash
# What a test that is rolled back cannot show: two transactions that race for the
# same stock, an upgrade from 19.0.1.0.0, a backup and a neutralised copy, and an uninstall
# while demand is held. Spends the database it is given.

# shell_script DB FILE: runs a script in Odoo's shell.
shell_script() { odoo shell -c "$CONF" -d "$1" --no-http --log-level=error <"$2"; }

# expect DB WHAT SQL WANTED
expect() {
    local got
    got=$(db_query "$1" "$3") || return 1
    [ "$got" = "$4" ] || { say "  $2: expected $4, got $got"; return 1; }
    say "  $2: $got"
}

# back_orders DB: what people have of back orders, see tools/back_orders.sql.
back_orders() { psql -d "$1" -Atq -v ON_ERROR_STOP=1 -f "$ROOT/tools/back_orders.sql"; }

# unchanged DB WHEN: whether people have what they had when the back orders were made.
unchanged() {
    local found
    back_orders "$1" >"$STATE/back-orders-$1" &&
        found=$(diff "$STATE/back-orders" "$STATE/back-orders-$1") &&
        say "  back orders $2: as before" && return 0
    say "  back orders $2 differ:" "${found:-unreadable}"
    return 1
}

# The upgrade is a real one: the database is turned back into the shape of the old version first.
upgrade_old() {
    local db=$1 mine="o.name like 'LIFECYCLE%' and m.backorder_date is not null and m.state not in ('done', 'cancel')"
    local from="from stock_move m join sale_order_line l on l.id = m.sale_line_id join sale_order o on o.id = l.order_id"
    step "Turning the database back to 19.0.1.0.0" old-version \
        psql -d "$db" -q -v ON_ERROR_STOP=1 -f "$ROOT/tools/old_version.sql" || return 1
    step "Upgrading" upgrade odoo -c "$CONF" -d "$db" -u "$(addons_csv)" --stop-after-init --no-http || return 1
    unchanged "$db" "after the upgrade" || return 1
    expect "$db" "first promises that lack" \
        "select count(*) $from where $mine and m.backorder_promised_date is distinct from o.commitment_date" 0 || return 1
    expect "$db" "the rest of a part keeps the place and size of its whole" \
        "select string_agg((m.backorder_queue_id is not null) || ' ' || m.backorder_queue_qty::int, ', ' order by m.id) $from
         where o.name = 'LIFECYCLE SPLIT'" "false 20, true 20" || return 1
    expect "$db" "pauses left on what is released" \
        "select count(*) $from where m.backorder_release_date is not null and m.backorder_paused" 0 || return 1
    expect "$db" "columns nobody reads" "select count(*) from information_schema.columns
        where table_name = 'backorder_run' and column_name = 'stop_requested'" 0 || return 1
    expect "$db" "activities nobody asked for" \
        "select count(*) from res_company where backorder_activity_promise" 0
}

# restore FROM TO: a copy of a database by its dump, as a backup is restored.
restore() {
    db_claim "$2" && db_drop "$2" && createdb "$2" &&
        pg_dump -Fc --no-owner -d "$1" | pg_restore --no-owner -d "$2"
}

# What is restored goes on where it was; a copy that is neutralised does nothing by itself.
run_copies() {
    local db=$1 copy=backorder_copy
    step "Restoring a backup" restore restore "$db" "$copy" || return 1
    unchanged "$copy" "in the restored copy" || return 1
    step "Receiving in the copy" copy-goes-on shell_script "$copy" "$ROOT/tools/goes_on.py" || return 1
    expect "$copy" "demand that is there twice or not at all" "select count(*) from (
        select l.id from sale_order_line l join sale_order o on o.id = l.order_id
          join stock_move m on m.sale_line_id = l.id and m.state != 'cancel' and m.product_id = l.product_id
          join stock_location d on d.id = coalesce(m.location_final_id, m.location_dest_id) and d.usage = 'customer'
         where o.name in ('LIFECYCLE', 'LIFECYCLE SPLIT', 'LIFECYCLE RELEASED', 'LIFECYCLE PAUSED')
      group by l.id having sum(m.product_qty) != l.product_uom_qty) wrong" 0 || return 1
    step "Neutralising the copy" neutralise odoo neutralize -c "$CONF" -d "$copy" || return 1
    expect "$copy" "schedules and mail servers left on in it" "select
        (select count(*) from ir_cron c join ir_model_data d on d.model = 'ir.cron' and d.res_id = c.id
          where c.active and d.module like 'backorder%') +
        (select count(*) from ir_mail_server where active and smtp_host != 'invalid')" 0 || return 1
    step "Mailing in the neutralised copy" copy-mails shell_script "$copy" "$ROOT/tools/mails.py" || return 1
    db_drop "$copy"
}

run_lifecycle() {
    local db=$1
    local open="select p.state || ' ' || m.product_uom_qty::int || ' of ' || o.name from stock_move m
        join sale_order_line l on l.id = m.sale_line_id join sale_order o on o.id = l.order_id
        join stock_picking p on p.id = m.picking_id join stock_picking b on b.id = p.backorder_id and b.state = 'done'
        where o.name = 'LIFECYCLE' and m.state = 'confirmed'"
    step "Racing two releases and a user for the same stock" race shell_script "$db" "$ROOT/tools/race.py" || return 1
    step "Letting people press the same buttons at once" races shell_script "$db" "$ROOT/tools/races.py" || return 1
    step "Holding back orders of every kind" hold shell_script "$db" "$ROOT/tools/hold.py" || return 1
    back_orders "$db" >"$STATE/back-orders" || return 1
    upgrade_old "$db" || return 1
    run_copies "$db" || return 1
    step "Uninstalling" uninstall odoo module uninstall -c "$CONF" -d "$db" backorder_automation || return 1
    expect "$db" "transfer after the uninstall" "$open" "confirmed 33 of LIFECYCLE" || return 1
    expect "$db" "demand without a transfer after the uninstall" \
        "select count(*) from stock_move where picking_id is null and state not in ('draft', 'done', 'cancel')" 0 || return 1
    expect "$db" "what the addons left behind" "$(cat "$ROOT/tools/left_behind.sql")" "" || return 1
    step "Installing again" reinstall odoo -c "$CONF" -d "$db" -i backorder_automation --stop-after-init --no-http || return 1
    all_installed "$db" backorder_automation
}
