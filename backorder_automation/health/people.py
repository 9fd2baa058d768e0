"""Who should be told, and what was deleted."""

from functools import cached_property

from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from .check import MAX_SHOWN, Check, RecordsCheck

_lt = LazyTranslate(__name__)

SCHEDULES = {
    "backorder_automation.ir_cron_primary_incoming",
    "backorder_automation.ir_cron_secondary_available",
}
MAIL_SWITCHES = (
    "backorder_mail_held",
    "backorder_mail_released",
    "backorder_mail_cancelled",
    "backorder_mail_date",
)


class Flags(Check):
    """Orders whose flag says something else than their demand."""

    key = "flag"
    name = _lt("Orders with a Wrong Flag")
    advice = _lt("Compute the flags anew.")

    @cached_property
    def orders(self):
        """The orders whose flag is wrong."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT so.id
                  FROM sale_order so
                 WHERE so.is_backordered AND so.company_id IN %(companies)s AND NOT EXISTS (
                       SELECT FROM sale_order_line line
                         JOIN stock_move m ON m.sale_line_id = line.id
                        WHERE line.order_id = so.id AND m.backorder_date IS NOT NULL
                          AND m.state NOT IN ('draft', 'done', 'cancel'))
                 UNION
                SELECT so.id
                  FROM stock_move m
                  JOIN sale_order_line line ON line.id = m.sale_line_id
                  JOIN sale_order so ON so.id = line.order_id
                 WHERE m.backorder_held AND m.company_id IN %(companies)s
                   AND m.backorder_date IS NOT NULL
                   AND m.state NOT IN ('draft', 'done', 'cancel')
                   AND so.is_backordered IS NOT TRUE
                """,
                companies=self.companies._ids,
            )
        )
        orders = self.env["sale.order"].browse(order_id for (order_id,) in rows)
        return orders._filtered_access("read")

    def find(self):
        """Count them."""
        count = len(self.orders)
        if not count:
            return self.say()
        return self.say(self.env._("%s orders say something else.", count), count=count)

    def look(self):
        """List the orders."""
        ids = self.orders.ids[:MAX_SHOWN]
        return self.action("sale.order", [("id", "in", ids)], "sale.action_orders")

    def mend(self):
        """Compute them anew."""
        orders = self.orders.sudo()
        field = orders._fields["is_backordered"]
        self.env.add_to_compute(field, orders)
        orders._recompute_field(field)


class Nobody(RecordsCheck):
    """Orders with back orders that nobody looks after."""

    key = "nobody"
    name = _lt("Nobody Looks after the Order")
    text = _lt("%s orders have no salesperson who could be told.")
    model = "sale.order"
    action_id = "sale.action_orders"
    since = "date_order"
    advice = _lt("Put a salesperson on these orders: activities go to nobody now.")

    def domain(self):
        """Orders with back orders whose salesperson is none, or archived."""
        wanted = self.facts.on.filtered(lambda company: company._get_backorder_alerts())
        no_leader = Domain("team_id", "=", False) | Domain("team_id.user_id", "=", False)
        nobody = Domain("user_id", "=", False) & no_leader
        left = Domain("user_id", "!=", False) & Domain("user_id.active", "=", False)
        flagged = Domain("is_backordered", "=", True) & Domain("state", "=", "sale")
        return flagged & Domain("company_id", "in", wanted.ids) & (nobody | left)


class Missing(Check):
    """What this addon brought and somebody deleted."""

    key = "missing"
    name = _lt("Deleted Templates, Views and Actions")
    advice = _lt("Make them anew. Administrators of the settings can.")
    is_system = True

    def missing(self):
        """Return what is missing: external id to name; the schedules speak for themselves."""
        missing = self.env["backorder.records"]._get_missing()
        return {xml_id: name for xml_id, name in missing.items() if xml_id not in SCHEDULES}

    def find(self):
        """Name them."""
        names = sorted(self.missing().values())
        if not names:
            return self.say()
        text = self.env._("Deleted: %s", ", ".join(names))
        return self.say(text, count=len(names))

    def mend(self):
        """Make them anew."""
        self.env["backorder.records"]._make_anew(list(self.missing()))


class Mails(Check):
    """Mails to customers about their back orders that were not sent."""

    key = "mail"
    name = _lt("Customers Not Told")
    advice = _lt("Look at the addresses of the customers, and send the mails again.")

    @cached_property
    def mails(self):
        """The mails that failed, about orders and transfers with back orders: all rights."""
        moves = Domain("move_ids.backorder_date", "!=", False)
        documents = {
            "sale.order": Domain("order_line", "any", moves),
            "stock.picking": moves,
        }
        mails = self.env["mail.mail"].sudo()
        failed = mails.search([("state", "=", "exception"), ("model", "in", list(documents))])
        for model, domain in documents.items():
            ids = [mail.res_id for mail in failed if mail.model == model]
            own = Domain("id", "in", ids) & Domain("company_id", "in", self.companies.ids)
            known = self.env[model].search(own & domain)._ids if ids else ()
            mails |= failed.filtered(
                lambda mail, model=model, known=known: mail.model == model and mail.res_id in known
            )
        return mails

    def find(self):
        """Count them."""
        if not self.mails:
            return self.say()
        text = self.env._("%s mails to customers could not be sent.", len(self.mails))
        since = min(self.mails.mapped("create_date"))
        return self.say(text, count=len(self.mails), since=since)

    def look(self):
        """Show the mails to those who may read them, the documents to the others."""
        if self.env["mail.mail"].has_access("read"):
            return self.action("mail.mail", [("id", "in", self.mails.ids)])
        model = self.mails[:1].model or "sale.order"
        ids = {mail.res_id for mail in self.mails if mail.model == model}
        return self.action(model, [("id", "in", sorted(ids))])

    def mend(self):
        """Put them into Odoo's queue again."""
        self.mails.mark_outgoing()


class OdooSchedule(Check):
    """A schedule of Odoo's own that something of ours needs."""

    xml_id = None
    advice = _lt("Switch it on. Administrators of the settings can.")
    is_system = True

    def is_needed(self):
        """Return whether a company needs it."""
        raise NotImplementedError

    @property
    def cron(self):
        """The schedule; none where it was deleted."""
        cron = self.env.ref(self.xml_id, raise_if_not_found=False)
        return (cron or self.env["ir.cron"]).sudo()

    def find(self):
        """Say whether it is off."""
        if not self.is_needed() or self.cron.active:
            return self.say()
        if self.cron:
            text = self.env._("%s is switched off.", self.cron.name)
        else:
            text = self.env._("A scheduled action of Odoo was deleted.")
        return {**self.say(text, count=1), "can_mend": self.is_mendable() and bool(self.cron)}

    def mend(self):
        """Switch it on."""
        self.cron.active = True


class MailQueue(OdooSchedule):
    key = "mail_queue"
    name = _lt("Mails Wait in the Queue")
    xml_id = "mail.ir_cron_mail_scheduler_action"

    def is_needed(self):
        """Return whether any mail is sent to customers."""
        return any(company[name] for company in self.facts.on for name in MAIL_SWITCHES)


class Nightly(OdooSchedule):
    key = "nightly"
    name = _lt("Nightly Mending Does Not Run")
    xml_id = "base.autovacuum_job"

    def is_needed(self):
        """Return whether a company wants its reservations mended every night."""
        return any(self.facts.on.mapped("backorder_mend_nightly"))
