-- What of ours is in the database: nothing, once the addons are gone.
SELECT 'column ' || table_name || '.' || column_name FROM information_schema.columns
 WHERE table_schema = 'public' AND (column_name LIKE '%backorder\_%' OR column_name LIKE 'is\_backordered')
   AND column_name NOT IN ('backorder_id', 'create_backorder', 'backorder_confirmation_id',
                           'stock_backorder_confirmation_id')
   AND table_name NOT LIKE 'stock\_backorder\_confirmation%' AND table_name NOT LIKE 'mrp\_%'
UNION ALL SELECT 'table ' || relname FROM pg_class
 WHERE relname LIKE 'backorder\_%' AND relkind IN ('r', 'v', 'm', 'S')
UNION ALL SELECT 'index ' || relname FROM pg_class
 WHERE relname LIKE '%backorder\_%index' AND relname NOT LIKE '%backorder\_id%' AND relkind = 'i'
   AND relname NOT LIKE 'stock\_backorder\_confirmation%'
UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE proname LIKE '%backorder%'
UNION ALL SELECT 'external id ' || module || '.' || name FROM ir_model_data
 WHERE module LIKE 'backorder\_automation%'
UNION ALL SELECT 'model ' || model FROM ir_model WHERE model LIKE 'backorder.%'
UNION ALL SELECT 'schedule ' || code FROM ir_act_server WHERE code LIKE '%\_backorder\_%'
UNION ALL SELECT 'view ' || key FROM ir_ui_view WHERE key LIKE 'backorder\_automation%'
UNION ALL SELECT 'activity type ' || name::text FROM mail_activity_type WHERE name::text LIKE '%Back Order%'
UNION ALL SELECT 'template ' || name::text FROM mail_template WHERE name::text LIKE '%Back Orders:%'
UNION ALL SELECT 'setting ' || key FROM ir_config_parameter WHERE key LIKE 'backorder\_automation%'
 ORDER BY 1;
