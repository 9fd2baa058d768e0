from odoo import api, fields, models

from ..health import CHECKS, Facts
from ..texts import format_moment

LEVELS = [("ok", "OK"), ("warning", "Warning"), ("danger", "Danger")]
# What a machine is told of a check, and of a schedule besides.
TOLD = ("key", "name", "level", "count", "since", "detail", "advice")
MAY_LACK = ("since", "advice", "last_run", "next_run")
TOLD_OF_SCHEDULE = ("is_on", "last_run", "next_run", "late")


class BackorderHealth(models.TransientModel):
    """Whether all is well with back orders: what is wrong, and one click to mend or to look."""

    _name = "backorder.health"
    _description = "Back Order Health"

    line_ids = fields.One2many("backorder.health.line", "health_id", readonly=True)
    schedule_ids = fields.One2many(
        "backorder.health.line",
        "health_id",
        string="Schedules",
        domain=[("is_schedule", "=", True)],
        readonly=True,
    )
    finding_ids = fields.One2many(
        "backorder.health.line",
        "health_id",
        string="Findings",
        domain=[("is_schedule", "=", False)],
        readonly=True,
    )
    level = fields.Selection(LEVELS, readonly=True)
    wrong_count = fields.Integer(string="To Look After", readonly=True)
    date = fields.Datetime(string="Looked At", readonly=True)

    @api.depends("level")
    def _compute_display_name(self):
        for health in self:
            health.display_name = self.env._("Back Order Health")

    @api.model
    def action_open(self):
        """Look at everything the user may see, and show what was found."""
        self._check_backorder_reader()
        health = self.sudo().create({})
        health.with_env(self.env)._look()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Health"),
            "res_model": self._name,
            "res_id": health.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def action_look_again(self):
        """Look again."""
        self.ensure_one()
        self._check_backorder_reader()
        self.check_access("read")
        self._look()

    @api.model
    def _check_backorder_reader(self):
        """Raise AccessError unless the user may see the health: inventory administrators."""
        self.env["stock.picking"]._check_backorder_manager()

    @api.model
    def _get_checks(self):
        """Return the classes of what is looked at, in the order shown: see `health.Check`."""
        return list(CHECKS)

    @api.model
    def _find(self):
        """Look at everything the user may see.

        :return: what each check says, a list of dicts: see `health.Check.say`
        """
        facts = Facts(self.env, self.env.companies)
        return [check(facts).find() for check in self._get_checks()]

    def _look(self):
        """Look, and write what was found, the worst first: a line for each check, the same ones."""
        found = self._find()
        level, wrong_count = self._get_level(found)
        lines = {line.key: line for line in self.sudo().line_ids}
        levels = [level for level, _label in LEVELS]
        worst = sorted(found, key=lambda vals: -levels.index(vals["level"]))
        for sequence, vals in enumerate(worst):
            vals = {**vals, "sequence": sequence, "health_id": self.id}
            if vals["key"] in lines:
                lines[vals["key"]].write(vals)
            else:
                self.env["backorder.health.line"].sudo().create(vals)
        self.sudo().write(
            {
                "date": fields.Datetime.now(),
                "level": level,
                "wrong_count": wrong_count,
            }
        )
        self.invalidate_recordset(["line_ids", "schedule_ids", "finding_ids"])

    @api.model
    def _get_level(self, found):
        """Return how bad the worst of it is, and how many checks found anything.

        :param list found: see `_find`
        """
        levels = [level for level, _label in LEVELS]
        wrong = [vals["level"] for vals in found if vals["level"] != "ok"]
        return max(wrong, key=levels.index, default="ok"), len(wrong)

    @api.model
    def _get_summary(self):
        """Return what is found, for machines: a dict that JSON can hold.

        :raises AccessError: unless the user may see it
        """
        self._check_backorder_reader()
        found = self._find()
        level, wrong_count = self._get_level(found)
        return {
            "level": level,
            "wrong": wrong_count,
            "date": _to_json(fields.Datetime.now()),
            "checks": [self._prepare_told(vals) for vals in found],
        }

    @api.model
    def _prepare_told(self, vals):
        """Return what a machine is told of what one check says."""
        names = (*TOLD, *(TOLD_OF_SCHEDULE if vals.get("is_schedule") else ()))
        return {
            name: _to_json(vals[name] or None if name in MAY_LACK else vals[name]) for name in names
        }

    @api.model
    def _get_schedule_status(self, process):
        """Return what the settings say of a schedule, and whether that is a fault.

        :param str process: `primary` or `secondary`
        :return: a sentence, empty where it is off; and whether it cannot run as it should
        """
        check = self._get_check(process)
        found = check.find()
        if not found["is_on"] or found["level"] != "ok":
            return found["is_on"] and found["detail"], found["is_on"]
        run = self.env["backorder.run"].sudo().search([("process", "=", process)], limit=1)
        moments = {"last": found["last_run"], "next": found["next_run"], "date": run.date_start}
        values = {key: format_moment(self.env, moment, "short") for key, moment in moments.items()}
        if run:
            text = self.env._(
                "Running: last run %(last)s, last release %(date)s with %(count)s lines, "
                "next run %(next)s.",
                **values,
                count=run.released_count,
            )
        elif found["last_run"]:
            text = self.env._(
                "Running: last run %(last)s, nothing released yet, next run %(next)s.", **values
            )
        else:
            text = self.env._("Running: next run %(next)s.", **values)
        return text, False

    @api.model
    def _get_check(self, key):
        """Return the check with this key, as it finds things now."""
        for check in self._get_checks():
            if check.key == key:
                return check(Facts(self.env, self.env.companies))
        return None


def _to_json(value):
    """Return a value as JSON has it: a date in UTC."""
    if hasattr(value, "isoformat"):
        return f"{value.isoformat(timespec='seconds')}Z"
    return value
