"""Say what is wrong with the quantities, in Odoo's shell. Ends with `clean` or `WRONG`."""

RULES = {
    "more reserved than on hand": "SUM(reserved) > GREATEST(SUM(quantity), 0) + 0.000001",
    "below zero": "SUM(quantity) < -0.000001",
    "reserved differs from the lines": "ABS(SUM(reserved) - SUM(lines)) > 0.000001",
    "several quants of the same goods": "SUM(quants) > 1",
}
STOCK = """
    SELECT p.default_code, side.product_id, SUM(quantity), SUM(reserved), SUM(lines)
      FROM (SELECT product_id, location_id, lot_id, package_id, owner_id, quantity,
                   reserved_quantity AS reserved, 0 AS lines, 1 AS quants
              FROM stock_quant
         UNION ALL
            SELECT product_id, location_id, lot_id, package_id, owner_id, 0, 0,
                   quantity_product_uom, 0
              FROM stock_move_line WHERE state NOT IN ('draft', 'done', 'cancel')) side
      JOIN stock_location place ON place.id = side.location_id AND place.usage = 'internal'
      JOIN product_product p ON p.id = side.product_id
  GROUP BY p.default_code, side.product_id, side.location_id, side.lot_id, side.package_id,
           side.owner_id
    HAVING {}
"""
HELD = """
    SELECT m.id FROM stock_move m JOIN sale_order_line l ON l.id = m.sale_line_id
      JOIN sale_order o ON o.id = l.order_id
     WHERE m.backorder_held
       AND (m.picking_id IS NOT NULL OR m.quantity > 0 OR m.state <> 'confirmed'
            OR o.state <> 'sale')
"""
FLAG = """
    SELECT o.name FROM sale_order o
     WHERE o.state = 'sale' AND o.is_backordered IS DISTINCT FROM EXISTS (
           SELECT FROM stock_move m JOIN sale_order_line l ON l.id = m.sale_line_id
            WHERE l.order_id = o.id AND m.backorder_date IS NOT NULL
              AND m.state NOT IN ('draft', 'done', 'cancel'))
"""
queries = {name: STOCK.format(rule) for name, rule in RULES.items()}
queries |= {"held and not on its own": HELD, "flag of the order": FLAG}
wrong = False
for name, query in queries.items():
    env.cr.execute(query)  # noqa: F821  Odoo's shell provides it
    found = env.cr.fetchall()  # noqa: F821
    wrong = wrong or bool(found)
    print(f"{len(found):5}  {name}", *found[:4])
checked = env["backorder.check"]._find()  # noqa: F821
wrong = wrong or bool(checked)
print(f"{len(checked):5}  Back Order Check", *checked[:4])
print("WRONG" if wrong else "clean")
