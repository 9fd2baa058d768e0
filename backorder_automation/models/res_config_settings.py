from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..checks import check_numbers
from ..const import INTERVAL_TYPES
from .backorder_process_mixin import CRONS

CRON_FIELDS = ("active", "interval_number", "interval_type")
# What the settings show of a schedule that was deleted.
DELETED_CRON = {"active": False, "interval_number": 1, "interval_type": "hours"}
# More units of time than these lead out of the calendar, and are no schedule.
MAX_INTERVAL = 9999


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    backorder_automation = fields.Boolean(
        related="company_id.backorder_automation",
        readonly=False,
        string="Enable back order management",
    )
    backorder_default_decision = fields.Selection(
        related="company_id.backorder_default_decision", readonly=False
    )
    backorder_count_user_id = fields.Many2one(
        related="company_id.backorder_count_user_id", readonly=False
    )
    backorder_queue_order = fields.Selection(
        related="company_id.backorder_queue_order", readonly=False
    )
    backorder_queue_order_help = fields.Char(
        string="What the Queue Order Does", compute="_compute_backorder_queue_order_help"
    )
    backorder_at_confirm = fields.Selection(
        related="company_id.backorder_at_confirm", readonly=False
    )
    backorder_promise_by_lead = fields.Boolean(
        related="company_id.backorder_promise_by_lead", readonly=False
    )
    backorder_overdue_days = fields.Integer(
        related="company_id.backorder_overdue_days", readonly=False
    )
    backorder_keep_days = fields.Integer(related="company_id.backorder_keep_days", readonly=False)
    backorder_mend_nightly = fields.Boolean(
        related="company_id.backorder_mend_nightly", readonly=False
    )
    backorder_rare_set = fields.Char(
        string="Rarely Changed Settings That Are Set", compute="_compute_backorder_rare_set"
    )
    backorder_activity_promise = fields.Boolean(
        related="company_id.backorder_activity_promise", readonly=False
    )
    backorder_activity_nothing = fields.Boolean(
        related="company_id.backorder_activity_nothing", readonly=False
    )
    backorder_age_limit = fields.Integer(related="company_id.backorder_age_limit", readonly=False)
    backorder_portal_ship = fields.Boolean(
        related="company_id.backorder_portal_ship", readonly=False
    )
    backorder_portal_wait = fields.Boolean(
        related="company_id.backorder_portal_wait", readonly=False
    )
    backorder_portal_cancel = fields.Boolean(
        related="company_id.backorder_portal_cancel", readonly=False
    )
    backorder_mail_held = fields.Boolean(related="company_id.backorder_mail_held", readonly=False)
    backorder_mail_released = fields.Boolean(
        related="company_id.backorder_mail_released", readonly=False
    )
    backorder_mail_cancelled = fields.Boolean(
        related="company_id.backorder_mail_cancelled", readonly=False
    )
    backorder_mail_date = fields.Boolean(related="company_id.backorder_mail_date", readonly=False)
    backorder_mail_date_days = fields.Integer(
        related="company_id.backorder_mail_date_days", readonly=False
    )
    backorder_primary_active = fields.Boolean(
        string="Primary Backorder Process, Incoming Shipments",
    )
    backorder_primary_interval_number = fields.Integer(
        string="Primary Repeat Every",
    )
    backorder_primary_interval_type = fields.Selection(
        INTERVAL_TYPES,
        string="Primary Interval Unit",
    )
    backorder_secondary_active = fields.Boolean(
        string="Secondary Backorder Process, Available Inventory",
    )
    backorder_secondary_interval_number = fields.Integer(
        string="Secondary Repeat Every",
    )
    backorder_secondary_interval_type = fields.Selection(
        INTERVAL_TYPES,
        string="Secondary Interval Unit",
    )

    backorder_primary_status = fields.Char(
        string="Status of the Primary Process", compute="_compute_backorder_status"
    )
    backorder_secondary_status = fields.Char(
        string="Status of the Secondary Process", compute="_compute_backorder_status"
    )
    backorder_primary_is_faulty = fields.Boolean(
        string="Primary Process Is at Fault", compute="_compute_backorder_status"
    )
    backorder_secondary_is_faulty = fields.Boolean(
        string="Secondary Process Is at Fault", compute="_compute_backorder_status"
    )
    backorder_primary_is_missing = fields.Boolean(
        string="Primary Process Was Deleted", compute="_compute_backorder_missing"
    )
    backorder_secondary_is_missing = fields.Boolean(
        string="Secondary Process Was Deleted", compute="_compute_backorder_missing"
    )
    backorder_missing = fields.Char(
        string="Deleted",
        compute="_compute_backorder_missing",
        help="What back order management brought along, and somebody deleted since.",
    )

    @api.constrains("backorder_primary_interval_number", "backorder_secondary_interval_number")
    def _check_backorder_intervals(self):
        for setting in self:
            numbers = [setting[f"backorder_{process}_interval_number"] for process in CRONS]
            if not all(1 <= number <= MAX_INTERVAL for number in numbers):
                raise ValidationError(
                    self.env._(
                        "A back order process must repeat every 1 to %s units of time.",
                        MAX_INTERVAL,
                    )
                )

    @api.onchange("backorder_automation")
    def _onchange_backorder_automation(self):
        """Switch both schedules on with the first company; each can be switched off again."""
        is_first = self.backorder_automation and self._is_backorder_first()
        for process in CRONS:
            cron = self._get_backorder_cron(process)
            self[f"backorder_{process}_active"] = is_first or cron.active

    @api.model
    def _is_backorder_first(self):
        """Return whether no company manages back orders yet: the schedules are for all of them."""
        companies = self.env["res.company"].sudo()
        return not companies.search_count([("backorder_automation", "=", True)], limit=1)

    @api.depends("company_id")
    def _compute_backorder_status(self):
        """Say of the schedules, as they are saved, what they did and when they run, or why not."""
        for process in CRONS:
            text, is_faulty = self.env["backorder.health"]._get_schedule_status(process)
            self[f"backorder_{process}_status"] = text
            self[f"backorder_{process}_is_faulty"] = is_faulty

    @api.depends("company_id")
    def _compute_backorder_missing(self):
        """Say what was deleted; the schedules are named where they are set."""
        missing = self.env["backorder.records"]._get_missing()
        for setting in self:
            for process, xml_id in CRONS.items():
                setting[f"backorder_{process}_is_missing"] = xml_id in missing
            others = [name for xml_id, name in missing.items() if xml_id not in CRONS.values()]
            setting.backorder_missing = ", ".join(others)

    @api.model
    def _get_backorder_rare_settings(self):
        """Return the names of the settings that are folded away, for neighbours to add theirs."""
        return ["backorder_overdue_days", "backorder_keep_days", "backorder_mend_nightly"]

    @api.depends(lambda self: self._get_backorder_rare_settings())
    def _compute_backorder_rare_set(self):
        """Say on the fold how many settings below it are not as they were installed."""
        names = self._get_backorder_rare_settings()
        for setting in self:
            count = sum(bool(setting[name]) for name in names)
            setting.backorder_rare_set = self.env._("(%s set)", count) if count else False

    @api.depends("backorder_queue_order")
    def _compute_backorder_queue_order_help(self):
        for setting in self:
            setting.backorder_queue_order_help = setting.company_id._explain_backorder_queue_order(
                setting.backorder_queue_order
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse what is no number, in a sentence; switch on what a form would have switched on."""
        for vals in vals_list:
            check_numbers(self, vals)
        if any(vals.get("backorder_automation") for vals in vals_list):
            on = {f"backorder_{process}_active": True for process in CRONS}
            is_first = self._is_backorder_first()
            vals_list = [
                {**on, **vals} if is_first and vals.get("backorder_automation") else vals
                for vals in vals_list
            ]
        return super().create(vals_list)

    def write(self, vals):
        """Refuse what is no number, in a sentence."""
        check_numbers(self, vals)
        return super().write(vals)

    @api.model
    def get_values(self):
        """Read the schedules themselves: a copy would lie once Odoo deactivates a job."""
        values = super().get_values()
        for process in CRONS if self.has_access("read") else ():
            cron = self._get_backorder_cron(process)
            schedule = {name: cron[name] for name in CRON_FIELDS} if cron else DELETED_CRON
            values.update({f"backorder_{process}_{name}": schedule[name] for name in CRON_FIELDS})
        return values

    def set_values(self):
        """Write the schedules that changed; switching one on runs it soon."""
        self.check_access("write")
        super().set_values()
        for process in CRONS:
            self._set_backorder_schedule(process)

    def _set_backorder_schedule(self, process):
        wanted = {name: self[f"backorder_{process}_{name}"] for name in CRON_FIELDS}
        if wanted["active"] and not self._get_backorder_cron(process):
            self.env["backorder.records"]._make_anew([CRONS[process]])
        cron = self._get_backorder_cron(process)
        if not cron:
            return
        changed = {name: value for name, value in wanted.items() if cron[name] != value}
        if not changed:
            return
        try:
            cron.write(changed)
        except UserError as error:
            raise UserError(
                self.env._(
                    "%s is running right now. Save the settings again in a moment.", cron.name
                )
            ) from error
        if changed.get("active"):
            cron._trigger()

    def action_open_backorder_primary(self):
        """Open the scheduled action of the primary process."""
        return self._get_backorder_cron_action("primary")

    def action_open_backorder_secondary(self):
        """Open the scheduled action of the secondary process."""
        return self._get_backorder_cron_action("secondary")

    def action_backorder_make_anew(self):
        """Make everything anew that back order management brought along and somebody deleted.

        :raises AccessError: when the user may not change the settings
        """
        return self._backorder_make_anew()

    def action_backorder_make_anew_primary(self):
        """Make the schedule of the primary process anew, switched off."""
        return self._backorder_make_anew([CRONS["primary"]])

    def action_backorder_make_anew_secondary(self):
        """Make the schedule of the secondary process anew, switched off."""
        return self._backorder_make_anew([CRONS["secondary"]])

    @api.model
    def _backorder_make_anew(self, xml_ids=None):
        """Make deleted records anew and show the settings again."""
        if not self.env.user._is_system():
            raise AccessError(self.env._("Only administrators of the settings can do this."))
        self.env["backorder.records"]._make_anew(xml_ids)
        return {"type": "ir.actions.client", "tag": "reload"}

    def _get_backorder_cron_action(self, process):
        self.check_access("read")
        if not self._get_backorder_cron(process):
            raise UserError(self.env._("This schedule was deleted. Make it anew first."))
        return {
            "type": "ir.actions.act_window",
            "res_model": "ir.cron",
            "res_id": self._get_backorder_cron(process).id,
            "view_mode": "form",
        }

    @api.model
    def _get_backorder_cron(self, process):
        return self.env["stock.move"]._get_backorder_cron(process)
