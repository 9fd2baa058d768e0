"""The two scheduled processes."""

from datetime import timedelta

from odoo import fields
from odoo.tools.translate import LazyTranslate

from ..texts import format_moment
from .check import Check

_lt = LazyTranslate(__name__)

# The scheduler looks every minute: who is not called for so long is forgotten.
LATE = timedelta(minutes=15)
ON_TIME = _lt("On, and on time.")
NOT_NEEDED = _lt("Not needed: back order management is switched off.")
# What may be wrong with a schedule, worst first; what it is called; whether the settings decide.
FAULTS = {
    "deleted": (_lt("It was deleted."), "danger", True),
    "off": (_lt("It is switched off."), "warning", True),
    "failing": (_lt("It failed %(count)s times in a row."), "danger", False),
    "code": (_lt("It does something else than its process."), "danger", True),
    "user": (_lt("It runs as %(user)s, who may not see or change all of it."), "warning", True),
    "far": (_lt("Its next run is planned for %(date)s only."), "warning", True),
    "late": (_lt("It should have run %(minutes)s minutes ago."), "danger", False),
}
ADVICE = {
    "deleted": _lt("Make it anew: nothing is released by itself."),
    "off": _lt("Switch it on: what it looks after is not released by itself."),
    "failing": _lt("Run it now; if it fails again, the message says why."),
    "code": _lt("Set its code as it was."),
    "user": _lt("Let it run as Odoo itself."),
    "far": _lt("Let it run soon."),
    "late": _lt("Run it now. If others are late too, the server runs no scheduled actions."),
}


class Schedule(Check):
    """A process: on, when it ran, when it runs next, and how late it is."""

    process = None

    def __init__(self, facts):
        super().__init__(facts)
        self.moves = facts.env["stock.move"]
        self.cron = self.moves._get_backorder_cron(self.process)
        self.now = fields.Datetime.now()
        self.fault = self.find_fault() if facts.on else None

    @property
    def advice(self):
        """What to do about its fault."""
        return ADVICE.get(self.fault)

    @property
    def is_system(self):
        """Whether the settings decide about its fault."""
        return bool(self.fault) and FAULTS[self.fault][2]

    def find(self):
        """Say what it does, and what is wrong with it."""
        cron, late = self.cron, self.get_late()
        facts = {
            "is_schedule": True,
            "is_on": cron.active,
            "last_run": cron.lastcall,
            "next_run": cron.active and cron.nextcall,
            "late": int(late / timedelta(minutes=1)) if cron.active else 0,
        }
        if not self.fault:
            return self.say(self.env._(ON_TIME if self.facts.on else NOT_NEEDED), "ok", **facts)
        fault, level, _is_system = FAULTS[self.fault]
        text = self.env._(fault)
        count = cron.failure_count or 1
        values = {
            "count": count,
            "date": format_moment(self.env, cron.nextcall),
            "minutes": facts["late"],
            "user": cron.user_id.name,
        }
        since = self.get_since()
        return self.say(text % values, level, count, since, **facts)

    def find_fault(self):
        """Return what is wrong with it, a key of `FAULTS`; None where nothing is."""
        cron = self.cron
        if not cron:
            return "deleted"
        if not cron.active:
            return "off"
        if cron.failure_count:
            return "failing"
        if cron.state != "code" or self.code not in (cron.code or ""):
            return "code"
        if not self.is_strong(cron.user_id):
            return "user"
        if cron.nextcall > self.now + self.get_interval() + timedelta(days=1):
            return "far"
        return "late" if self.is_late() else None

    def is_strong(self, user):
        """Return whether the process finds everything as this user."""
        return user == self.env.ref("base.user_root") or (user.active and user._is_system())

    def get_interval(self):
        """Return the time from one run to the next."""
        units = {"months": 31 * 24 * 60, "weeks": 7 * 24 * 60, "days": 24 * 60, "hours": 60}
        minutes = units.get(self.cron.interval_type, 1)
        return timedelta(minutes=minutes * self.cron.interval_number)

    def get_late(self):
        """Return how long ago it should have been called: by the clock, or by what woke it."""
        if not self.cron.active:
            return timedelta()
        woken = self.env["ir.cron.trigger"].sudo()
        [[first]] = woken._read_group(
            [("cron_id", "=", self.cron.id), ("call_at", "<=", self.now)],
            aggregates=["call_at:min"],
        )
        due = min(filter(None, (first, self.cron.nextcall)))
        # Who was switched on, or changed, is not to blame for the time before.
        return max(timedelta(), self.now - max(due, self.cron.write_date or due))

    def is_late(self):
        """Return whether it was forgotten, and is not at work right now."""
        if self.get_late() <= LATE:
            return False
        return bool(self.cron.try_lock_for_update(allow_referencing=True))

    def get_since(self):
        """Return since when its fault is known."""
        if self.fault == "failing":
            return self.cron.first_failure_date
        if self.fault == "late":
            return self.now - self.get_late()
        return self.cron.lastcall

    def is_shown(self):
        """Return whether there is something to look at: always."""
        return True

    def look(self):
        """Show the schedule to those who may see it, and its runs to the others."""
        if self.cron and self.env.user._is_system():
            return {
                "type": "ir.actions.act_window",
                "res_model": "ir.cron",
                "res_id": self.cron.id,
                "views": [(False, "form")],
            }
        domain = [("process", "=", self.process)]
        return self.action("backorder.run", domain, "backorder_automation.action_backorder_runs")

    def mend(self):
        """Do what its fault asks for; let it run."""
        if self.fault in ("failing", "late"):
            return run_now(self.cron)
        if self.fault == "deleted":
            self.env["backorder.records"]._make_anew([self.xml_id])
        cron = self.moves._get_backorder_cron(self.process)
        changed = {
            "deleted": {"active": True},
            "off": {"active": True},
            "code": {"state": "code", "code": f"model.{self.code}()"},
            "user": {"user_id": self.env.ref("base.user_root").id},
            "far": {"nextcall": self.now},
        }
        if self.fault:
            cron.write(changed[self.fault])
            cron._trigger()
        return None


class Primary(Schedule):
    key = process = "primary"
    name = _lt("Primary Process: Incoming Shipments")
    code = "_cron_backorder_primary"
    xml_id = "backorder_automation.ir_cron_primary_incoming"


class Secondary(Schedule):
    key = process = "secondary"
    name = _lt("Secondary Process: Available Inventory")
    code = "_cron_backorder_secondary"
    xml_id = "backorder_automation.ir_cron_secondary_available"


def run_now(cron):
    """Run a schedule while the user waits; return the action that shows its error, if any."""
    done = cron.method_direct_trigger()
    return None if done is True else done
