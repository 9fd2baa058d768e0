from markupsafe import Markup

from odoo import models

from ..const import EPSILON
from ..work import work_of

WISH_ACTIVITY = "backorder_automation.mail_activity_backorder_wish"


class BackorderPortalMixin(models.AbstractModel):
    """What the customer sees of the back orders of a sales order, and may ask for.

    A wish changes nothing by itself: the salesperson decides.
    """

    _name = "backorder.portal.mixin"
    _description = "Back Orders for Customers"

    def _get_backorder_wishes(self):
        """Return what the customer may ask for now: a dict of wish to the text of its button."""
        self.ensure_one()
        if not self.is_backordered:
            return {}
        company = self.company_id.sudo()
        wishes = {
            "ship": (company.backorder_portal_ship, self.env._("Ship what is there")),
            "wait": (company.backorder_portal_wait, self.env._("I wait")),
            "cancel": (company.backorder_portal_cancel, self.env._("Cancel the rest")),
        }
        return {wish: text for wish, (is_offered, text) in wishes.items() if is_offered}

    def _get_backorder_customer_lines(self):
        """Return the order lines the customer still waits for."""
        self.ensure_one()
        if not self.is_backordered and work_of(self.env).preview is None:
            return []
        return self.order_line.filtered("qty_backordered")

    def _get_backorder_cancelled_lines(self):
        """Return what will not be shipped: (order line, quantity in its unit) pairs."""
        self.ensure_one()
        cancelled = [
            (
                line,
                min(
                    line.product_id.uom_id._compute_quantity(
                        line._get_backorder_cancelled(), line.product_uom_id
                    ),
                    line.product_uom_qty - line.qty_delivered,
                ),
            )
            for line in self.order_line
        ]
        return [(line, quantity) for line, quantity in cancelled if quantity > EPSILON]

    def _backorder_ask(self, wish, author):
        """Tell the salesperson what the customer wishes: an activity, and a message.

        A new wish takes the place of the one before; the same wish again changes nothing.

        :param str wish: a key of `_get_backorder_wishes`
        :param author: the `res.partner` who asks
        :return: whether the wish was possible
        """
        self.ensure_one()
        salesperson = self._get_backorder_salesperson()
        order = self.with_context(lang=salesperson.lang or self.env.lang)
        text = order._get_backorder_wishes().get(wish)
        if not text:
            return False
        open_wishes = order.activity_search([WISH_ACTIVITY])
        summary = order.env._("Back order: %(wish)s", wish=text)
        # Also of another type: where this one was deleted, Odoo takes its to-do.
        if summary in order.activity_ids.filtered("automated").mapped("summary"):
            return True
        open_wishes.unlink()
        # An activity takes its note as HTML, and customers choose their own name.
        body = Markup("<p>%s</p>") % order.env._(
            "%(customer)s about the back orders: %(wish)s", customer=author.name, wish=text
        )
        order.activity_schedule(WISH_ACTIVITY, user_id=salesperson.id, summary=summary, note=body)
        order.message_post(body=body, author_id=author.id)
        return True

    def _get_backorder_salesperson(self):
        """Return who answers for the order: its salesperson, else the leader of its team."""
        self.ensure_one()
        return self.user_id or self.team_id.user_id or self.env.user
