"""Build many waiting orders: real ones through the ORM, and copies of them in SQL."""

from odoo.fields import Command
from odoo.tools import SQL

ANALYZED = (
    "stock_reference",
    "stock_reference_sale_rel",
    "stock_reference_move_rel",
    "sale_order",
    "sale_order_line",
    "stock_move",
    "stock_picking",
    "stock_quant",
    "product_product",
    "product_template",
)


def make_world(env, products):
    """Make a warehouse, a customer and `products` storable products; return them."""
    env.company.backorder_automation = True
    code = f"B{env['stock.warehouse'].with_context(active_test=False).search_count([]):03}"
    warehouse = env["stock.warehouse"].create({"name": f"Bench {code}", "code": code})
    customer = env["res.partner"].create({"name": "Bench customer"})
    goods = env["product.product"].create(
        [
            {"name": f"Bench {number}", "type": "consu", "is_storable": True}
            for number in range(products)
        ]
    )
    return warehouse, customer, goods


def draft(env, warehouse, customer, goods, quantity=1):
    """Quote `quantity` of each product through the ORM, a line each; return the quotation."""
    return env["sale.order"].create(
        {
            "partner_id": customer.id,
            "warehouse_id": warehouse.id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": quantity})
                for product in goods
            ],
        }
    )


def order(env, warehouse, customer, goods, quantity=1):
    """Sell and confirm `quantity` of each product through the ORM; return the order."""
    sale = draft(env, warehouse, customer, goods, quantity)
    sale.action_confirm()
    return sale


def short_delivery(env, warehouse, customer, goods):
    """Sell two of each product, of which one is there; return the delivery of what is there."""
    put(env, warehouse, goods, 1)
    picking = order(env, warehouse, customer, goods, 2).picking_ids
    picking.move_ids.write({"quantity": 1, "picked": True})
    env.flush_all()
    analyze(env)
    return picking


def hold_orders(env, warehouse, customer, goods, count):
    """Make `count` held orders of one unit, spread over the products, through the ORM."""
    orders = env["sale.order"]
    for number in range(count):
        orders |= order(env, warehouse, customer, goods[number % len(goods)])
    orders.action_mark_backordered()
    env.flush_all()
    return orders


def copy_orders(env, seeds, count, goods=None):
    """Copy held orders in SQL until there are `count`: same rows, new ids and names.

    Copies the reference, the order, its line and its held move, which is all that a release
    reads. No business logic runs, so this is for volume only.

    :param goods: spread the copies over these products; each keeps that of its seed when None
    """
    per_seed = count // len(seeds) - 1
    if per_seed < 1:
        analyze(env)
        return
    env.cr.execute(
        SQL(
            """
            CREATE TEMP TABLE bench_map ON COMMIT DROP AS
            SELECT so.id AS seed_order, line.id AS seed_line, m.id AS seed_move,
                   rel.reference_id AS seed_reference,
                   nextval('sale_order_id_seq') AS new_order,
                   nextval('sale_order_line_id_seq') AS new_line,
                   nextval('stock_move_id_seq') AS new_move,
                   nextval('stock_reference_id_seq') AS new_reference,
                   (%s::int[])[1 + copy %% %s] AS new_product
              FROM sale_order so
              JOIN sale_order_line line ON line.order_id = so.id
              JOIN stock_move m ON m.sale_line_id = line.id AND m.backorder_held
              JOIN stock_reference_sale_rel rel ON rel.sale_id = so.id
        CROSS JOIN generate_series(1, %s) AS copy
             WHERE so.id IN %s
            """,
            goods.ids if goods else [None],
            len(goods or [None]),
            per_seed,
            seeds._ids,
        )
    )
    _copy(env, "stock_reference", "reference", {"name": "'C' || map.new_reference"})
    _copy(env, "sale_order", "order", {"name": "'C' || map.new_order"})
    product = {"product_id": 'COALESCE(map.new_product, seed."product_id")'}
    _copy(env, "sale_order_line", "line", {"order_id": "map.new_order", **product})
    _copy(env, "stock_move", "move", {"sale_line_id": "map.new_line", **product})
    env.cr.execute(
        """
        INSERT INTO stock_reference_sale_rel (sale_id, reference_id)
        SELECT new_order, new_reference FROM bench_map;
        INSERT INTO stock_reference_move_rel (move_id, reference_id)
        SELECT new_move, new_reference FROM bench_map;
        DROP TABLE bench_map
        """
    )
    env.invalidate_all()
    analyze(env)


def analyze(env):
    """Let the planner of the database see what was built, as it would by the next morning."""
    for table in ANALYZED:
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))


def _copy(env, table, key, overrides):
    """Copy the seed rows of a table; `overrides` are SQL expressions by column."""
    env.cr.execute(
        SQL(
            """SELECT column_name FROM information_schema.columns
                WHERE table_name = %s AND is_generated = 'NEVER' AND column_name <> 'id'""",
            table,
        )
    )
    columns = [name for (name,) in env.cr.fetchall()]
    values = [overrides.get(name, f'seed."{name}"') for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    env.cr.execute(
        f"""INSERT INTO {table} (id, {names})
            SELECT map.new_{key}, {", ".join(values)}
              FROM bench_map map JOIN {table} seed ON seed.id = map.seed_{key}"""
    )


def put(env, warehouse, goods, quantity):
    """Put `quantity` of each product in stock without a stock move."""
    for product in goods:
        env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, quantity)
    env.flush_all()


def receipt(env, warehouse, goods, quantity):
    """Return a receipt of `quantity` of each product, ready to validate."""
    supplier = env.ref("stock.stock_location_suppliers")
    places = {"location_id": supplier.id, "location_dest_id": warehouse.lot_stock_id.id}
    picking = env["stock.picking"].create(
        {
            "picking_type_id": warehouse.in_type_id.id,
            **places,
            "move_ids": [
                Command.create({"product_id": product.id, "product_uom_qty": quantity, **places})
                for product in goods
            ],
        }
    )
    picking.action_confirm()
    picking.move_ids.write({"quantity": quantity, "picked": True})
    env.flush_all()
    return picking
