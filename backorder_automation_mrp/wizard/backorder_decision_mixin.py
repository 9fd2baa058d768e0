from odoo import fields, models


class BackorderDecisionMixin(models.AbstractModel):
    _inherit = "backorder.decision.mixin"

    kit_id = fields.Many2one(related="move_id.backorder_kit_id")
    is_kit_follower = fields.Boolean(
        compute="_compute_is_kit_follower",
        help="The decision is made on the first component of the kit.",
    )

    def _compute_is_kit_follower(self):
        """Let the first component of each kit lead the others, in the order of the dialog."""
        seen, followers = set(), set()
        for move in self._get_decided_moves():
            if key := move._get_backorder_kit_key():
                if key in seen:
                    followers.add(move.id)
                seen.add(key)
        for line in self:
            line.is_kit_follower = line.move_id.id in followers

    def write(self, vals):
        """Decide about all components of a kit alike."""
        res = super().write(vals)
        if "decision" in vals:
            others = self._get_kit_lines() - self
            super(BackorderDecisionMixin, others).write({"decision": vals["decision"]})
        return res

    def _get_kit_lines(self):
        """Return the lines of the dialog about the kits of self, in the same transfer."""
        keys = {line.move_id._get_backorder_kit_key() for line in self} - {None}
        return self._get_dialog_lines().filtered(
            lambda line: line.move_id._get_backorder_kit_key() in keys
        )

    def _get_dialog_lines(self):
        """Return all lines of the dialog."""
        raise NotImplementedError

    def _get_decided_moves(self):
        """Return the moves the dialog is about, in its order; the dialog may not be saved yet."""
        raise NotImplementedError
