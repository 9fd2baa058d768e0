from odoo import api, fields, models
from odoo.tools import format_date

from ..const import CTX_PREVIEW


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    qty_backordered = fields.Float(
        string="Back Ordered",
        compute="_compute_qty_backordered",
        compute_sudo=True,
        digits="Product Unit",
        help="What the customer still waits for as a back order, in the unit of the line: held, "
        "or released and not delivered yet.",
    )
    qty_ready = fields.Float(
        string="Ready",
        compute="_compute_qty_ready",
        compute_sudo=True,
        digits="Product Unit",
        help="Reserved in open transfers for this line, in the unit of the line.",
    )
    backorder_expected_date = fields.Datetime(
        string="Back Order Expected",
        compute="_compute_backorder_expected_date",
        compute_sudo=True,
        help="When everything held for this line is in stock. Empty when not all of it is ordered.",
    )

    backorder_is_late = fields.Boolean(
        string="Back Order Late",
        compute="_compute_backorder_is_late",
        compute_sudo=True,
        help="The back order is expected after the promised date.",
    )

    @api.depends("move_ids.backorder_date", "move_ids.state", "move_ids.product_uom_qty")
    @api.depends_context(CTX_PREVIEW)
    def _compute_qty_backordered(self):
        preview = self.env.context.get(CTX_PREVIEW) or {}
        for line in self:
            if line.id in preview:
                line.qty_backordered = preview[line.id][0]
                continue
            line.qty_backordered = line._get_backorder_quantity(
                line.move_ids.filtered(lambda move: move._is_backorder_open()), "product_uom_qty"
            )

    @api.depends("move_ids.state", "move_ids.quantity")
    def _compute_qty_ready(self):
        for line in self:
            line.qty_ready = line._get_backorder_quantity(
                line.move_ids.filtered(lambda move: move._is_backorder_ready()), "quantity"
            )

    @api.depends("backorder_expected_date", "order_id.commitment_date")
    def _compute_backorder_is_late(self):
        """Compare with the promised day, or with what the lead time promises."""
        for line in self:
            date = line.backorder_expected_date
            promised = line.order_id.commitment_date or (date and line._expected_date())
            line.backorder_is_late = bool(date) and date.date() > promised.date()

    @api.depends("move_ids.backorder_held", "move_ids.product_uom_qty")
    def _compute_backorder_expected_date(self):
        """Read the plan of the queues the lines wait in: the only opinion there is."""
        held = self.move_ids._origin.filtered("backorder_held")
        plan = held._backorder_plan(held.product_id, held.company_id) if held else {}
        for line in self:
            places = [plan.get(move.id) for move in line.move_ids._origin & held]
            line.backorder_expected_date = self._get_backorder_last_date(places)

    def _get_backorder_quantity(self, moves, field_name):
        """Return the sum of a quantity of the moves, in the unit of the line.

        Added up in the unit of the product: parts of a dozen, each rounded, do not add up.
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        total = sum(
            move.product_uom._compute_quantity(move[field_name], unit, round=False)
            for move in moves
        )
        return unit._compute_quantity(total, self.product_uom_id, rounding_method="HALF-UP")

    @api.model
    def _get_backorder_last_date(self, places):
        """Return when the last of the demand is in stock; False when a part is not ordered.

        :param list places: what the plan says of each held move, None where it says nothing
        """
        dates = [self.env["stock.move"]._get_backorder_promise(place) for place in places]
        return max(dates) if dates and all(dates) else False

    def _get_backorder_customer_text(self):
        """Return when the customer gets what is back ordered, in words for the customer.

        A date that has passed is no promise any more.
        """
        self.ensure_one()
        preview = self.env.context.get(CTX_PREVIEW) or {}
        if self.id not in preview and not any(self.sudo().move_ids.mapped("backorder_held")):
            return self.env._("Being prepared")
        date = preview[self.id][1] if self.id in preview else self.backorder_expected_date
        if date and date.date() >= fields.Date.today():
            return format_date(self.env, date)
        return self.env._("No date known yet")

    def _get_backorder_cancelled(self):
        """Return what was cancelled by decision, in the unit of the product.

        Cancelled moves, what done moves lack against their demand ("No Backorder"), and what
        came back for a refund.
        """
        self.ensure_one()
        _delivered, returned = self._get_outgoing_incoming_moves()
        cancelled = sum(
            move.product_uom._compute_quantity(move.quantity, self.product_id.uom_id)
            for move in returned
            if move.state == "done"
        )
        for move in self.move_ids:
            quantity = 0.0
            if move.state == "cancel":
                quantity = move.product_uom_qty
            elif move.state == "done":
                quantity = max(0.0, move.product_uom_qty - move.quantity)
            cancelled += move.product_uom._compute_quantity(quantity, self.product_id.uom_id)
        return cancelled

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Count what is delivered and in progress, where a line has been back ordered.

        Odoo counts the moves of the first rule only: not a back order that another rule carries
        by now, and a Pick as delivered whatever became of its goods.
        """
        quantity = super()._get_qty_procurement(previous_product_uom_qty)
        if not any(m.backorder_date and m.product_id == self.product_id for m in self.move_ids):
            return quantity
        return self.product_uom_qty + self.product_id.uom_id._compute_quantity(
            self._get_backorder_balance(), self.product_uom_id, rounding_method="HALF-UP"
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
        moves = self.sudo().move_ids.filtered(lambda move: move.product_id == self.product_id)
        first_steps = self.order_id.sudo().order_line.move_ids.filtered(
            lambda move: move._is_backorder_first_open_step()
        )
        several = self.company_id.backorder_automation and len(first_steps.picking_id) > 1
        if not several and not any(moves.mapped("backorder_date")):
            return moves.browse()
        return moves.filtered(
            lambda move: (
                move._is_backorder_first_open_step() and self not in move.move_orig_ids.sale_line_id
            )
        )

    # Corrected deliveries

    def _get_backorder_balance(self):
        """Return what is delivered and in progress beyond the ordered quantity.

        Below zero: what is neither. In the unit of the product: parts of a dozen do not add up.
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        balance = -self.product_uom_id._compute_quantity(self.product_uom_qty, unit)
        delivered, returned = self._get_outgoing_incoming_moves()
        for moves, sign in ((delivered, 1), (returned, -1)):
            for move in moves.filtered(lambda move: move.state == "done"):
                balance += sign * move.product_uom._compute_quantity(move.quantity, unit)
        open_moves = self.move_ids.filtered(lambda move: move._is_backorder_first_open_step())
        return balance + sum(open_moves.mapped("product_qty"))

    def _backorder_cap(self):
        """Take from the held demand of the lines what was delivered beyond its share."""
        for line in self.sudo():
            held = line._get_backorder_held_moves()
            excess = line._get_backorder_balance() if held else 0.0
            unit = line.product_id.uom_id
            if unit.compare(excess, 0.0) > 0:
                line._backorder_log_change(-held._backorder_lower(excess, unit))

    def _backorder_owe(self, quantity):
        """Hold again what a correction took back from the customer.

        Only where the line has been back ordered: elsewhere Odoo's own way is kept.

        :param quantity: what was taken back, in the unit of the product
        """
        line = self.sudo()
        owed = min(quantity, -line._get_backorder_balance())
        history = line.move_ids.filtered(lambda m: m.backorder_date and not m.move_orig_ids)
        unit = line.product_id.uom_id
        if unit.compare(owed, 0.0) > 0 and history:
            history._backorder_raise(owed, unit)
            line._backorder_log_change(owed)

    def _backorder_log_change(self, quantity):
        """Write on the order by how much a correction changed its back order."""
        self.order_id.message_post(
            body=self.env._(
                "A delivery of %(product)s was corrected: the back order changes by "
                "%(quantity)+g %(unit)s.",
                product=self.product_id.display_name,
                quantity=quantity,
                unit=self.product_id.uom_id.name,
            )
        )

    def _get_backorder_held_moves(self):
        """Return the held demand of the line itself, not of the components of a kit."""
        return self.sudo().move_ids.filtered(
            lambda move: move.backorder_held and move.product_id == self.product_id
        )
