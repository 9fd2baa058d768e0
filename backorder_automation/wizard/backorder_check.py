from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import EPSILON

KINDS = [
    ("orphan", "Waits for an order that is gone"),
    ("shape", "Held demand that is not on its own"),
    ("quantity", "Order and open demand differ"),
    ("reserved", "More reserved than on hand"),
    ("leaked", "Reserved is not what the transfers have"),
]


class BackorderCheck(models.TransientModel):
    """Find what should never be: a check people can run, with what to do about each finding."""

    _name = "backorder.check"
    _inherit = ["backorder.leak.mixin"]
    _description = "Back Order Check"
    _order = "kind, id"

    kind = fields.Selection(KINDS, required=True, readonly=True, string="Finding")
    order_id = fields.Many2one("sale.order", readonly=True)
    move_id = fields.Many2one("stock.move", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    location_id = fields.Many2one("stock.location", readonly=True)
    detail = fields.Char(readonly=True)
    advice = fields.Char(string="What to Do", compute="_compute_advice")

    @api.depends("kind")
    def _compute_advice(self):
        advice = {
            "orphan": self.env._("Cancel this demand: nobody waits for it any more."),
            "shape": self.env._("Give it back to a standard backorder."),
            "quantity": self.env._("Compare the order with its transfers and correct the order."),
            "reserved": self.env._(
                "Mend it with the button above. Where it comes back, unreserve one of the "
                "transfers and check availability again."
            ),
            "leaked": self.env._("Mend it with the button above."),
        }
        for finding in self:
            finding.advice = advice[finding.kind]

    @api.model
    def _check(self, companies=None):
        """Look at everything and return the findings; none is what it should be.

        :param companies: `res.company` records to look at, all of them when None
        """
        return self.create(self._find(companies))

    @api.model
    def _find(self, companies=None):
        """Return the values of the findings, see `_check`."""
        self.env.flush_all()
        if companies is None:
            companies = (
                self.env["res.company"].with_context(active_test=False).sudo().search(Domain.TRUE)
            )
        over_reserved = self._find_over_reserved(companies)
        known = {(vals["product_id"], vals["location_id"]) for vals in over_reserved}
        return [
            *self._find_orphans(companies),
            *self._find_misshapen(companies),
            *self._find_wrong_quantities(companies),
            *over_reserved,
            *(
                vals
                for vals in self._find_leaked(companies)
                if (vals["product_id"], vals["location_id"]) not in known
            ),
        ]

    @api.model
    def action_check(self):
        """Run the check where the user works, and show what it found on orders they may read."""
        self.env["stock.picking"]._check_backorder_manager()
        return self._show(self._find_readable(self.env.companies))

    @api.model
    def _find_readable(self, companies):
        """Return the values of the findings on orders the user may read, see `_check`."""
        found = self.sudo()._find(companies)
        named = self.env["sale.order"].browse({vals.get("order_id") for vals in found} - {None})
        hidden = named - named._filtered_access("read")
        return [vals for vals in found if vals.get("order_id") not in hidden._ids]

    @api.model
    def _show(self, found):
        """Return the action that lists findings.

        :param list found: their values, see `_find_readable`
        """
        findings = self.sudo().create(found)
        action = self.env["backorder.records"]._get_action(
            "backorder_automation.action_backorder_check", "backorder.check"
        )
        action["domain"] = [("id", "in", findings.ids)]
        return action

    @api.model
    def _find_orphans(self, companies):
        """Held moves without a confirmed order."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id, m.product_id, so.id
                  FROM stock_move m
             LEFT JOIN sale_order_line line ON line.id = m.sale_line_id
             LEFT JOIN sale_order so ON so.id = line.order_id
                 WHERE m.backorder_held AND (so.state IS NULL OR so.state <> 'sale')
                   AND m.company_id IN %s
                """,
                companies._ids,
            )
        )
        return [
            {"kind": "orphan", "move_id": move, "product_id": product, "order_id": order}
            for move, product, order in rows
        ]

    @api.model
    def _find_misshapen(self, companies):
        """Held moves with a transfer, a reservation or a state they must not have."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id, m.product_id, line.order_id
                  FROM stock_move m
             LEFT JOIN sale_order_line line ON line.id = m.sale_line_id
                 WHERE m.backorder_held AND m.company_id IN %s
                   AND (m.picking_id IS NOT NULL OR m.state NOT IN ('confirmed', 'waiting')
                        OR EXISTS (SELECT 1 FROM stock_move_line l WHERE l.move_id = m.id))
                """,
                companies._ids,
            )
        )
        return [
            {"kind": "shape", "move_id": move, "product_id": product, "order_id": order}
            for move, product, order in rows
        ]

    @api.model
    def _find_wrong_quantities(self, companies):
        """Order lines with back orders whose delivered and open demand is not what was ordered.

        What was cancelled by decision explains a smaller quantity, never a larger one.
        """
        lines = self.env["sale.order.line"].browse(self._fetch_suspects(companies))
        findings = []
        for line in lines:
            for part in line._get_backorder_parts():
                missing = -line._get_backorder_balance(part)
                cancelled = part.moves._get_backorder_cancelled()
                if part.moves and (missing < -EPSILON or missing - cancelled > EPSILON):
                    findings.append(self._prepare_quantity_vals(line, part, missing))
        return findings

    @api.model
    def _fetch_suspects(self, companies):
        """Return the ids of the order lines with back orders that need a closer look.

        The others are added up where they lie: whoever ships what he orders, in the unit of the
        product and without returns, has as much delivered and open as ordered.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id
                  FROM sale_order_line line
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
            CROSS JOIN LATERAL (
                       SELECT BOOL_OR(m.product_id <> line.product_id
                                      OR m.product_uom <> template.uom_id
                                      OR m.origin_returned_move_id IS NOT NULL
                                      OR final.usage <> 'customer') AS is_odd,
                              SUM(CASE WHEN m.state = 'done' AND dest.usage = 'customer'
                                       THEN m.quantity
                                       WHEN m.state NOT IN ('done', 'cancel') AND NOT EXISTS (
                                            SELECT FROM stock_move_move_rel rel
                                              JOIN stock_move orig ON orig.id = rel.move_orig_id
                                             WHERE rel.move_dest_id = m.id
                                               AND orig.sale_line_id = m.sale_line_id
                                               AND orig.state NOT IN ('done', 'cancel'))
                                       THEN m.product_qty END) AS covered
                         FROM stock_move m
                         JOIN stock_location dest ON dest.id = m.location_dest_id
                         JOIN stock_location final
                           ON final.id = COALESCE(m.location_final_id, m.location_dest_id)
                        WHERE m.sale_line_id = line.id) moves
                 WHERE line.state = 'sale'
                   AND line.id IN (SELECT m.sale_line_id FROM stock_move m
                                    WHERE m.backorder_date IS NOT NULL AND m.company_id IN %s)
                   AND (moves.is_odd OR line.product_uom_id <> template.uom_id
                        OR ABS(COALESCE(moves.covered, 0) - line.product_uom_qty) > %s)
              ORDER BY line.id
                """,
                companies._ids,
                EPSILON,
            )
        )
        return [line_id for (line_id,) in rows]

    @api.model
    def _prepare_quantity_vals(self, line, part, missing):
        """Return the finding that `missing` (unit of the part's product) is nowhere."""
        ordered = part.factor * line.product_uom_id._compute_quantity(
            line.product_uom_qty, line.product_id.uom_id
        )
        return {
            "kind": "quantity",
            "order_id": line.order_id.id,
            "product_id": part.product.id,
            "detail": self.env._(
                "Ordered %(ordered)s, delivered or open %(covered)s",
                ordered=ordered,
                covered=ordered - missing,
            ),
        }

    @api.model
    def _find_over_reserved(self, companies):
        """Return where more is reserved than lies there."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT q.product_id, q.location_id, SUM(q.quantity), SUM(q.reserved_quantity)
                  FROM stock_quant q
                  JOIN stock_location place ON place.id = q.location_id
                   AND place.usage = 'internal' AND COALESCE(place.company_id, 0) IN %s
              GROUP BY q.product_id, q.location_id, q.lot_id, q.package_id, q.owner_id
                HAVING SUM(q.reserved_quantity) > GREATEST(SUM(q.quantity), 0) + %s
              ORDER BY q.product_id, q.location_id
                """,
                (0, *companies.ids),
                EPSILON,
            )
        )
        return [
            {
                "kind": "reserved",
                "product_id": product_id,
                "location_id": location_id,
                "detail": self.env._(
                    "On hand %(quantity)s, reserved %(reserved)s",
                    quantity=float(quantity),
                    reserved=float(reserved),
                ),
            }
            for product_id, location_id, quantity, reserved in rows
        ]
