-- What people have of back orders, a line each: the same before and after an upgrade or a restore.
SELECT o.name, o.is_backordered, product.default_code, m.state, m.product_uom_qty, m.quantity,
       m.backorder_held, m.backorder_date, m.backorder_release_date, m.backorder_origin_id,
       m.backorder_error, m.backorder_retry_date, m.priority, m.date_deadline,
       m.location_id, m.location_dest_id, p.name, p.is_backordered, p.state
  FROM stock_move m
  JOIN product_product product ON product.id = m.product_id
  JOIN sale_order_line line ON line.id = m.sale_line_id
  JOIN sale_order o ON o.id = line.order_id
  LEFT JOIN stock_picking p ON p.id = m.picking_id
 WHERE o.name LIKE 'LIFECYCLE%'
 ORDER BY m.id;
SELECT o.name, m.backorder_paused, m.backorder_pause_reason, m.backorder_not_before
  FROM stock_move m JOIN sale_order_line line ON line.id = m.sale_line_id
  JOIN sale_order o ON o.id = line.order_id WHERE m.backorder_held ORDER BY m.id;
SELECT c.active, c.interval_number, c.interval_type, a.code
  FROM ir_cron c JOIN ir_act_server a ON a.id = c.ir_actions_server_id
  JOIN ir_model_data d ON d.model = 'ir.cron' AND d.res_id = c.id AND d.module = 'backorder_automation'
 ORDER BY d.name;
SELECT backorder_automation, backorder_default_decision, backorder_queue_order FROM res_company ORDER BY id;
SELECT product_id, location_id, quantity, reserved_quantity FROM stock_quant ORDER BY id;
