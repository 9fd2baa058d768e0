from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import EPSILON, INSIDE
from ..work import at_work, work_of
from .backorder_past_mixin import ORIGIN_NOTE


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = [
        "stock.picking",
        "backorder.log.mixin",
        "backorder.past.mixin",
        "backorder.protected.mixin",
        "backorder.shortfall.mixin",
        "backorder.slip.mixin",
        "backorder.turn.mixin",
    ]

    is_backordered = fields.Boolean(
        string="Back Ordered",
        compute="_compute_is_backordered",
        store=True,
        copy=False,
        help="This transfer carries, or left behind, back-ordered demand that is still open.",
    )
    backorder_held_ids = fields.One2many(
        "stock.move",
        "backorder_origin_id",
        string="Held Back Orders",
        domain=[("backorder_held", "=", True)],
        readonly=True,
        groups=INSIDE,
    )
    backorder_left_ids = fields.One2many(
        "stock.move",
        "backorder_origin_id",
        string="Demand Left Behind",
        readonly=True,
        groups=INSIDE,
    )
    backorder_move_count = fields.Integer(
        string="Back Order Lines",
        compute="_compute_backorder_move_count",
        groups=INSIDE,
    )

    @api.depends(
        "move_ids.backorder_date",
        "move_ids.state",
        "backorder_left_ids.backorder_date",
        "backorder_left_ids.state",
    )
    def _compute_is_backordered(self):
        for picking in self:
            picking.is_backordered = any(
                move._is_backorder_open() for move in picking.move_ids | picking.backorder_left_ids
            )

    backorder_is_carried = fields.Boolean(
        string="Carries a Back Order",
        compute="_compute_backorder_is_carried",
        compute_sudo=True,
        groups=INSIDE,
    )
    backorder_waiting_text = fields.Text(
        string="Why It Waits",
        compute="_compute_backorder_waiting_text",
        compute_sudo=True,
        groups="base.group_user",
        help="Why each line that lacks goods waits, as seen from its place in the queue.",
    )
    backorder_is_guarded = fields.Boolean(
        string="Kept for Those Ahead",
        compute="_compute_backorder_is_guarded",
        compute_sudo=True,
        help="Stock this transfer could use is kept for those ahead in the queue.",
        groups=INSIDE,
    )

    @api.depends("is_backordered", "move_ids.state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_backorder_move_count(self):
        """Count what the list behind the button shows the user."""
        for picking in self:
            moves = picking.sudo()._get_backorder_moves().with_env(self.env)
            picking.backorder_move_count = len(moves._filter_backorder_visible())

    @api.depends("move_ids.state", "move_ids.backorder_date")
    def _compute_backorder_is_carried(self):
        for picking in self:
            picking.backorder_is_carried = any(
                move._is_backorder_open() for move in picking.move_ids
            )

    @api.depends("move_ids.state", "move_ids.quantity", "move_ids.picked")
    def _compute_backorder_waiting_text(self):
        for picking in self:
            waiting = picking.move_ids.filtered(lambda move: move._is_backorder_waiting())
            picking.backorder_waiting_text = "\n".join(
                self.env._(
                    "%(product)s, place %(place)s in the queue: %(reason)s",
                    product=move.product_id.display_name,
                    place=move.backorder_place,
                    reason=move.backorder_reason,
                )
                for move in waiting
            )

    @api.depends("move_ids.state", "move_ids.quantity")
    def _compute_backorder_is_guarded(self):
        for picking in self:
            picking.backorder_is_guarded = bool(picking.move_ids._get_backorder_overtaken())

    # CRUD

    @api.model
    def _get_backorder_protected_fields(self):
        protected = super()._get_backorder_protected_fields()
        return protected | {"is_backordered", "backorder_mail_skip"}

    def unlink(self):
        """Deleting a released transfer puts its demand back; what cannot wait is told of."""
        self._backorder_put_back()
        return super().unlink()

    # Actions

    def button_validate(self):
        """Wait for others who work with the same stock, before anything is done.

        :raises UserError: when somebody else has validated it meanwhile
        """
        self._backorder_await("button_validate")
        if self.env["backorder.turn"]._is_asked_for("stock.picking.button_validate"):
            self._check_backorder_not_done()
        return super().button_validate()

    def _check_backorder_not_done(self):
        """Raise UserError when all of self are done, and back orders are managed there."""
        if self and all(
            picking.state == "done" and picking.company_id.backorder_automation for picking in self
        ):
            raise UserError(
                self.env._(
                    "%s was validated by somebody else meanwhile. Nothing was changed.",
                    ", ".join(self.mapped("display_name")),
                )
            )

    def action_confirm(self):
        """Wait as :meth:`button_validate` does, where there is anything to reserve."""
        self._backorder_await("action_confirm", with_destination=False, if_free=True)
        return super().action_confirm()

    def action_assign(self):
        """Wait as :meth:`button_validate` does, where there is anything to reserve."""
        self._backorder_await("action_assign", with_destination=False, if_free=True)
        return super().action_assign()

    def do_unreserve(self):
        """Wait as :meth:`button_validate` does."""
        self._backorder_await("do_unreserve", with_destination=False)
        return super().do_unreserve()

    def action_cancel(self):
        """Cancelling a released transfer puts its demand back: dropping it is a decision.

        What cannot wait, as goods that left their shelf, is told of.
        """
        self._backorder_await("action_cancel", with_destination=False)
        self._backorder_put_back()
        return super().action_cancel()

    def action_backorder_take_anyway(self):
        """Reserve although others are ahead in the queue; write it on both orders.

        :raises AccessError: when the user is no stock manager
        """
        self.ensure_one()
        self._check_backorder_manager()
        self.check_access("write")
        moves = self.move_ids.sudo()
        before = moves._backorder_walk(moves.product_id, self.company_id, is_now=True)
        at_work(moves, allowance={})._action_assign()
        after = moves._backorder_walk(
            moves.product_id, self.company_id, moves=moves.browse(before), is_now=True
        )
        losers = moves.browse(
            move_id
            for move_id, line in before.items()
            if move_id not in moves._ids
            and line.served + line.kept - after[move_id].served - after[move_id].kept > EPSILON
        )
        self._backorder_log_taken(losers)
        return True

    def action_backorder_cancel(self):
        """Ask whether what this transfer carries waits again or is not shipped at all.

        With the feature switched off nothing waits: it is Odoo's own button then.
        """
        self.ensure_one()
        self.check_access("write")
        if not self.company_id.backorder_automation:
            return self.action_cancel()
        dialog = self.env["backorder.drop"]._make_for_transfer(self)
        return dialog._get_backorder_dialog(self.env._("Cancel"))

    def action_view_backorders(self):
        """Show the open back-ordered demand this transfer carries or left behind."""
        self.ensure_one()
        self.check_access("read")
        moves = self.sudo()._get_backorder_moves().with_env(self.env)._filter_backorder_visible()
        action = self.env["backorder.records"]._get_action(
            "backorder_automation.action_backorder_moves", "stock.move"
        )
        action["domain"] = [("id", "in", moves.ids)]
        action["context"] = {}
        return action

    def _get_backorder_moves(self):
        """Return the open back-ordered demand the transfers carry or left behind."""
        return (self.move_ids | self.backorder_left_ids).filtered(
            lambda move: move._is_backorder_open()
        )

    def _get_backorder_action(self):
        """Return the action that shows self, or a note that nothing could be done."""
        if self:
            action = self.env["backorder.records"]._get_action(
                "stock.action_picking_tree_all", "stock.picking"
            )
            action["domain"] = [("id", "in", self.ids)]
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._("Nothing could be released: see why each line waits."),
            },
        }

    # Holding the shortfall

    def _pre_action_done_hook(self):
        """Forget decisions of an earlier dialog: whoever is asked now decides anew."""
        if not self.env.context.get("skip_backorder"):
            self.move_ids.filtered("backorder_decision").backorder_decision = False
            self.filtered("backorder_mail_skip").sudo().backorder_mail_skip = False
        return super()._pre_action_done_hook()

    def _action_generate_backorder_wizard(self, show_transfers=False):
        """Say what the dialog is about, where it asks about back orders."""
        action = super()._action_generate_backorder_wizard(show_transfers=show_transfers)
        if self._get_backorder_shortfall_moves():
            action["name"] = self.env._("Some goods are short")
        return action

    def _create_backorder(self, backorder_moves=None):
        """Carry out the decisions about the shortfall; the rest goes into Odoo's backorder.

        Called once per validation, after the shipped part is done. The Split button comes here
        too, with its own moves: it stays Odoo's.
        """
        if backorder_moves is None:
            self._backorder_apply_decisions()
        return super()._create_backorder(backorder_moves=backorder_moves)

    def message_post_with_source(self, source_ref, *, render_values=None, **kwargs):
        """Leave to `_backorder_write_origin_notes` where a released transfer comes from."""
        if work_of(self.env).without_origin_note and source_ref == ORIGIN_NOTE:
            return self.env["mail.message"]
        return super().message_post_with_source(source_ref, render_values=render_values, **kwargs)

    # Rights

    @api.model
    def _check_backorder_user(self):
        """Raise AccessError unless the user may decide about a shortfall."""
        if not self.env.su and not self.env.user.has_group("stock.group_stock_user"):
            raise AccessError(self.env._("Only inventory users can mark a back order."))

    @api.model
    def _check_backorder_manager(self):
        """Raise AccessError unless the user may release or give back."""
        if not self.env.su and not self.env.user.has_group("stock.group_stock_manager"):
            raise AccessError(
                self.env._("Only inventory administrators can release or give back a back order.")
            )
