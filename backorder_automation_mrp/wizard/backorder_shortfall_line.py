from odoo import api, fields, models


class BackorderShortfallLine(models.TransientModel):
    _inherit = "backorder.shortfall.line"

    kit_id = fields.Many2one(related="move_id.backorder_kit_id")
    is_kit_follower = fields.Boolean(
        compute="_compute_is_kit_follower",
        help="The decision is made on the first component of the kit.",
    )

    @api.depends("move_id")
    def _compute_is_kit_follower(self):
        for line in self:
            short = line.move_id.picking_id._get_backorder_shortfall_moves()
            kit = short.filtered(lambda move, line=line: move._is_same_kit(line.move_id))
            line.is_kit_follower = line.move_id in kit[1:]

    def write(self, vals):
        """Decide about all components of a kit alike."""
        res = super().write(vals)
        if "decision" in vals:
            others = self._get_kit_lines() - self
            super(BackorderShortfallLine, others).write({"decision": vals["decision"]})
        return res

    def _get_kit_lines(self):
        """Return the lines about the kits of self, in the same dialog and transfer."""
        return self.wizard_id.shortfall_line_ids.filtered(
            lambda line: any(line.move_id._is_same_kit(one.move_id) for one in self)
        )
