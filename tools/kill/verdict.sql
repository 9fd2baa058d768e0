-- What is lost or doubled after everything was released: each order wanted one unit, and has it.
SELECT COUNT(*)
  FROM sale_order_line line
  JOIN sale_order o ON o.id = line.order_id AND o.state = 'sale'
 WHERE line.product_uom_qty <> (
       SELECT COALESCE(SUM(m.product_qty), 0) FROM stock_move m
        WHERE m.sale_line_id = line.id AND m.state <> 'cancel')
    OR EXISTS (SELECT FROM stock_move m
                WHERE m.sale_line_id = line.id AND m.state <> 'cancel'
                  AND (m.picking_id IS NULL OR m.state <> 'assigned'));
