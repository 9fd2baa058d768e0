from markupsafe import Markup

from odoo import api, fields, models

from ..const import EPSILON, INSIDE
from ..texts import format_short_day
from ..work import work_of
from .backorder_newcomer_mixin import Request

WISH_ACTIVITY = "backorder_automation.mail_activity_backorder_wish"


class BackorderPortalMixin(models.AbstractModel):
    """What the customer sees of the back orders of a sales order, and may ask for.

    A wish changes nothing by itself: the salesperson decides.
    """

    _name = "backorder.portal.mixin"
    _description = "Back Orders for Customers"

    backorder_wish = fields.Selection(
        [
            ("ship", "Ship what is there"),
            ("wait", "I wait"),
            ("cancel", "Cancel the rest"),
        ],
        string="Customer Wish",
        copy=False,
        readonly=True,
        help="What the customer asked for last on the portal; empty once it is taken back.",
        groups=INSIDE,
    )
    backorder_wish_id = fields.Many2one(
        "mail.activity",
        string="Customer Wish to Do",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="What the salesperson has to do about the wish; none when somebody deleted it.",
        groups=INSIDE,
    )

    @api.model
    def _get_backorder_protected_fields(self):
        return super()._get_backorder_protected_fields() | {"backorder_wish", "backorder_wish_id"}

    def _get_backorder_wishes(self):
        """Return what the customer may ask for now: a dict of wish to the text of its button.

        What the company offers, makes sense now, and is not asked for already.
        """
        self.ensure_one()
        if not self.is_backordered:
            return {}
        company, asked = self.company_id.sudo(), self._get_backorder_wish()
        return {
            wish: text
            for wish, text in self._get_backorder_wish_labels().items()
            if company[f"backorder_portal_{wish}"]
            and not (asked and self.sudo().backorder_wish == wish)
            and getattr(self, f"_can_backorder_{wish}")()
        }

    def _can_backorder_ship(self):
        """Return whether those ahead leave anything to what is held for the order."""
        requests = [
            Request(
                product=move.product_id,
                location=move.location_id,
                company=move.company_id,
                deadline=move.date_deadline or move.date,
                uom=move.product_uom,
                packaging=move.packaging_uom_id or move.product_uom,
                quantity=move.product_qty,
                line_id=move.sale_line_id.id,
                waiting=move._ids,
            )
            for move in self._get_backorder_held_moves()
        ]
        answers = self.env["stock.move"].sudo()._get_backorder_left(requests)
        return any(left.quantity > EPSILON for left in answers)

    def _can_backorder_wait(self):
        """Return whether anything is held: what is released is on its way."""
        return bool(self._get_backorder_held_moves())

    def _can_backorder_cancel(self):
        """Return whether anything is open that nobody has in hand already."""
        return any(
            move._is_backorder_open() and not move.picked
            for move in self.sudo().order_line.move_ids
        )

    def _get_backorder_wish(self):
        """Return the activity about the wish of the customer; none once somebody acted on it.

        Somebody did the activity or deleted it, nothing is back ordered any more, or some of it
        was released after the customer asked for that.
        """
        self.ensure_one()
        order, asked = self.sudo(), self.sudo().backorder_wish_id
        if not order.is_backordered or not asked.active:
            return asked.browse()
        since = asked.create_date.replace(microsecond=0)  # releases are noted by the second
        is_released = order.backorder_wish == "ship" and any(
            move.backorder_release_date and move.backorder_release_date >= since
            for move in order.order_line.move_ids
        )
        return asked.browse() if is_released else asked

    def _get_backorder_wish_text(self):
        """Return what the customer asked for last, and when: a sentence, empty for nothing."""
        self.ensure_one()
        order, asked = self.sudo(), self.sudo().backorder_wish_id
        if not asked or not order.backorder_wish:
            return ""
        date = format_short_day(self.env, asked.create_date)
        return {
            "ship": self.env._("You asked: ship what is there (%(date)s)", date=date),
            "wait": self.env._("You said: I wait (%(date)s)", date=date),
            "cancel": self.env._("You asked: cancel the rest (%(date)s)", date=date),
        }[order.backorder_wish]

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
        if wish and self.sudo().backorder_wish == wish and self._get_backorder_wish():
            return True
        text = self._get_backorder_wishes().get(wish)
        if not text:
            return False
        self._backorder_drop_wish()
        self.write(
            {"backorder_wish": wish, "backorder_wish_id": self._backorder_make_wish(wish, author)}
        )
        self._backorder_say(self.env._("About the back orders: %(wish)s", wish=text), author)
        return True

    def _backorder_take_back(self, number, author):
        """Take back a wish of the customer, unless somebody acted on it.

        :param str number: the id of the wish, as it was on the page
        :param author: the `res.partner` who takes it back
        :return: whether this wish counts no more; False when somebody acted on it
        """
        self.ensure_one()
        asked = self._get_backorder_wish()
        if not asked or str(asked.id) != number:
            # Taken back already, or another one took its place.
            return not self.backorder_wish or str(self.backorder_wish_id.id or number) != number
        label = self._get_backorder_wish_labels()[self.backorder_wish]
        self._backorder_drop_wish()
        self.backorder_wish = False
        self._backorder_say(self.env._("Taken back: %(wish)s", wish=label), author)
        return True

    def _get_backorder_wish_labels(self):
        """Return a dict of each wish there is to what its button says."""
        return dict(self._fields["backorder_wish"]._description_selection(self.env))

    def _backorder_make_wish(self, wish, author):
        """Return the id of a new activity about a wish, in the language of the salesperson."""
        salesperson = self._get_backorder_salesperson()
        order = self.with_context(lang=salesperson.lang or self.env.lang)
        text = order._get_backorder_wish_labels()[wish]
        # An activity takes its note as HTML, and customers choose their own name.
        note = Markup("<p>%s</p>") % order.env._(
            "%(customer)s about the back orders: %(wish)s", customer=author.name, wish=text
        )
        activity = order.activity_schedule(
            WISH_ACTIVITY,
            user_id=salesperson.id,
            summary=order.env._("Back order: %(wish)s", wish=text),
            note=note,
        )
        return activity and activity.id

    def _backorder_drop_wish(self):
        """Delete what is still to do about wishes of the customer."""
        (self._get_backorder_wish() | self.activity_search([WISH_ACTIVITY])).unlink()

    def _backorder_say(self, text, author):
        """Post a text of the customer where both sides read it."""
        self.message_post(
            body=text,
            author_id=author.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _get_backorder_salesperson(self):
        """Return who answers for the order: its salesperson, else the leader of its team."""
        self.ensure_one()
        return self.user_id or self.team_id.user_id or self.env.user
