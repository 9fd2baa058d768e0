from odoo import api, fields, models
from odoo.tools import SQL

from ..promise import PROMISE_SQL, make_day_sql, make_late_sql

STATES = [
    ("waiting", "Held"),
    ("released", "Released"),
    ("delivered", "Delivered"),
    ("cancelled", "Cancelled"),
]
AGES = [
    ("d07", "0-7 days"),
    ("d30", "8-30 days"),
    ("d60", "31-60 days"),
    ("over", "Over 60 days"),
]
# Whether the promise was kept: what is open is late as everywhere, by today's promise; what is
# delivered is measured by the first one. Not in the table: only a query that asks for it plans.
ON_TIME = """
    CASE WHEN %(state)s IN ('waiting', 'released') THEN CASE WHEN %(late)s THEN {no} END
         WHEN %(state)s = 'delivered' AND %(filled)s > %(promised)s THEN {no}
         WHEN %(state)s = 'delivered' AND %(promised)s IS NOT NULL THEN {yes} END"""
EXPRESSIONS = {
    "on_time": ON_TIME.format(yes="'yes'", no="'no'"),
    "on_time_rate": ON_TIME.format(yes="100.0", no="0.0"),
}


class BackorderReport(models.Model):
    """Every quantity that ever was a back order, read from the facts on the moves.

    One row for each move that carries such a quantity. With several delivery steps the demand
    walks from move to move, and each copy keeps its `backorder_date`; it is counted where it
    stands: in the step still open, in the step that was cancelled, or in the step that brought it
    to the customer. A done step that only handed it on is left out, so nothing counts twice.

    Demand that was given back to Odoo is no back order any more and has no row. A cancelled or
    dropped one keeps its row: the past does not change.
    """

    _name = "backorder.report"
    _inherit = ["backorder.access.mixin", "backorder.query.mixin"]
    _description = "Back Order Analysis"
    _auto = False
    _rec_name = "order_id"
    _order = "backorder_date desc, id desc"
    _depends = {
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id", "uom_id"],
        "res.company": ["backorder_promise_by_lead", "currency_id"],
        "sale.order": [
            "commitment_date",
            "currency_rate",
            "date_order",
            "partner_id",
            "user_id",
            "warehouse_id",
        ],
        "sale.order.line": [
            "customer_lead",
            "order_id",
            "price_reduce_taxexcl",
            "product_uom_id",
        ],
        "stock.location": ["company_id", "usage", "warehouse_id"],
        "stock.move": [
            "backorder_date",
            "backorder_held",
            "backorder_release_date",
            "company_id",
            "date",
            "backorder_promised_date",
            "location_dest_id",
            "location_id",
            "product_id",
            "product_qty",
            "product_uom",
            "quantity",
            "sale_line_id",
            "state",
        ],
        "uom.uom": ["factor"],
    }

    state = fields.Selection(STATES, readonly=True)
    order_id = fields.Many2one("sale.order", string="Sales Order", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", string="Product Category", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    backorder_date = fields.Datetime(string="Back Ordered On", readonly=True)
    release_date = fields.Datetime(string="Released On", readonly=True)
    fill_date = fields.Datetime(string="Delivered On", readonly=True)
    promised_date = fields.Datetime(
        string="Promised On", readonly=True, help="What was promised first. Empty: nothing."
    )
    quantity = fields.Float(
        readonly=True, digits="Product Unit", help="In the unit of the product."
    )
    open_quantity = fields.Float(
        readonly=True,
        digits="Product Unit",
        help="What the customer still waits for, in the unit of the product.",
    )
    open_value = fields.Monetary(
        readonly=True, help="The open quantity at its price before tax, in company currency."
    )
    age = fields.Selection(AGES, readonly=True, help="How long an open back order waits by now.")
    days_open = fields.Float(
        string="Days Waiting", readonly=True, aggregator="avg", help="Of what is open by now."
    )
    days_to_fill = fields.Float(
        readonly=True,
        aggregator="avg",
        help="From the day it became a back order to the day it left for the customer.",
    )
    on_time = fields.Selection(
        [("yes", "On time"), ("no", "Late")],
        readonly=True,
        help="Delivered by the day promised first. What is open is late once its promised day has "
        "passed, or when it is expected after it.",
    )
    on_time_rate = fields.Float(
        string="On Time %",
        readonly=True,
        aggregator="avg",
        help="The share of back orders that met the promised day, of those where it is known.",
    )

    def action_open_order(self):
        """Open what the user may open of the row: order, else transfer, else the line itself."""
        self.ensure_one()
        self.check_access("read")
        # What was dropped at a delivery has the id of its move with a minus.
        return self.env["stock.move"].browse(abs(self.id)).action_open_backorder_document()

    @api.model
    def _field_to_sql(self, alias, field_expr, query=None):
        """Give the fields about the promise an expression."""
        if field_expr not in EXPRESSIONS:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        plan = self.env["stock.move"]._join_backorder_plan(alias, query)
        zone, promise = self.env.tz, SQL.identifier(alias, "promise_date")
        return SQL(
            EXPRESSIONS[field_expr],
            state=self._field_to_sql(alias, "state"),
            late=make_late_sql(promise, SQL("%s.expected_date", plan), zone),
            filled=make_day_sql(self._field_to_sql(alias, "fill_date"), zone),
            promised=make_day_sql(self._field_to_sql(alias, "promised_date"), zone),
        )

    @property
    def _table_query(self):
        """The age is measured now, so the query is made anew each time."""
        return SQL(
            """
            SELECT pieces.*,
                   CASE WHEN days_open <= 7 THEN 'd07'
                        WHEN days_open <= 30 THEN 'd30'
                        WHEN days_open <= 60 THEN 'd60'
                        WHEN days_open IS NOT NULL THEN 'over'
                   END AS age
              FROM (%s) pieces
            """,
            self._get_pieces_query(),
        )

    def _get_pieces_query(self):
        """Return the pieces of demand with their quantities and durations."""
        return SQL(
            """
            SELECT %(select)s,
                   CASE WHEN piece.is_open THEN piece.quantity ELSE 0 END AS open_quantity,
                   CASE WHEN piece.is_open
                        THEN piece.quantity * %(units)s / line_unit.factor
                             * line.price_reduce_taxexcl / COALESCE(NULLIF(so.currency_rate, 0), 1)
                        ELSE 0 END AS open_value,
                   CASE WHEN piece.is_open
                        THEN FLOOR(EXTRACT(EPOCH FROM %(now)s - m.backorder_date) / 86400)
                   END AS days_open,
                   CASE WHEN piece.state = 'delivered'
                        THEN EXTRACT(EPOCH FROM m.date - m.backorder_date) / 86400
                   END AS days_to_fill
              FROM %(tables)s
             WHERE m.backorder_date IS NOT NULL AND m.state <> 'draft' AND %(readable)s
               AND (piece.state <> 'delivered' OR dest.usage = 'customer'
                    OR dest.usage = 'transit' AND dest.company_id IS NULL)
            """,
            select=self._get_pieces_select(),
            readable=self._get_backorder_readable_sql(SQL("so.id")),
            units=self._get_sold_units(),
            tables=self._get_pieces_tables(),
            now=fields.Datetime.now(),
        )

    def _get_sold_units(self):
        """Return in SQL what one unit of a move's product is of what its line sells.

        Another product than the line's has no price of its own on the order.
        """
        return SQL("CASE WHEN m.product_id = line.product_id THEN base.factor ELSE 0 END")

    def _get_pieces_select(self):
        """Return what a piece is and where it belongs."""
        return SQL(
            """
            piece.id,
            piece.state,
            piece.quantity,
            line.order_id,
            so.partner_id,
            so.user_id,
            m.product_id,
            template.categ_id,
            COALESCE(source.warehouse_id, so.warehouse_id) AS warehouse_id,
            m.company_id,
            company.currency_id,
            m.backorder_date,
            m.backorder_release_date AS release_date,
            CASE WHEN piece.state = 'delivered' THEN m.date END AS fill_date,
            COALESCE(m.backorder_promised_date, %(promise)s) AS promised_date,
            %(promise)s AS promise_date
            """,
            promise=PROMISE_SQL,
        )

    def _get_pieces_tables(self):
        """Return the joined tables a piece is read from.

        A done move that shipped less than it should, without a backorder, is two pieces: what
        was delivered, and what was dropped.
        """
        return SQL(
            """
            stock_move m
            JOIN sale_order_line line ON line.id = m.sale_line_id
            JOIN sale_order so ON so.id = line.order_id
            JOIN product_product product ON product.id = m.product_id
            JOIN product_template template ON template.id = product.product_tmpl_id
            JOIN uom_uom unit ON unit.id = m.product_uom
            JOIN uom_uom base ON base.id = template.uom_id
            JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
            JOIN res_company company ON company.id = m.company_id
            JOIN stock_location source ON source.id = m.location_id
            JOIN stock_location dest ON dest.id = m.location_dest_id
            CROSS JOIN LATERAL (
                SELECT m.quantity * unit.factor / base.factor AS shipped) done
            JOIN LATERAL (VALUES
                (m.id, 'delivered', m.state = 'done', done.shipped, FALSE),
                (-m.id, 'cancelled', m.state = 'done', m.product_qty - done.shipped, FALSE),
                (m.id, 'cancelled', m.state = 'cancel', m.product_qty, FALSE),
                (m.id, CASE WHEN m.backorder_held THEN 'waiting' ELSE 'released' END,
                 m.state NOT IN ('done', 'cancel'), m.product_qty, TRUE)
                 ) piece(id, state, is_real, quantity, is_open)
              ON piece.is_real AND piece.quantity > 0.000001
            """
        )
