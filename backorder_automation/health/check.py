"""What all checks have in common."""

from functools import cached_property

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

ALL_WELL = _lt("As it should be.")
# What people can look at one by one.
MAX_SHOWN = 1000


class Facts:
    """What several checks look at, read once for all of them.

    :param env: of whoever looks: they find what they may read
    :param companies: the `res.company` records they look at
    """

    def __init__(self, env, companies):
        self.env, self.companies = env, companies

    @cached_property
    def on(self):
        """The companies where back orders are managed."""
        return self.companies.sudo().filtered("backorder_automation")

    @cached_property
    def findings(self):
        """What the Back Order Check finds: kind to a list of values."""
        found = self.env["backorder.check"]._find_readable(self.companies)
        kinds = {}
        for vals in found:
            kinds.setdefault(vals["kind"], []).append(vals)
        return kinds


class Check:
    """Something that may go wrong. A subclass says what it looks at, and what to do about it.

    :param Facts facts: what it looks at
    """

    key = name = None  # a word for machines, and what people call it: at most a line
    text = None  # what is wrong, with %s for how many: a sentence
    level = "warning"  # what it is where it is wrong: `warning` or `danger`
    advice = None  # what to do: a sentence
    is_system = False  # mended by administrators of the settings only

    def __init__(self, facts):
        self.facts, self.env, self.companies = facts, facts.env, facts.companies

    def find(self):
        """Look, and return what is found: see `say`."""
        raise NotImplementedError

    def look(self):
        """Return the action that shows what was found; None where there is nothing to show."""

    def mend(self):
        """Mend what was found; return an action, or nothing. Not written: nothing to press."""

    def say(self, text=None, level=None, count=0, since=False, **more):
        """Return what was found: the values of a `backorder.health.line`.

        :param str text: a sentence; all is well where there is none
        :param str level: `ok`, `warning`, `danger`; that of the check when None
        :param int count: how many
        :param datetime since: since when
        """
        is_wrong = bool(text) and level != "ok"
        return {
            "key": self.key,
            "name": self.env._(self.name),
            "level": (level or self.level) if is_wrong else "ok",
            "count": count,
            "since": since,
            "detail": text or self.env._(ALL_WELL),
            "advice": self.advice and is_wrong and self.env._(self.advice),
            "can_mend": is_wrong and self.is_mendable(),
            "can_look": bool(count) and self.is_shown(),
            **more,
        }

    def explain(self, count):
        """Return in a sentence what is wrong.

        :param int count: of how many
        """
        text = self.env._(self.text)
        return text % count

    def is_mendable(self):
        """Return whether the user can mend it with a button."""
        is_known = type(self).mend is not Check.mend
        return is_known and (not self.is_system or self.env.user._is_system())

    def is_shown(self):
        """Return whether there is something to look at."""
        return type(self).look is not Check.look

    def check_mend(self):
        """Raise AccessError unless the user may mend it."""
        self.env["stock.picking"]._check_backorder_manager()
        if self.is_system and not self.env.user._is_system():
            raise AccessError(self.env._("Only administrators of the settings can do this."))

    def action(self, model, domain, xml_id=""):
        """Return an action that lists records.

        :param str xml_id: of the window action people know them from, where there is one
        """
        action = {
            "type": "ir.actions.act_window",
            "res_model": model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
        }
        if xml_id:
            action = self.env["backorder.records"]._get_action(xml_id, model)
        return {
            **action,
            "name": self.env._(self.name),
            "domain": list(domain),
            "context": {"active_test": False, "create": False},
        }


class RecordsCheck(Check):
    """What is wrong is records: they are counted by the database, and shown by the same domain."""

    model = "stock.move"
    action_id = "backorder_automation.action_backorder_moves"
    since = "backorder_date"  # the field that says since when

    def domain(self):
        """Return the domain of what is wrong."""
        raise NotImplementedError

    def full_domain(self):
        """Return the domain with whom the user looks for."""
        domain = Domain(self.domain()) & Domain("company_id", "in", self.companies.ids)
        if self.model == "stock.move":
            domain &= Domain("backorder_is_visible", "=", True)
        return domain

    def model_env(self):
        """Return the model, where archived records count like others."""
        return self.env[self.model].with_context(active_test=False)

    def find(self):
        """Count them."""
        [[count, since]] = self.model_env()._read_group(
            self.full_domain(), aggregates=["__count", f"{self.since}:min"]
        )
        return self.say(self.explain(count), count=count, since=since) if count else self.say()

    def records(self):
        """Return what is wrong, to be mended: what the user may read, with all rights."""
        return self.model_env().search(self.full_domain()).sudo()

    def look(self):
        """List them."""
        return self.action(self.model, self.full_domain(), self.action_id)
