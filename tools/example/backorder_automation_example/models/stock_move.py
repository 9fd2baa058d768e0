from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.backorder_automation.engine import CompleteOrder

# Whether the order of a move `m` has this customer reference. In SQL the move is always `m`.
HAS_REFERENCE = """
    EXISTS (SELECT FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id
             WHERE l.id = m.sale_line_id AND o.client_order_ref = %s)
"""


class StockMove(models.Model):
    """What an order may ask for here, by its customer reference."""

    _inherit = "stock.move"

    example_word = fields.Char("Word of the Example")

    @api.model
    def _example_sql(self, reference):
        return SQL(HAS_REFERENCE, reference)

    @api.model
    def _example_domain(self, reference):
        return Domain("sale_line_id.order_id.client_order_ref", "=", reference)

    # What is held

    def _is_backorder_eligible(self):
        """Leave *never* to Odoo's own backorder."""
        reference = self.sale_line_id.order_id.client_order_ref
        return super()._is_backorder_eligible() and reference != "never"

    # Who stands in the queue, and takes

    @api.model
    def _get_backorder_waits_sql(self):
        """Let a *sample* stand in no queue."""
        return SQL(
            "(%s AND NOT %s)", super()._get_backorder_waits_sql(), self._example_sql("sample")
        )

    def _is_backorder_waiting(self):
        """Say the same of one move."""
        reference = self.sale_line_id.order_id.client_order_ref
        return super()._is_backorder_waiting() and reference != "sample"

    @api.model
    def _get_backorder_automatic_sql(self):
        """Reserve for *at once* by itself, though its operation type is reserved by hand."""
        return SQL(
            "(%s OR %s)", super()._get_backorder_automatic_sql(), self._example_sql("at once")
        )

    # Who is ahead

    @api.model
    def _get_backorder_refill(self):
        """Let *our shop* stand behind every customer."""
        return SQL("(%s OR %s)", super()._get_backorder_refill(), self._example_sql("our shop"))

    # Who is served together: four hooks that say the same thing

    @api.model
    def _get_backorder_bond(self):
        """Serve the orders of *pair* together, or none of them."""
        pair = SQL("CASE WHEN m.backorder_held AND %s THEN 'pair' END", self._example_sql("pair"))
        return SQL("COALESCE(%s, %s)", super()._get_backorder_bond(), pair)

    @api.model
    def _get_backorder_joins(self, product_ids, company):
        """Plan the products of a *pair* with one another."""
        pairs = SQL(
            "SELECT m.product_id FROM stock_move m WHERE m.backorder_held AND %s",
            self._example_sql("pair"),
        )
        return [*super()._get_backorder_joins(product_ids, company), pairs]

    @api.model
    def _get_backorder_bound(self, product_ids, company):
        """Find the moves of a *pair* wherever they stand."""
        pairs = SQL(
            "SELECT m.id FROM stock_move m WHERE m.backorder_held AND m.product_id IN %s AND %s",
            product_ids,
            self._example_sql("pair"),
        )
        return [*super()._get_backorder_bound(product_ids, company), pairs]

    @api.model
    def _get_backorder_groups(self, rows):
        """Give a *pair* everything or nothing, as an order that ships complete."""
        pairs = [row for row in rows if row.bond == "pair"]
        groups = super()._get_backorder_groups(rows)
        return [*groups, CompleteOrder(pairs)] if pairs else groups

    # What follows the demand

    def _prepare_backorder_history_vals(self):
        """Let the word follow through splits and steps."""
        return {**super()._prepare_backorder_history_vals(), "example_word": self.example_word}

    @api.model
    def _get_backorder_protected_fields(self):
        """Let nobody write the word by hand."""
        return super()._get_backorder_protected_fields() | {"example_word"}

    # The new transfer

    def _get_backorder_transfer_key(self):
        """Give each product of *each alone* a transfer of its own."""
        key = super()._get_backorder_transfer_key()
        alone = self.sale_line_id.order_id.client_order_ref == "each alone"
        return (*key, self.product_id) if alone else key

    def _prepare_backorder_transfer_vals(self):
        """Say in the source document that it is a rest."""
        vals = super()._prepare_backorder_transfer_vals()
        return {**vals, "origin": f"Rest of {vals['origin']}"}
