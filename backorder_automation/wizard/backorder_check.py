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
        found = self.sudo()._find(self.env.companies)
        named = self.env["sale.order"].browse({vals.get("order_id") for vals in found} - {None})
        hidden = named - named._filtered_access("read")
        findings = self.sudo().create(
            [vals for vals in found if vals.get("order_id") not in hidden._ids]
        )
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
        lines = (
            self.env["stock.move"]
            .search(
                [
                    ("backorder_date", "!=", False),
                    ("sale_line_id.state", "=", "sale"),
                    ("company_id", "in", companies.ids),
                ]
            )
            .sale_line_id
        )
        findings = []
        for line in lines:
            for part in line._get_backorder_parts():
                missing = -line._get_backorder_balance(part)
                cancelled = part.moves._get_backorder_cancelled()
                if part.moves and (missing < -EPSILON or missing - cancelled > EPSILON):
                    findings.append(self._prepare_quantity_vals(line, part, missing))
        return findings

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
        groups = self.env["stock.quant"]._read_group(
            [
                ("location_id.usage", "=", "internal"),
                ("location_id.company_id", "in", [*companies.ids, False]),
            ],
            ["product_id", "location_id", "lot_id", "package_id", "owner_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        )
        return [
            {
                "kind": "reserved",
                "product_id": product.id,
                "location_id": location.id,
                "detail": self.env._(
                    "On hand %(quantity)s, reserved %(reserved)s",
                    quantity=quantity,
                    reserved=reserved,
                ),
            }
            for product, location, _lot, _package, _owner, quantity, reserved in groups
            if reserved > max(quantity, 0) + EPSILON
        ]
