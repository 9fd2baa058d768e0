from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import INTERVAL_TYPES
from .backorder_process_mixin import CRONS

CRON_FIELDS = ("active", "interval_number", "interval_type")


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
    backorder_queue_order = fields.Selection(
        related="company_id.backorder_queue_order", readonly=False
    )
    backorder_at_confirm = fields.Selection(
        related="company_id.backorder_at_confirm", readonly=False
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

    @api.constrains("backorder_primary_interval_number", "backorder_secondary_interval_number")
    def _check_backorder_intervals(self):
        for setting in self:
            if any(setting[f"backorder_{process}_interval_number"] < 1 for process in CRONS):
                raise ValidationError(
                    self.env._("A back order process must repeat every 1 or more units of time.")
                )

    @api.model
    def get_values(self):
        """Read the schedules themselves: a copy would lie once Odoo deactivates a job."""
        values = super().get_values()
        for process in CRONS if self.has_access("read") else ():
            cron = self._get_backorder_cron(process)
            values.update({f"backorder_{process}_{name}": cron[name] for name in CRON_FIELDS})
        return values

    def set_values(self):
        """Write the schedules that changed; switching one on runs it soon."""
        self.check_access("write")
        super().set_values()
        for process in CRONS:
            self._set_backorder_schedule(process)

    def _set_backorder_schedule(self, process):
        cron = self._get_backorder_cron(process)
        wanted = {name: self[f"backorder_{process}_{name}"] for name in CRON_FIELDS}
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

    def _get_backorder_cron_action(self, process):
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "ir.cron",
            "res_id": self._get_backorder_cron(process).id,
            "view_mode": "form",
        }

    @api.model
    def _get_backorder_cron(self, process):
        return self.env["stock.move"]._get_backorder_cron(process)
