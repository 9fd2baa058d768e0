from odoo import api, fields, models

from .backorder_health import LEVELS


class BackorderHealthLine(models.TransientModel):
    """What one check says."""

    _name = "backorder.health.line"
    _description = "Back Order Health: Finding"
    _order = "sequence, id"

    health_id = fields.Many2one("backorder.health", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(readonly=True)
    key = fields.Char(readonly=True)
    # Texts, which a list does not cut off.
    name = fields.Text(string="What", readonly=True)
    level = fields.Selection(LEVELS, readonly=True)
    count = fields.Integer(string="How Many", readonly=True)
    since = fields.Datetime(readonly=True)
    detail = fields.Text(readonly=True)
    advice = fields.Text(string="What to Do", readonly=True)
    can_mend = fields.Boolean(readonly=True)
    can_look = fields.Boolean(readonly=True)
    is_schedule = fields.Boolean(readonly=True)
    is_on = fields.Boolean(string="On", readonly=True)
    state = fields.Selection([("on", "On"), ("off", "Off")], compute="_compute_state")
    last_run = fields.Datetime(readonly=True)
    next_run = fields.Datetime(readonly=True)
    late = fields.Integer(string="Minutes Late", readonly=True)

    @api.depends("is_on")
    def _compute_state(self):
        for line in self:
            line.state = "on" if line.is_on else "off"

    def action_look(self):
        """Show what was found."""
        return self._get_check().look()

    def action_mend(self):
        """Mend what was found, and look again."""
        check = self._get_check()
        check.check_mend()
        action = check.mend()
        self.health_id._look()
        return action

    def _get_check(self):
        """Return what the line is about, for those who may see it."""
        self.ensure_one()
        self.health_id._check_backorder_reader()
        self.check_access("read")
        return self.health_id._get_check(self.key)
