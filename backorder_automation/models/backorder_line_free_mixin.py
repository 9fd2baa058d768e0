from collections import defaultdict

from odoo import fields, models

from ..const import INSIDE
from ..texts import format_day, format_quantity
from .backorder_newcomer_mixin import Request


class BackorderLineFreeMixin(models.AbstractModel):
    """What an order line may count on: what those ahead of it leave."""

    _name = "backorder.line.free.mixin"
    _description = "Free Stock of an Order Line"

    backorder_free_qty = fields.Float(
        string="Free for This Line",
        compute="_compute_qty_at_date",
        digits="Product Unit",
        help="What the line could reserve, were it confirmed now, in its unit; once it waits, what "
        "those ahead of it leave.",
        groups=INSIDE,
    )
    backorder_ahead_qty = fields.Float(
        string="For Those Ahead",
        compute="_compute_qty_at_date",
        digits="Product Unit",
        help="What is free and goes to those who stand before this line, in the unit of the line.",
        groups=INSIDE,
    )
    backorder_next_date = fields.Datetime(
        string="Next Free",
        compute="_compute_qty_at_date",
        help="When those ahead leave more for this line than now. Empty when nobody knows.",
        groups=INSIDE,
    )
    backorder_outlook = fields.Char(
        string="If Confirmed Now",
        compute="_compute_qty_at_date",
        help="Of a line that is not confirmed and would wait: how many lines are ahead of it in "
        "the queue, how much is free for it, and when all it wants is in stock.",
        groups=INSIDE,
    )

    def _set_backorder_free(self):
        """Say what is free for whoever orders now, in place of what is free for somebody."""
        self.backorder_ahead_qty = 0.0
        self.backorder_next_date = self.backorder_outlook = False
        for line in self:
            line.backorder_free_qty = line.free_qty_today if line.state != "sale" else 0.0
        taken = defaultdict(float)
        answers = self._get_backorder_left()
        for line, left in answers.items():
            unit = line.product_id.uom_id
            line.backorder_free_qty, line.backorder_ahead_qty = (
                unit._compute_quantity(quantity, line.product_uom_id, rounding_method="DOWN")
                for quantity in (left.quantity, left.ahead)
            )
            line.backorder_next_date = left.date
            if line.state == "sale":
                continue
            key = line.product_id, line.warehouse_id
            # As Odoo does: what an earlier line of the quotation takes is not there twice.
            free = unit._compute_quantity(left.quantity - taken[key], line.product_uom_id)
            line.free_qty_today = min(line.free_qty_today, free)
            taken[key] += line.product_uom_id._compute_quantity(line.product_uom_qty, unit)
        self._set_backorder_outlook(answers)

    def _set_backorder_outlook(self, answers):
        """Say of the lines of quotations that would wait what they would wait for.

        :param dict answers: line to what the queue leaves to it, as :class:`Left`
        """
        short = self.browse().concat(*answers).filtered(lambda line: line._is_backorder_to_wait())
        moves = self.env["stock.move"].sudo()
        requests = [line._get_backorder_request(moves) for line in short.sudo()]
        for line, count in zip(short, moves._count_backorder_ahead_of_new(requests), strict=True):
            line.backorder_outlook = line._get_backorder_outlook(count, answers[line].whole_date)

    def _is_backorder_to_wait(self):
        """Return whether the line takes from stock, and would wait, were it confirmed now."""
        self.ensure_one()
        return (
            self.state != "sale"
            and not self.is_mto
            and self.product_uom_id.compare(self.free_qty_today, self.product_uom_qty) < 0
        )

    def _get_backorder_outlook(self, count, date):
        """Return what the line would wait for, in a line of text.

        :param int count: how many lines are ahead of it
        :param date: when all it wants is in stock, None when nobody knows
        """
        self.ensure_one()
        free = format_quantity(self.env, max(0.0, self.free_qty_today), self.product_uom_id)
        if not date:
            return self.env._(
                "%(count)s ahead, %(free)s free, no date known yet", count=count, free=free
            )
        return self.env._(
            "%(count)s ahead, %(free)s free, earliest %(date)s",
            count=count,
            free=free,
            date=format_day(self.env, date),
        )

    def _get_backorder_left(self):
        """Return what those ahead leave to each line that others may be ahead of, or that lacks.

        A fixed number of queries, however many lines there are.

        :return: a dict of line to :class:`Left`
        """
        lines = self.filtered(
            lambda line: (
                line.company_id.backorder_automation
                and line.display_qty_widget
                and line.is_storable
                and line.warehouse_id
            )
        ).sudo()
        moves = self.env["stock.move"].sudo()
        contested = moves._get_backorder_contested(lines.product_id._origin, lines.company_id)
        requests = {}
        for line in lines:
            waiting = line.move_ids._origin.filtered(lambda m: m._is_backorder_waiting())
            is_short = line.free_qty_today < line.product_uom_qty or line.product_id in contested
            if waiting if line.state == "sale" else is_short:
                requests[line] = line._get_backorder_request(waiting)
        answers = moves._get_backorder_left(list(requests.values()))
        return dict(zip(requests, answers, strict=True))

    def _get_backorder_request(self, waiting):
        """Return the :class:`Request` of the line.

        :param waiting: its moves that stand in the queue already
        """
        self.ensure_one()
        product = self.product_id._origin
        quantity, uom = self.product_uom_id._adjust_uom_quantities(
            self.product_uom_qty, product.uom_id
        )
        return Request(
            product=product,
            location=waiting[:1].location_id or self.warehouse_id.lot_stock_id,
            company=self.company_id,
            deadline=self.scheduled_date,
            uom=uom,
            packaging=self.product_uom_id,
            quantity=uom._compute_quantity(quantity, product.uom_id),
            line_id=self._origin.id,
            waiting=waiting._ids,
        )
