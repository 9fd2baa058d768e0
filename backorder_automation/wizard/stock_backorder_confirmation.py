from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

# The decisions after which the shortfall stays on the order.
HOLDING = ("backorder", "not_found")


class StockBackorderConfirmation(models.TransientModel):
    _name = "stock.backorder.confirmation"
    _inherit = [
        "stock.backorder.confirmation",
        "backorder.named.mixin",
        "backorder.turn.mixin",
    ]

    shortfall_line_ids = fields.One2many("backorder.shortfall.line", "wizard_id")

    backorder_mail_preview = fields.Html(
        compute="_compute_backorder_mail_preview", sanitize=False, string="Mail to the Customer"
    )
    backorder_mail_skip = fields.Boolean(
        string="Do not send this mail", help="For this shipment only."
    )

    @api.depends("shortfall_line_ids.decision")
    def _compute_backorder_mail_preview(self):
        """Show the mail about what is decided to be back ordered, where one is sent."""
        for wizard in self:
            lines = wizard.shortfall_line_ids.filtered(lambda ln: ln.decision in HOLDING)
            wizard.backorder_mail_preview = lines.move_id._origin._backorder_preview_held()

    @api.model
    def default_get(self, fields):
        """List what is short, where a back order is possible."""
        res = super().default_get(fields)
        if "shortfall_line_ids" in fields:
            pickings = self.env["stock.picking"].browse(self._get_default_picking_ids(res))
            pickings.check_access("read")
            res["shortfall_line_ids"] = [
                Command.create(vals)
                for vals in (
                    pickings._get_backorder_shortfall_moves()._prepare_backorder_shortfall_vals()
                )
            ]
        return res

    @api.model
    def _get_backorder_named(self):
        """Leave Odoo's own fields to Odoo: ours are the lines, which look after themselves."""
        return set()

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

        :raises UserError: when a transfer was validated, a line shipped, cancelled or held
            meanwhile, or back orders were switched off; then nothing is changed
        """
        self._backorder_await("process")
        self._check_unchanged()
        for decision, lines in self.shortfall_line_ids.grouped("decision").items():
            lines.move_id.backorder_decision = decision
        if self.backorder_mail_skip:
            self.pick_ids.sudo().backorder_mail_skip = True
        return super().process()

    def _check_unchanged(self):
        """Make sure that the lines decided about are still those of the transfers."""
        self.pick_ids._check_backorder_not_done()
        changed = self.shortfall_line_ids.move_id.filtered(
            lambda move: move.state in ("done", "cancel") or move.picking_id not in self.pick_ids
        )
        if changed:
            raise UserError(
                self.env._(
                    "Nothing was changed: these lines were shipped, cancelled or put elsewhere "
                    "meanwhile. %s",
                    changed._join_backorder_names(changed.product_id),
                )
            )
        decided = self.shortfall_line_ids.filtered(lambda line: line.decision != "native")
        decided.move_id._check_backorder_switched_on()

    def process_native(self):
        """Create Odoo's standard backorder for everything that is short."""
        self._backorder_await("process_native")
        self.shortfall_line_ids.decision = "native"
        return self.process()

    def process_cancel_backorder(self):
        """Wait for others who work with the same stock, before anything is done."""
        self._backorder_await("process_cancel_backorder")
        self.pick_ids._check_backorder_not_done()
        return super().process_cancel_backorder()

    def _get_backorder_turn_moves(self):
        return self.pick_ids.move_ids
