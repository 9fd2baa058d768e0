from odoo import fields, models


class BackorderRunStop(models.Model):
    _name = "backorder.run.stop"
    _description = "Request to Stop a Back Order Run"

    run_id = fields.Many2one("backorder.run", required=True, ondelete="cascade", index=True)
