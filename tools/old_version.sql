-- Turn a database back into the shape of 19.0.1.0.0, so that an upgrade has everything to do: without
-- the columns, tables, templates and activity types that came later, and with the column that went.
BEGIN;
DROP TABLE backorder_turn, backorder_run_stop, backorder_run_res_company_rel;
ALTER TABLE backorder_run
    DROP goes_on, DROP is_interrupted, DROP mended, DROP served_count, ADD stop_requested bool;
ALTER TABLE backorder_run_line DROP company_id;
ALTER TABLE res_company
    DROP backorder_activity_nothing, DROP backorder_activity_promise, DROP backorder_age_limit,
    DROP backorder_at_confirm, DROP backorder_keep_days, DROP backorder_mail_cancelled,
    DROP backorder_mail_date, DROP backorder_mail_date_days, DROP backorder_mail_held,
    DROP backorder_mail_released, DROP backorder_mend_nightly, DROP backorder_overdue_days,
    DROP backorder_portal_cancel, DROP backorder_portal_ship, DROP backorder_portal_wait,
    DROP backorder_promise_by_lead;
ALTER TABLE res_partner DROP backorder_mail_opt_out;
ALTER TABLE sale_order DROP backorder_alert_digest, DROP backorder_alerts;
ALTER TABLE stock_picking DROP backorder_mail_skip;
ALTER TABLE stock_move
    DROP backorder_announced_date, DROP backorder_kept_since, DROP backorder_promised_date,
    DROP backorder_queue_id, DROP backorder_queue_qty;
DROP INDEX stock_move_backorder_arrived_index, stock_move_backorder_date_index,
    stock_move_backorder_ready_index, stock_move_backorder_released_index,
    stock_move_backorder_unsold_index, stock_move_backorder_way_index;
DELETE FROM mail_template WHERE id IN (SELECT res_id FROM ir_model_data
     WHERE model = 'mail.template' AND module = 'backorder_automation');
DELETE FROM mail_activity_type WHERE id IN (SELECT res_id FROM ir_model_data
     WHERE model = 'mail.activity.type' AND module = 'backorder_automation');
DELETE FROM ir_model_data
 WHERE model IN ('mail.template', 'mail.activity.type') AND module = 'backorder_automation';
-- A pause outlived the release.
UPDATE stock_move SET backorder_paused = true, backorder_pause_reason = 'Old'
 WHERE backorder_release_date IS NOT NULL AND backorder_held IS NOT TRUE AND state = 'assigned';
UPDATE ir_module_module SET latest_version = '19.0.1.0.0' WHERE name LIKE 'backorder\_automation%'
   AND state = 'installed';
COMMIT;
