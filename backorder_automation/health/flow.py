"""What should move, and does not."""

from datetime import timedelta
from functools import cached_property

from odoo import fields
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ..const import EPSILON
from .check import MAX_SHOWN, Check, RecordsCheck
from .schedules import LATE, run_now

_lt = LazyTranslate(__name__)

# A run notes each batch: who wrote nothing for so long is gone.
STUCK = timedelta(hours=1)


class Free(Check):
    """Stock is free, somebody could use it, and nobody is on the way to give it to them."""

    key = "free"
    name = _lt("Stock Free while Somebody Waits")
    advice = _lt("Release it now.")

    @cached_property
    def moves(self):
        """The lines that the plan serves, of those the user may see."""
        if not self.facts.on:
            return self.env["stock.move"]
        plan = self.env["stock.move"].sudo()._backorder_walk(company=self.facts.on, is_now=True)
        served = [line.move_id for line in plan.values() if line.served > EPSILON]
        domain = Domain("id", "in", served) & Domain("backorder_is_visible", "=", True)
        return self.env["stock.move"].search(domain) if served else self.env["stock.move"]

    def find(self):
        """Count whom the plan serves."""
        count = len(self.moves)
        if not count:
            return self.say()
        if self.is_woken():
            text = self.env._("%s lines are released with the run that was asked for.", count)
            return self.say(text, "ok", count)
        return self.say(self.env._("%s lines could be released now.", count), count=count)

    def is_woken(self):
        """Return whether a schedule was just woken to release it."""
        crons = self.env["stock.move"]._get_backorder_crons()
        now = fields.Datetime.now()
        return bool(
            self.env["ir.cron.trigger"]
            .sudo()
            .search_count(
                [
                    ("cron_id", "in", crons.filtered("active").ids),
                    ("call_at", "<=", now),
                    ("call_at", ">", now - LATE),
                ],
                limit=1,
            )
        )

    def look(self):
        """List the lines."""
        ids = self.moves.ids[:MAX_SHOWN]
        action_id = "backorder_automation.action_backorder_moves"
        return self.action("stock.move", [("id", "in", ids)], action_id)

    def mend(self):
        """Run the process that serves whatever is free; by hand where its schedule is gone."""
        moves = self.env["stock.move"].sudo()
        cron = moves._get_backorder_cron("secondary")
        if cron:
            return run_now(cron)
        return moves._backorder_process("secondary")


class Failures(RecordsCheck):
    """Lines that could not be released."""

    key = "failed"
    name = _lt("Failed Releases")
    level = "danger"
    advice = _lt("Look why each line waits, mend its cause, and try again.")

    def domain(self):
        """Open demand that was set aside with an error."""
        open_moves = self.env["stock.move"]._backorder_open_domain()
        return Domain("backorder_retry_date", "!=", False) & open_moves

    def explain(self, count):
        """Say how many failed, and what the first one says."""
        first = self.env["stock.move"].search(self.full_domain(), limit=1)
        return self.env._(
            "%(count)s lines could not be released: %(error)s",
            count=count,
            error=first.backorder_error or self.env._("no reason given"),
        )

    def mend(self):
        """Release them as the button does: what fails again says why."""
        action = self.env["stock.move"].search(self.full_domain()).action_backorder_release()
        return action if action["type"] == "ir.actions.client" else None


class Stuck(RecordsCheck):
    """Runs that look as if they went on for ever."""

    key = "stuck"
    name = _lt("Runs That Do Not End")
    text = _lt("%s runs have done nothing for more than an hour.")
    model = "backorder.run"
    action_id = "backorder_automation.action_backorder_runs"
    since = "date_start"
    advice = _lt("They were cut off, as by a restart of the server. Close them.")

    def domain(self):
        """Open runs that have written nothing for long, by the clock that dates what is written."""
        return Domain("date_end", "=", False) & Domain("write_date", "<", self.env.cr.now() - STUCK)

    def full_domain(self):
        """Return the domain; the rules of the runs know whose they are."""
        return self.domain()

    def mend(self):
        """Close them, as the next run would."""
        self.records().write({"date_end": fields.Datetime.now(), "is_interrupted": True})


class Oldest(RecordsCheck):
    """How long somebody waits, and whether that is longer than the company wants."""

    key = "oldest"
    name = _lt("Oldest Waiting")
    advice = _lt("Look at why it waits, and at what is ordered for it.")

    def domain(self):
        """All held demand."""
        return Domain("backorder_held", "=", True)

    def find(self):
        """Compare the oldest of each company with its limit."""
        groups = self.env["stock.move"]._read_group(
            self.full_domain(), ["company_id"], ["__count", "backorder_date:min"]
        )
        now = fields.Datetime.now()
        waiting = [group for group in groups if group[2]]
        if not waiting:
            return self.say(self.env._("Nobody waits."), "ok")
        first = min(since for _company, _count, since in waiting)
        count = sum(number for _company, number, _since in groups)
        is_over = any(
            0 < company.sudo().backorder_age_limit <= (now - since).days
            for company, _count, since in waiting
        )
        text = self.env._(
            "%(count)s lines wait, the oldest for %(days)s days.",
            count=count,
            days=(now - first).days,
        )
        return self.say(text, None if is_over else "ok", count, first)

    def look(self):
        """List those who wait as long as the oldest, by the day."""
        [[first]] = self.env["stock.move"]._read_group(
            self.full_domain(), aggregates=["backorder_date:min"]
        )
        until = fields.Datetime.to_string((first or fields.Datetime.now()) + timedelta(days=1))
        domain = self.full_domain() & Domain("backorder_date", "<=", until)
        return self.action(self.model, domain, self.action_id)
