from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..checks import MAX_DAYS, MAX_YEARS
from ..const import AT_CONFIRM, INSIDE, SHIPPING_DECISIONS
from ..queue_orders import QUEUE_ORDERS, get_queue_order


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "backorder.checked.mixin"]

    backorder_automation = fields.Boolean(
        string="Back Order Management",
        help="Short shipments of sales orders can be kept open as back orders, which are shipped "
        "by themselves when stock arrives.",
    )
    backorder_default_decision = fields.Selection(
        SHIPPING_DECISIONS,
        string="Default Decision",
        default="backorder",
        required=True,
        help="What happens to a shortfall when nobody is asked, for example in a batch or with "
        "an operation type that always creates backorders.",
        groups=INSIDE,
    )
    backorder_count_user_id = fields.Many2one(
        "res.users",
        string="Who Counts",
        domain=lambda self: [("all_group_ids", "in", self.env.ref("stock.group_stock_user").id)],
        help="Who is asked to count goods that the system has and a shipper did not find. Nobody: "
        "the responsible of the transfer, else who shipped it.",
        groups=INSIDE,
    )

    backorder_queue_order = fields.Selection(
        QUEUE_ORDERS,
        string="Queue Order",
        default="urgent",
        required=True,
        help="Who is served first when several orders wait for the same product. The same on "
        "every path: schedules, manual release, new orders, receipts.",
        groups=INSIDE,
    )
    backorder_at_confirm = fields.Selection(
        AT_CONFIRM,
        string="At Confirmation",
        default="off",
        required=True,
        help="What happens to lines that are short when their order is confirmed. Marked as back "
        "ordered, only what can ship gets a transfer.",
        groups=INSIDE,
    )
    backorder_promise_by_lead = fields.Boolean(
        string="Promise by Lead Time",
        help="An order without a delivery date promises what the lead time of its lines gives. "
        "Otherwise only a delivery date is a promise.",
        groups=INSIDE,
    )
    backorder_overdue_days = fields.Integer(
        string="Days until Overdue Receipts Come",
        help="What should have come already is expected in so many days from today. 0: nobody "
        "knows, and no date is said.",
        groups=INSIDE,
    )
    backorder_keep_days = fields.Integer(
        string="Days Goods Are Kept",
        help="An order that ships complete keeps what is there for it when all the rest is "
        "expected within so many days, and waiting so long counts for it as a promise. Nobody "
        "waits longer for what it keeps. 0: never.",
        groups=INSIDE,
    )
    backorder_mend_nightly = fields.Boolean(
        string="Mend Reservations Every Night",
        help="What is reserved and no transfer has is free again the next morning. Back Order "
        "Runs tells what was mended.",
        groups=INSIDE,
    )
    backorder_activity_promise = fields.Boolean(
        string="Activity: Promise Not Covered",
        default=True,
        help="The salesperson gets an activity when a promised back order is late, or when nobody "
        "knows when it comes.",
        groups=INSIDE,
    )
    backorder_activity_nothing = fields.Boolean(
        string="Activity: Nothing Ordered",
        help="The responsible of the product gets an activity when nothing is ordered for a back "
        "order; the salesperson, where there is none.",
        groups=INSIDE,
    )
    backorder_age_limit = fields.Integer(
        string="Age Limit in Days",
        help="The salesperson gets an activity when a back order waits longer. 0: never.",
        groups=INSIDE,
    )
    backorder_portal_ship = fields.Boolean(
        string="Ask to Ship What Is There",
        help="On the portal, customers may ask to get now what is in stock of their back orders.",
        groups=INSIDE,
    )
    backorder_portal_wait = fields.Boolean(
        string="Tell That They Wait",
        help="On the portal, customers may say that they wait for their back orders.",
        groups=INSIDE,
    )
    backorder_portal_cancel = fields.Boolean(
        string="Ask to Cancel the Rest",
        help="On the portal, customers may ask to cancel what is back ordered.",
        groups=INSIDE,
    )

    backorder_mail_held = fields.Boolean(
        string="Mail: Back Ordered",
        help="Customers get a mail when something is back ordered.",
        groups=INSIDE,
    )
    backorder_mail_released = fields.Boolean(
        string="Mail: On Its Way",
        help="Customers get a mail when a back order is released.",
        groups=INSIDE,
    )
    backorder_mail_cancelled = fields.Boolean(
        string="Mail: Cancelled",
        help="Customers get a mail when a shortfall is not shipped.",
        groups=INSIDE,
    )
    backorder_mail_date = fields.Boolean(
        string="Mail: Expected Date Changed",
        help="Customers get a mail when the expected date of a back order moves.",
        groups=INSIDE,
    )
    backorder_mail_date_days = fields.Integer(
        string="Days the Expected Date May Move",
        default=3,
        help="Customers hear of a new expected date when it moves by more days than these.",
        groups=INSIDE,
    )

    _backorder_mail_date_days_positive = models.Constraint(
        "CHECK(backorder_mail_date_days >= 0)",
        "The days an expected date may move cannot be negative.",
    )

    _backorder_overdue_days_positive = models.Constraint(
        "CHECK(backorder_overdue_days >= 0)",
        "The days in which overdue receipts are expected cannot be negative.",
    )

    _backorder_keep_days_positive = models.Constraint(
        "CHECK(backorder_keep_days >= 0)",
        "The days goods are kept cannot be negative.",
    )

    _backorder_age_limit_positive = models.Constraint(
        "CHECK(backorder_age_limit >= 0)",
        "The days a back order may wait cannot be negative.",
    )

    @api.model
    def _get_backorder_queue_orders(self):
        """Return what queue orders there are, of whatever addon: (value, label) pairs."""
        return self._fields["backorder_queue_order"]._description_selection(self.env)

    @api.model
    def _explain_backorder_queue_order(self, policy):
        """Return in a sentence who comes first under a queue order; nothing where none is chosen.

        :param str policy: a value of `backorder_queue_order`
        """
        return self.env._(get_queue_order(policy).help) if policy else False

    def _get_backorder_alerts(self):
        """Return which activities the company wants: a dict of kind to its limit, or True."""
        self.ensure_one()
        wanted = {
            "promise": self.backorder_activity_promise,
            "nothing": self.backorder_activity_nothing,
            "age": self.backorder_age_limit,
        }
        return {kind: limit for kind, limit in wanted.items() if limit}

    @api.constrains(
        "backorder_age_limit",
        "backorder_keep_days",
        "backorder_mail_date_days",
        "backorder_overdue_days",
    )
    def _check_backorder_days(self):
        for company in self:
            days = (
                company.backorder_age_limit,
                company.backorder_keep_days,
                company.backorder_mail_date_days,
                company.backorder_overdue_days,
            )
            if max(days) > MAX_DAYS:
                raise ValidationError(
                    self.env._(
                        "Days of back orders are counted up to %(days)s: %(years)s years.",
                        days=MAX_DAYS,
                        years=MAX_YEARS,
                    )
                )

    def write(self, vals):
        """Switching the feature off gives the held demand of the company back to Odoo."""
        leaving = self.browse()
        if "backorder_automation" in vals and not vals["backorder_automation"]:
            leaving = self.filtered("backorder_automation")
        res = super().write(vals)
        if not vals.keys().isdisjoint(("backorder_promise_by_lead", "backorder_keep_days")):
            # Nothing depends on it: the way there would be a search for all moves of the company.
            self.env.invalidate_all()
        if leaving:
            moves = self.env["stock.move"].sudo()
            moves._get_backorder_doubts(leaving)._backorder_end_doubt()
            moves.search(moves._backorder_held_domain(leaving))._backorder_give_back()
            self.env["sale.order"].sudo()._backorder_update_alerts()
        return res
