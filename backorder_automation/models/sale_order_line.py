from typing import NamedTuple

from odoo import api, fields, models

from ..promise import get_day
from ..texts import format_day
from ..work import work_of


class BackorderPart(NamedTuple):
    """What a sales order line ships of one product; for most lines that is all of it."""

    product: models.Model  # product.product
    moves: models.Model  # stock.move, in every state
    factor: float  # units of this product in one unit of the line's product


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = [
        "sale.order.line",
        "backorder.line.mixin",
        "backorder.line.free.mixin",
        "backorder.turn.mixin",
    ]

    qty_backordered = fields.Float(
        string="Back Ordered",
        compute="_compute_qty_backordered",
        compute_sudo=True,
        digits="Product Unit",
        help="What the customer still waits for as a back order, in the unit of the line: held, "
        "or released and not delivered yet.",
    )

    def write(self, vals):
        """Wait for others who work with the same stock, before anything is done."""
        if "product_uom_qty" in vals:
            self._backorder_await("write", with_destination=False)
        return super().write(vals)

    def _get_backorder_turn_moves(self):
        return self.order_id.order_line.move_ids

    @api.depends("move_ids.backorder_date", "move_ids.state", "move_ids.product_uom_qty")
    def _compute_qty_backordered(self):
        for line in self:
            preview = line._get_backorder_preview()
            if preview:
                line.qty_backordered = preview[0]
                continue
            line.qty_backordered = line._get_backorder_quantity(
                line.move_ids.filtered(lambda move: move._is_backorder_open()), "product_uom_qty"
            )

    def _compute_qty_at_date(self):
        """What is shown as available is what a new order could have."""
        super()._compute_qty_at_date()
        self._set_backorder_free()

    def _get_backorder_quantity(self, moves, field_name):
        """Return the sum of a quantity of the moves, in the unit of the line."""
        return self._sum_backorder(
            {
                move: move.product_uom._compute_quantity(
                    move[field_name], move.product_id.uom_id, round=False
                )
                for move in moves
            }
        )

    def _sum_backorder(self, quantities):
        """Return the sum of what moves carry, in the unit of the line.

        Added up in the unit of the product: parts of a dozen, each rounded, do not add up.

        :param dict quantities: moves of the line to quantities in the unit of their product
        """
        self.ensure_one()
        return self.product_id.uom_id._compute_quantity(
            sum(quantities.values()), self.product_uom_id, rounding_method="HALF-UP"
        )

    @api.model
    def _get_backorder_last_date(self, places, wishes=False):
        """Return when the last of the demand is in stock; False when a part is not ordered.

        :param list places: what the plan says of each held move, None where it says nothing
        :param bool wishes: count what is not ordered yet too: never for customers
        """
        moves = self.env["stock.move"]
        dates = [moves._get_backorder_promise(place, wishes) for place in places]
        return max(dates) if dates and all(dates) else False

    def _get_backorder_preview(self):
        """Return what the customer would be told: (quantity, date or False); None: no preview."""
        return (work_of(self.env).preview or {}).get(self.id)

    def _get_backorder_customer_text(self):
        """Return when the customer gets what is back ordered, in words for the customer.

        A date that has passed is no promise any more.
        """
        self.ensure_one()
        preview, moves = self._get_backorder_preview(), self.sudo().move_ids
        if not preview and not any(move._is_backorder_waiting() for move in moves):
            return self.env._("Being prepared")
        date = preview[1] if preview else self.sudo().backorder_sure_date
        zone = self.env.tz
        if date and get_day(date, zone) >= get_day(fields.Datetime.now(), zone):
            return format_day(self.env, date)
        return self.env._("No date known yet")

    def _get_backorder_slip_text(self, held):
        """Return when the customer gets a part of what is back ordered, in words for the customer.

        :param bool held: whether it is held, or in a transfer already
        """
        return self._get_backorder_customer_text() if held else self.env._("Being prepared")

    def _get_backorder_parts(self):
        """Return what the line ships: a list of :class:`BackorderPart`.

        One part, the product itself. An addon whose lines ship something in place of their
        product says so here; every comparison of ordered and open quantities goes by parts.
        """
        self.ensure_one()
        moves = self.move_ids.filtered(lambda move: move.product_id == self.product_id)
        return [BackorderPart(self.product_id, moves, 1.0)]

    def _get_backorder_cancelled(self):
        """Return what was cancelled by decision, in the unit of the line's product."""
        return max(
            (part.moves._get_backorder_cancelled() / part.factor)
            for part in self._get_backorder_parts()
        )

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Count what is delivered and in progress, where a line has been back ordered.

        Odoo counts the moves of the first rule only: not a back order that another rule carries
        by now, and a Pick as delivered whatever became of its goods.
        """
        quantity = super()._get_qty_procurement(previous_product_uom_qty)
        if not any(m.backorder_date and m.product_id == self.product_id for m in self.move_ids):
            return quantity
        [part] = self._get_backorder_parts()
        return self.product_uom_qty + self.product_id.uom_id._compute_quantity(
            self._get_backorder_balance(part), self.product_uom_id, rounding_method="HALF-UP"
        )

    def _create_procurements(self, product_qty, procurement_uom, values):
        """Let a lowered line take from what it has open, held demand first.

        Odoo would look in one transfer, for a move just like the one it would make today. Back
        orders have several transfers, and are of another day: another promise, another route.
        What it does not find, it asks back from the customer.
        """
        if product_qty < 0:
            moves = self._get_backorder_open_moves()
            product_qty += moves._backorder_lower(-product_qty, procurement_uom)
        if procurement_uom.is_zero(product_qty):
            return []
        return super()._create_procurements(product_qty, procurement_uom, values)

    def _get_backorder_open_moves(self):
        """Return the open first steps of the line, where Odoo could look in the wrong transfer.

        Nothing where its own way is safe: the line was never back ordered, and only one open
        transfer of the order is a first step.
        """
        parts = self.sudo()._get_backorder_parts()
        moves = self.env["stock.move"].sudo().concat(*(part.moves for part in parts))
        first_steps = self.order_id.sudo().order_line.move_ids.filtered(
            lambda move: move._is_backorder_first_open_step()
        )
        several = self.company_id.backorder_automation and len(first_steps.picking_id) > 1
        if not several and not any(moves.mapped("backorder_date")):
            return moves.browse()
        return moves.filtered(lambda move: move._is_backorder_lowerable())

    def _inverse_customer_lead(self):
        """Tell held demand about a new lead time: Odoo tells its deadline, and not its day."""
        res = super()._inverse_customer_lead()
        self.filtered(
            lambda line: line.state == "sale" and not line.order_id.commitment_date
        )._backorder_follow_promise()
        return res

    # Corrected deliveries

    def _get_backorder_balance(self, part):
        """Return what of a part is delivered and in progress beyond the ordered quantity.

        Below zero: what is neither. In the unit of the product: parts of a dozen do not add up.

        :param BackorderPart part: one of `_get_backorder_parts`
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        ordered = self.product_uom_id._compute_quantity(self.product_uom_qty, unit) * part.factor
        open_moves = part.moves.filtered(lambda move: move._is_backorder_first_open_step())
        in_progress = sum(open_moves.mapped("product_qty"))
        return part.moves._get_backorder_delivered() + in_progress - ordered

    def _backorder_cap(self):
        """Take from the held demand of the lines what was delivered beyond its share."""
        moves = self.sudo().move_ids  # read once for all lines
        moves.mapped("move_orig_ids")
        moves.product_id.mapped("uom_id")
        for line in self.sudo():
            for part in line._get_backorder_parts():
                held = part.moves.filtered("backorder_held")
                excess = line._get_backorder_balance(part) if held else 0.0
                unit = part.product.uom_id
                if unit.compare(excess, 0.0) > 0:
                    line._backorder_log_change(part, -held._backorder_lower(excess, unit))

    def _backorder_owe(self, move, quantity):
        """Hold again what a correction took back from the customer.

        Only where the line has been back ordered: elsewhere Odoo's own way is kept.

        :param move: the corrected `stock.move`
        :param quantity: what was taken back, in the unit of its product
        """
        line = self.sudo()
        for part in line._get_backorder_parts():
            if move not in part.moves:
                continue
            owed = min(quantity, -line._get_backorder_balance(part))
            history = part.moves.filtered(lambda m: m.backorder_date and not m.move_orig_ids)
            unit = part.product.uom_id
            if unit.compare(owed, 0.0) > 0 and history:
                history._backorder_raise(owed, unit)
                line._backorder_log_change(part, owed)

    def _backorder_log_change(self, part, quantity):
        """Write on the order by how much a correction changed its back order."""
        self.order_id.message_post(
            body=self.env._(
                "A delivery of %(product)s was corrected: the back order changes by "
                "%(quantity)+g %(unit)s.",
                product=part.product.display_name,
                quantity=quantity,
                unit=part.product.uom_id.name,
            )
        )
