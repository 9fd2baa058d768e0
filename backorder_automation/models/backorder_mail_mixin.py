import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import EPSILON
from ..work import at_work
from .backorder_process_mixin import STALE_ERRORS

_logger = logging.getLogger(__name__)


class BackorderMailMixin(models.AbstractModel):
    """Tell customers what happens to their back orders, through Odoo's mail queue.

    Each mail has a switch on the company, off at first; where it is off nothing is read. Customers
    may opt out, and get the mail in their language.
    """

    _name = "backorder.mail.mixin"
    _description = "Back Order Mails"

    backorder_announced_date = fields.Datetime(
        string="Announced Date",
        copy=False,
        readonly=True,
        help="The expected date the customer knows of.",
    )

    def _backorder_mail_held(self):
        """Tell the customers of self, just held, what they have to wait for."""
        moves = self._backorder_get_mailable("backorder_mail_held")
        if moves:
            orders = moves.sale_line_id.order_id
            told = self._backorder_send_mail("mail_template_backorder_held", orders)
            moves = moves.filtered(lambda move: move.sale_line_id.order_id in told)
            moves._backorder_set_announced(moves._get_backorder_future_dates())

    def _backorder_preview_held(self):
        """Return the mails their customers get when what self is short of is held: HTML.

        Nothing where none is sent, or where the template is broken.
        """
        moves = self._backorder_get_mailable("backorder_mail_held")
        template = self.env.ref(
            "backorder_automation.mail_template_backorder_held", raise_if_not_found=False
        )
        if not moves or not template:
            return False
        orders = moves.sale_line_id.order_id
        template = at_work(template.sudo(), preview=moves._get_backorder_preview())
        # The cache knows nothing of a preview: read anew for it, and after it.
        orders.order_line.invalidate_recordset(["qty_backordered"])
        try:
            mails = template._generate_template(orders.ids, ("subject", "body_html"))
        except UserError as error:
            _logger.info("The mail to the customers cannot be shown: %s", error)
            return False
        finally:
            orders.order_line.invalidate_recordset(["qty_backordered"])
        return Markup("<hr/>").join(
            Markup("<p><strong>%s</strong></p>%s") % (mail["subject"], mail["body_html"])
            for mail in mails.values()
        )

    def _get_backorder_preview(self):
        """Return what the customers of self would be told, see `BackorderWork.preview`."""
        plan = self._backorder_walk(self.product_id, self.company_id, newcomers=self)
        preview = {}
        for line, moves in self.grouped("sale_line_id").items():
            open_moves = line.move_ids.filtered(lambda move: move._is_backorder_open())
            quantity = line._get_backorder_quantity(open_moves - moves, "product_uom_qty")
            quantity += line._get_backorder_quantity(moves, "backorder_short_qty")
            date = line._get_backorder_last_date([plan.get(move.id) for move in moves])
            preview[line.id] = (quantity, date)
        return preview

    def _backorder_mail_released(self):
        """Tell the customers of self, just released, that it is on its way."""
        moves = self._backorder_get_mailable("backorder_mail_released")
        self._backorder_send_mail("mail_template_backorder_released", moves.picking_id)

    def _backorder_mail_cancelled(self):
        """Tell the customers of self that what was short, or waited, is not shipped."""
        moves = self._backorder_get_mailable("backorder_mail_cancelled")
        orders = moves.sale_line_id.order_id
        self._backorder_send_mail("mail_template_backorder_cancelled", orders)

    @api.model
    def _backorder_mail_changed_dates(self):
        """Tell customers whose expected date moved by more than their company's threshold.

        A date that becomes known for the first time is news only where customers are told that
        they wait: elsewhere nobody was told that there is no date.
        """
        companies = (
            self.env["res.company"]
            .sudo()
            .search([("backorder_automation", "=", True), ("backorder_mail_date", "=", True)])
        )
        if not companies:
            return
        held = self.sudo().search(self._backorder_held_domain(companies))
        moves = held._backorder_get_mailable("backorder_mail_date")
        dates = moves._get_backorder_future_dates()
        changed = moves.filtered(lambda move: move._is_backorder_date_news(dates.get(move.id)))
        orders = changed.sale_line_id.order_id
        orders = self._backorder_send_mail("mail_template_backorder_date", orders)
        seen_first = moves.filtered(lambda move: not move.backorder_announced_date) - changed
        told = moves.filtered(lambda move: move.sale_line_id.order_id in orders)
        (seen_first | told)._backorder_set_announced(dates)

    def _is_backorder_date_news(self, date):
        """Return whether the customer should hear of this expected date.

        :param date: the expected date, None when it is not known
        """
        self.ensure_one()
        if not date:
            return False
        if not self.backorder_announced_date:
            return self.company_id.backorder_mail_held
        moved = abs(date - self.backorder_announced_date)
        return moved / timedelta(days=1) > self.company_id.backorder_mail_date_days

    def _get_backorder_future_dates(self):
        """Return the expected date of each held move of self that still lies ahead: a dict.

        What stock serves already is about to be released, and needs no date.
        """
        if not self:
            return {}
        now = fields.Datetime.now()
        plan = self._backorder_walk(self.product_id, self.company_id, moves=self)
        dates = {move.id: self._get_backorder_promise(plan.get(move.id)) for move in self}
        return {move_id: date for move_id, date in dates.items() if date and date > now}

    @api.model
    def _get_backorder_promise(self, place, wishes=False):
        """Return when stock covers a place in the queue; None when nobody knows.

        :param place: what the plan says of a held move, None where it says nothing
        :param bool wishes: count what is not ordered yet too: never for customers
        """
        if not place or place.reason in ("paused", "untracked"):
            return None
        if place.lacking <= EPSILON:
            return fields.Datetime.now()
        return place.expected_date if wishes else place.sure_date

    def _backorder_set_announced(self, dates):
        """Remember on self what the customers were told; a date not known changes nothing."""
        known = self.filtered(lambda move: dates.get(move.id))
        for date, moves in known.grouped(lambda move: dates[move.id]).items():
            moves.backorder_announced_date = date

    def _backorder_get_mailable(self, switch):
        """Return the moves of self whose company sends this mail to a customer who wants it.

        :param str switch: a boolean field of `res.company`
        """
        if not any(company[switch] for company in self.company_id.sudo()):
            return self.browse()
        return self.sudo().filtered(
            lambda move: move.company_id[switch] and move._is_backorder_customer_reachable()
        )

    def _is_backorder_customer_reachable(self):
        """Return whether the customer of the move has an address and did not opt out."""
        self.ensure_one()
        customer = self.sale_line_id.order_id.partner_id
        opted_out = customer | customer.commercial_partner_id
        return bool(customer.email) and not any(opted_out.mapped("backorder_mail_opt_out"))

    @api.model
    def _backorder_send_mail(self, template_name, records):
        """Queue one mail for each record; return the records whose mail was queued.

        A template somebody broke must not stop a shipment; nor must one customer whose mail
        cannot be made leave all others without theirs.
        """
        if not records:
            return records
        template = self.env.ref(f"backorder_automation.{template_name}", raise_if_not_found=False)
        if not template:
            return records.browse()
        try:
            with self.env.cr.savepoint():
                template.sudo().send_mail_batch(
                    records.ids, email_layout_xmlid="mail.mail_notification_light"
                )
        except Exception as error:
            outage = self.env["stock.move"]._is_backorder_outage(error)
            if outage or isinstance(error, STALE_ERRORS):
                raise
            _logger.info("Customers could not be told about %s: %s", records, error)
            if len(records) == 1:
                return records.browse()
            each = [self._backorder_send_mail(template_name, record) for record in records]
            return records.browse().union(*each)
        return records
