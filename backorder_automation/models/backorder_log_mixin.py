from markupsafe import Markup

from odoo import fields, models

from ..const import INSIDE
from ..texts import format_goods

COUNT = "backorder_automation.mail_activity_backorder_count"


class BackorderLogMixin(models.AbstractModel):
    """Tell people on the transfer what became of a shortfall."""

    _name = "backorder.log.mixin"
    _description = "Back Order Messages"

    backorder_mail_skip = fields.Boolean(
        string="Without Back Order Mail",
        copy=False,
        readonly=True,
        help="The customer gets no mail about what is back ordered at this validation.",
        groups=INSIDE,
    )

    def _backorder_log_held(self, held):
        """Write on each transfer what was kept open as a back order."""
        by_origin = held.grouped("backorder_origin_id")
        for picking in self:
            if moves := by_origin.get(picking):
                picking.message_post(
                    body=self.env._("Marked as back ordered:")
                    + picking._get_backorder_list([(m, m.product_uom_qty) for m in moves])
                )
        silent = self.filtered("backorder_mail_skip")
        held.filtered(lambda m: m.backorder_origin_id not in silent)._backorder_mail_held()
        silent.sudo().backorder_mail_skip = False

    def _backorder_log_doubts(self, doubts, user):
        """Write on the transfer what was not found, and ask somebody to count it.

        :param doubts: the `stock.move` records that keep it from everybody
        :param user: who counts
        """
        self.ensure_one()
        items = Markup("").join(
            Markup("<li>%s, %s</li>")
            % (
                format_goods(self.env, doubt.product_uom_qty, doubt.product_uom, doubt.product_id),
                " ".join(
                    record.display_name
                    for record in (doubt.location_id, doubt.move_line_ids.lot_id)
                    if record
                ),
            )
            for doubt in doubts
        )
        text = self.env._("Not found, and given to nobody until it is counted:")
        text += Markup("<ul>%s</ul>") % items
        self.message_post(body=text)
        self.sudo().activity_schedule(COUNT, user_id=user.id, note=text)

    def _backorder_close_counts(self):
        """Close the activities about counts of self: all was counted."""
        self.sudo().activity_feedback([COUNT])

    def _backorder_log_dropped(self, shortfalls):
        """Write on the transfer what will not be shipped.

        :param dict shortfalls: move to (shipped, expected), in the unit of the move
        """
        self.ensure_one()
        if not shortfalls:
            return
        missing = [(move, asked - sent) for move, (sent, asked) in shortfalls.items()]
        self.message_post(
            body=self.env._("Not shipped, and not back ordered:")
            + self._get_backorder_list(missing)
        )
        self.move_ids.concat(*shortfalls)._backorder_mail_cancelled()

    def _backorder_log_taken(self, losers):
        """Write on both sides that a manager passed the queue.

        :param losers: the held `stock.move` records that would have had the stock
        """
        self.ensure_one()
        orders = losers.sale_line_id.order_id
        if not orders:
            return
        links = Markup(", ").join(order._get_html_link() for order in orders)
        self.message_post(body=self.env._("Stock taken ahead of the queue from: ") + links)
        if self.sale_id:
            self.sale_id.message_post(
                body=self.env._("Stock taken ahead of the queue from: ") + links
            )
        for order in orders:
            order.message_post(
                body=self.env._("Stock of this back order was taken ahead of the queue by: ")
                + self._get_html_link()
            )

    def _get_backorder_list(self, quantities):
        """Return an HTML list of (move, quantity in the unit of the move)."""
        items = Markup("").join(
            Markup("<li>%s: %s %s</li>")
            % (
                move.product_id.display_name,
                move.product_uom.round(quantity),
                move.product_uom.name,
            )
            for move, quantity in quantities
        )
        return Markup("<ul>%s</ul>") % items
