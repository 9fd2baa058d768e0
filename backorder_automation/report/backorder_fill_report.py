from odoo import fields, models
from odoo.tools import SQL

from ..promise import LEAD_SQL, PROMISE_SQL, make_day_sql


class BackorderFillReport(models.Model):
    """How much of each confirmed order line went out with the first delivery.

    The first delivery of an order is its first done transfer to the customer, for each warehouse
    (an order served by two has two). A released back order never counts as first.

    A line is measured once its order made that delivery, or once it became a back order; before
    that its rates are empty. What was dropped at the first delivery, and back orders cancelled
    later, still count as ordered: a cancellation does not improve the past.
    """

    _name = "backorder.fill.report"
    _inherit = ["backorder.access.mixin"]
    _description = "Fill Rate Analysis"
    _auto = False
    _rec_name = "order_id"
    _order = "date desc, id desc"
    _depends = {
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id", "is_storable", "uom_id"],
        "res.company": ["backorder_promise_by_lead"],
        "sale.order": [
            "commitment_date",
            "date_order",
            "partner_id",
            "state",
            "user_id",
            "warehouse_id",
        ],
        "sale.order.line": [
            "customer_lead",
            "order_id",
            "product_id",
            "product_uom_id",
            "product_uom_qty",
        ],
        "stock.location": ["company_id", "usage"],
        "stock.move": [
            "backorder_date",
            "backorder_promised_date",
            "backorder_release_date",
            "date",
            "date_deadline",
            "location_dest_id",
            "picking_id",
            "product_qty",
            "product_uom",
            "quantity",
            "sale_line_id",
            "state",
        ],
        "stock.picking": ["picking_type_id", "state"],
        "uom.uom": ["factor"],
    }

    order_id = fields.Many2one("sale.order", string="Sales Order", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", string="Product Category", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Datetime(string="Order Date", readonly=True)
    first_date = fields.Datetime(string="First Delivery", readonly=True)
    is_measured = fields.Boolean(
        string="Measured",
        readonly=True,
        help="The order made its first delivery, or the line became a back order.",
    )
    qty_ordered = fields.Float(
        string="Ordered", readonly=True, digits="Product Unit", help="In the unit of the product."
    )
    qty_first = fields.Float(
        string="Shipped at First Delivery", readonly=True, digits="Product Unit"
    )
    qty_backordered = fields.Float(string="Ever Back Ordered", readonly=True, digits="Product Unit")
    unit_fill_rate = fields.Float(
        string="Unit Fill Rate %",
        readonly=True,
        aggregator="avg",
        help="Units shipped at the first delivery, of all units ordered.",
    )
    line_fill_rate = fields.Float(
        string="Line Fill Rate %",
        readonly=True,
        aggregator="avg",
        help="Lines shipped whole at the first delivery, of all lines.",
    )
    order_fill_rate = fields.Float(
        string="Order Fill Rate %",
        readonly=True,
        aggregator="avg",
        help="Orders shipped whole at the first delivery, of all orders.",
    )
    backorder_rate = fields.Float(
        string="Back Order Rate %",
        readonly=True,
        aggregator="avg",
        help="Lines that became a back order, of all lines.",
    )

    promised_date = fields.Datetime(
        string="Promised On", readonly=True, help="What was promised first. Empty: nothing."
    )
    otif_rate = fields.Float(
        string="On Time in Full %",
        readonly=True,
        aggregator="avg",
        help="Lines shipped whole at the first delivery, by the promised day where there is one, "
        "of all lines.",
    )

    def action_open_order(self):
        """Open what the user may open of the row: order, else transfer, else the line itself."""
        self.ensure_one()
        self.check_access("read")
        moves = self.env["stock.move"].search([("sale_line_id", "=", self.id)], order="id")
        move = moves.filtered("picking_id")[:1] or moves[:1]
        return (
            move.action_open_backorder_document() if move else self.order_id.get_formview_action()
        )

    def _read_group_select(self, aggregate_spec, query):
        """Weigh the unit rate by units, and count each order once in the order rate."""
        if aggregate_spec == "unit_fill_rate:avg":
            return SQL(
                "100 * SUM(%(first)s) FILTER (WHERE %(rate)s IS NOT NULL)"
                " / NULLIF(SUM(%(ordered)s) FILTER (WHERE %(rate)s IS NOT NULL), 0)",
                first=self._field_to_sql(self._table, "qty_first", query),
                ordered=self._field_to_sql(self._table, "qty_ordered", query),
                rate=self._field_to_sql(self._table, "unit_fill_rate", query),
            )
        if aggregate_spec == "order_fill_rate:avg":
            return SQL(
                "100.0 * COUNT(DISTINCT %(order)s) FILTER (WHERE %(rate)s = 100)"
                " / NULLIF(COUNT(DISTINCT %(order)s) FILTER (WHERE %(rate)s IS NOT NULL), 0)",
                order=self._field_to_sql(self._table, "order_id", query),
                rate=self._field_to_sql(self._table, "order_fill_rate", query),
            )
        return super()._read_group_select(aggregate_spec, query)

    @property
    def _table_query(self):
        """The rates of each line; an order is filled when each of its lines is."""
        return SQL(
            """
            SELECT line.*,
                   100 * qty_first / CASE WHEN is_measured THEN qty_ordered END AS unit_fill_rate,
                   CASE WHEN is_measured AND filled THEN 100.0
                        WHEN is_measured THEN 0.0 END AS line_fill_rate,
                   CASE WHEN is_measured AND qty_backordered > 0 THEN 100.0
                        WHEN is_measured THEN 0.0 END AS backorder_rate,
                   CASE WHEN is_measured AND filled
                             AND COALESCE(%(first_day)s <= %(promised_day)s, TRUE) THEN 100.0
                        WHEN is_measured THEN 0.0 END AS otif_rate,
                   CASE WHEN BOOL_OR(is_measured AND NOT filled) OVER same_order THEN 0.0
                        WHEN BOOL_AND(is_measured) OVER same_order THEN 100.0
                   END AS order_fill_rate
              FROM (SELECT *,
                           first_date IS NOT NULL OR qty_backordered > 0 AS is_measured,
                           qty_first >= qty_ordered - 0.000001 AS filled
                      FROM (%(lines)s) measure) line
            WINDOW same_order AS (PARTITION BY order_id)
            """,
            first_day=make_day_sql(SQL("first_date"), self.env.tz),
            promised_day=make_day_sql(SQL("promised_date"), self.env.tz),
            lines=self._get_lines_query(),
        )

    def _get_lines_query(self):
        """Return the order lines with what was ordered, shipped first and back ordered."""
        return SQL(
            """
            SELECT line.id, line.order_id, line.product_id, line.company_id, so.partner_id,
                   so.user_id, so.warehouse_id, so.date_order AS date, template.categ_id,
                   moved.first_date, moved.promised_date,
                   GREATEST(line.product_uom_qty * unit.factor / base.factor,
                            COALESCE(moved.first + moved.later, 0)) AS qty_ordered,
                   LEAST(COALESCE(moved.first, 0),
                         GREATEST(line.product_uom_qty * unit.factor / base.factor,
                                  COALESCE(moved.first + moved.later, 0))) AS qty_first,
                   COALESCE(moved.backordered, 0) AS qty_backordered
              FROM sale_order_line line
              JOIN sale_order so ON so.id = line.order_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template
                ON template.id = product.product_tmpl_id AND template.is_storable
              JOIN uom_uom unit ON unit.id = line.product_uom_id
              JOIN uom_uom base ON base.id = template.uom_id
         LEFT JOIN (%(moved)s) moved ON moved.sale_line_id = line.id
             WHERE line.display_type IS NULL AND %(readable)s
               AND (so.state = 'sale' OR so.state = 'cancel'
                    AND (moved.first_date IS NOT NULL OR moved.backordered > 0))
               AND (line.product_uom_qty > 0 OR moved.first + moved.later > 0)
            """,
            moved=self._get_moved_query(),
            readable=self._get_backorder_readable_sql(SQL("so.id")),
        )

    def _get_moved_query(self):
        """Return what the moves say about each line.

        `later` is what was ordered and not shipped first: delivered as a back order, cancelled as
        one, or dropped. It keeps the ordered quantity when the line is lowered afterwards. A step
        that handed the goods on to the next one is left out, see `backorder.report`.

        A done move keeps the deadline it had: a promise, unless it is what the lead time gave.
        """
        return SQL(
            """
            SELECT m.sale_line_id,
                   MIN(delivery.date) AS first_date,
                   MIN(COALESCE(
                       m.backorder_promised_date,
                       CASE WHEN m.state = 'done' AND so.commitment_date IS NOT NULL
                            THEN NULLIF(m.date_deadline, %(lead)s) END,
                       %(promise)s)) AS promised_date,
                   COALESCE(SUM(m.quantity * unit.factor / base.factor) FILTER (
                       WHERE m.state = 'done' AND m.picking_id = delivery.picking_id
                         AND m.backorder_release_date IS NULL), 0) AS first,
                   COALESCE(SUM(m.product_qty) FILTER (
                       WHERE m.state = 'cancel'
                         AND (m.backorder_date IS NOT NULL
                              OR picking.state = 'done' AND %(is_last_step)s)), 0)
                   + COALESCE(SUM(GREATEST(
                       m.product_qty - m.quantity * unit.factor / base.factor, 0)) FILTER (
                       WHERE m.state = 'done'), 0)
                   + COALESCE(SUM(m.quantity * unit.factor / base.factor) FILTER (
                       WHERE m.state = 'done' AND m.backorder_release_date IS NOT NULL), 0)
                   AS later,
                   SUM(m.product_qty) FILTER (
                       WHERE m.backorder_date IS NOT NULL) AS backordered
              FROM stock_move m
              JOIN sale_order_line line ON line.id = m.sale_line_id
              JOIN sale_order so ON so.id = line.order_id
              JOIN res_company company ON company.id = so.company_id
              JOIN product_product product ON product.id = m.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom unit ON unit.id = m.product_uom
              JOIN uom_uom base ON base.id = template.uom_id
              JOIN stock_location dest ON dest.id = m.location_dest_id
         LEFT JOIN stock_picking picking ON picking.id = m.picking_id
         LEFT JOIN stock_picking_type type ON type.id = m.picking_type_id
         LEFT JOIN (%(first_deliveries)s) delivery
                ON delivery.order_id = line.order_id
               AND delivery.warehouse_id = type.warehouse_id
             WHERE m.state <> 'draft' AND (m.state <> 'done' OR %(is_last_step)s)
               AND m.product_id = line.product_id
          GROUP BY m.sale_line_id
            """,
            lead=LEAD_SQL,
            promise=PROMISE_SQL,
            is_last_step=self._get_last_step_condition(),
            first_deliveries=self._get_first_deliveries_query(),
        )

    def _get_first_deliveries_query(self):
        """Return the first done transfer to the customer of each order and warehouse."""
        return SQL(
            """
            SELECT DISTINCT ON (line.order_id, type.warehouse_id)
                   line.order_id, type.warehouse_id, m.picking_id, m.date
              FROM stock_move m
              JOIN sale_order_line line ON line.id = m.sale_line_id
              JOIN stock_picking_type type ON type.id = m.picking_type_id
              JOIN stock_location dest ON dest.id = m.location_dest_id
             WHERE m.state = 'done' AND m.backorder_release_date IS NULL AND %s
          ORDER BY line.order_id, type.warehouse_id, m.date, m.picking_id
            """,
            self._get_last_step_condition(),
        )

    def _get_last_step_condition(self):
        """Return whether a move brings the goods to the customer."""
        return SQL(
            "(dest.usage = 'customer' OR dest.usage = 'transit' AND dest.company_id IS NULL)"
        )
