from odoo import api, fields, models
from odoo.fields import Command


class StockBackorderConfirmation(models.TransientModel):
    _inherit = "stock.backorder.confirmation"

    shortfall_line_ids = fields.One2many("backorder.shortfall.line", "wizard_id")

    @api.model
    def default_get(self, fields):
        """List what is short, where a back order is possible."""
        res = super().default_get(fields)
        if "shortfall_line_ids" in fields:
            pickings = self.env["stock.picking"].browse(self._get_default_picking_ids(res))
            res["shortfall_line_ids"] = [
                Command.create({"move_id": move.id})
                for move in pickings._get_backorder_shortfall_moves()
            ]
        return res

    @api.model
    def _get_default_picking_ids(self, values):
        """Return the ids of the transfers in default values, whatever commands hold them."""
        commands = values.get("pick_ids") or self.env.context.get("default_pick_ids") or []
        ids = []
        for command in commands:
            if command[0] == Command.LINK:
                ids.append(command[1])
            elif command[0] == Command.SET:
                ids += command[2]
        return ids

    def process(self):
        """Mark as back ordered, or cancel, each line as decided.

        The decisions are stored on the lines of the transfers, where the validation reads them.
        """
        for decision, lines in self.shortfall_line_ids.grouped("decision").items():
            lines.move_id.backorder_decision = decision
        return super().process()

    def process_native(self):
        """Create Odoo's standard backorder for everything that is short."""
        self.shortfall_line_ids.decision = "native"
        return self.process()
