from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..checks import check_pause_date
from ..const import INSIDE, PAUSE_FIELDS, SHIPPING_DECISIONS
from ..engine import Share
from ..work import HISTORY, History, at_work, work_of

# Written by the back-order processes only: everything else is computed from them. A part that is
# split off takes them over from its whole, see `History`.
PROTECTED_FIELDS = {
    "backorder_held",
    "backorder_date",
    "backorder_doubt_id",
    "backorder_announced_date",
    "backorder_promised_date",
    "backorder_origin_id",
    "backorder_release_date",
    "backorder_error",
    "backorder_retry_date",
    "backorder_try_count",
    "backorder_queue_id",
    "backorder_queue_qty",
}


class StockMove(models.Model):
    _name = "stock.move"
    _inherit = [
        "stock.move",
        "backorder.action.mixin",
        "backorder.complete.mixin",
        "backorder.batch.mixin",
        "backorder.doubt.mixin",
        "backorder.guard.mixin",
        "backorder.hold.mixin",
        "backorder.lower.mixin",
        "backorder.mail.mixin",
        "backorder.keep.mixin",
        "backorder.note.mixin",
        "backorder.newcomer.mixin",  # before the plan: it adds to whom the queue is read from
        "backorder.plan.mixin",
        "backorder.process.mixin",
        "backorder.promise.mixin",
        "backorder.reason.mixin",
        "backorder.refill.mixin",
        "backorder.release.mixin",
        "backorder.retry.mixin",
        "backorder.route.mixin",
        "backorder.turn.mixin",
        "backorder.visible.mixin",
        "backorder.head.mixin",
        "backorder.place.mixin",
        "backorder.walk.mixin",
        "backorder.protected.mixin",  # last: what the others look at comes from whoever acts
    ]

    backorder_held = fields.Boolean(
        string="Held Back Order",
        copy=False,
        readonly=True,
        help="This demand is kept open without a transfer until stock arrives.",
    )
    backorder_date = fields.Datetime(
        string="Back Ordered On", copy=False, readonly=True, help="When it became a back order."
    )
    backorder_promised_date = fields.Datetime(
        string="First Promise",
        copy=False,
        readonly=True,
        help="The promised date when it became a back order. Later changes do not rewrite it.",
    )
    backorder_origin_id = fields.Many2one(
        "stock.picking",
        string="Short Transfer",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The transfer that came up short.",
    )
    backorder_release_date = fields.Datetime(
        string="Released On", copy=False, readonly=True, help="When it got its new transfer."
    )
    backorder_queue_id = fields.Integer(
        string="Back Order Split from",
        copy=False,
        readonly=True,
        groups=INSIDE,
        help="The id of the move this part was split from: it keeps the place of the whole.",
    )
    backorder_queue_qty = fields.Float(
        string="Back Order Quantity in the Queue",
        copy=False,
        readonly=True,
        digits=0,
        groups=INSIDE,
        help="What the whole wanted that this part was split from, in the unit of the product.",
    )
    backorder_decision = fields.Selection(
        SHIPPING_DECISIONS,
        string="Shortfall Decision",
        copy=False,
        help="What to do with the part of this line that is not shipped. Asked at validation.",
    )
    backorder_order_id = fields.Many2one(
        "sale.order",
        string="Sales Order",
        related="sale_line_id.order_id",
        groups=INSIDE,
    )
    backorder_user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        related="sale_line_id.order_id.user_id",
        groups=INSIDE,
    )
    _backorder_held_index = models.Index("(product_id, location_id) WHERE backorder_held")
    # The default order of the queue, of each product in each place.
    _backorder_queue_index = models.Index(
        "(product_id, location_id, priority DESC, date_deadline, backorder_date,"
        " COALESCE(backorder_queue_id, id), id)"
        " WHERE state IN ('waiting', 'confirmed', 'partially_available')"
    )
    _backorder_arrived_index = models.Index(
        "(product_id, date) WHERE state = 'done' AND is_inventory IS NOT TRUE"
    )
    _backorder_ready_index = models.Index("(product_id) WHERE state = 'assigned'")
    _backorder_unsold_index = models.Index(
        "(product_id) WHERE sale_line_id IS NULL"
        " AND state IN ('waiting', 'confirmed', 'partially_available')"
    )
    _backorder_way_index = models.Index(
        "(COALESCE(rule_id, 0), COALESCE(picking_type_id, 0), location_dest_id)"
        " WHERE backorder_held"
    )
    _backorder_released_index = models.Index(
        "(product_id) WHERE backorder_release_date IS NOT NULL"
        " AND state IN ('confirmed', 'partially_available')"
    )
    _backorder_date_index = models.Index("(backorder_date) WHERE backorder_date IS NOT NULL")

    # Computes: a held move has no transfer to take these values from, so it keeps its own.

    def _compute_priority(self):
        return super(StockMove, self._backorder_not_held())._compute_priority()

    def _compute_location_dest_id(self):
        return super(StockMove, self._backorder_not_held())._compute_location_dest_id()

    @api.depends("backorder_doubt_id.name", "backorder_held", "sale_line_id.order_id.name")
    def _compute_reference(self):
        """Show the order's name where there is no transfer."""
        super()._compute_reference()
        for move in self.filtered("backorder_doubt_id"):
            move.reference = move.backorder_doubt_id.name
        for move in self.filtered("backorder_held"):
            move.reference = move.sale_line_id.order_id.name

    def _backorder_not_held(self):
        """Return the moves of self that no back order holds."""
        return self.filtered(lambda move: not move.backorder_held)

    # CRUD

    @api.model
    def _get_backorder_protected_fields(self):
        return super()._get_backorder_protected_fields() | PROTECTED_FIELDS

    def write(self, vals):
        """Let only managers pause; let what is lowered take back what it had."""
        if "quantity" in vals:
            self._backorder_await("write", with_destination=False)
            self._check_backorder_not_shipped(vals)
        self._check_backorder_held_untouched(vals)
        pauses = not vals.keys().isdisjoint(PAUSE_FIELDS)
        if pauses:
            self.env["stock.picking"]._check_backorder_manager()
            check_pause_date(self, vals.get("backorder_not_before"))
        self._backorder_lower_reserved(vals)
        res = super().write(vals)
        if pauses:
            self._backorder_wake_paused()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_backorder_held(self):
        if any(move._is_backorder_open() for move in self):
            raise UserError(
                self.env._(
                    "This is demand a customer waits for. Cancel it on the order instead of "
                    "deleting it."
                )
            )

    @api.model
    def _search(self, domain, *args, **kwargs):
        if work_of(self.env).without_held:
            domain = Domain(domain) & Domain("backorder_held", "=", False)
        return super()._search(domain, *args, **kwargs)

    def _get_backorder_turn_moves(self):
        return self

    # Odoo's own verbs, told about demand without a transfer

    def _set_date_deadline(self, new_deadline):
        """Tell the moves before and after about a new deadline, but move nobody else's promise."""
        moves = self._backorder_keep_promises()
        return super(StockMove, moves)._set_date_deadline(new_deadline)

    def _should_be_assigned(self):
        return super()._should_be_assigned() and not self.backorder_held

    def _action_assign(self, force_qty=False):
        """Leave held demand alone, and let nobody take what the queue gives to those ahead."""
        moves, work = self, work_of(self.env)
        if work.scheduled:
            moves._backorder_await(None, with_destination=False, if_free=True)
            moves = moves.exists()
        moves = moves._backorder_not_held()  # what became of them while they waited counts
        doubts = moves.filtered("backorder_doubt_id")
        if doubts:
            doubts._backorder_shrink_doubt()
            moves -= doubts
        if work.without_held:
            moves = at_work(moves, without_held=False)
        if work.allowance is None:
            allowance = moves._get_backorder_allowance()
            if allowance:
                moves = at_work(moves, allowance=allowance)
        return super(StockMove, moves)._action_assign(force_qty=force_qty)

    def _trigger_assign(self):
        """Goods came in: the jobs serve held demand, not the click of the receiver."""
        return super(StockMove, at_work(self, without_held=True))._trigger_assign()

    def _update_reserved_quantity_vals(
        self, need, location_id, lot_id=None, package_id=None, owner_id=None, strict=True
    ):
        """Reserve no more than the plan allows: the one door every reservation goes through."""
        allowance, move = (work_of(self.env).allowance or {}).get(self.id), self
        if allowance is not None:
            need = max(0.0, min(need, allowance))
        if isinstance(allowance, Share):
            move = at_work(self, piles=allowance.piles)
        vals_list, taken = super(StockMove, move)._update_reserved_quantity_vals(
            need, location_id, lot_id, package_id, owner_id, strict
        )
        if work_of(self.env).batch and not strict:
            vals_list = self._backorder_leave_lines(vals_list)
        return vals_list, taken

    def _split(self, qty, restrict_partner_id=False):
        """Let whoever allocates a part of held demand take it from the whole."""
        move = at_work(self, splits=True) if self.backorder_held and not self.env.su else self
        is_split = not self.product_id.uom_id.is_zero(qty)
        if is_split and self.backorder_date and not self.backorder_queue_qty:
            self.sudo().backorder_queue_qty = self.product_qty  # the size of the whole
        return super(StockMove, move)._split(qty, restrict_partner_id)

    def _prepare_move_split_vals(self, qty):
        vals = super()._prepare_move_split_vals(qty)
        history = self._prepare_backorder_split_vals()
        if history:
            vals[HISTORY] = History(history)
        if self.backorder_held:
            vals["priority"] = self.priority
        if self.backorder_decision:
            vals["backorder_decision"] = self.backorder_decision
        return vals

    def _action_cancel(self):
        """Cancelled demand waits no longer; a cancelled receipt takes no held demand along."""
        (self.move_dest_ids - self).filtered("backorder_held")._backorder_leave_receipts()
        res = super()._action_cancel()
        self.filtered("backorder_date")._backorder_note(None)
        held = self.filtered("backorder_held").sudo()
        held.write({"backorder_held": False})
        held._backorder_clear_failure()
        held._backorder_wake_rest()
        return res

    def _action_done(self, cancel_backorder=False):
        """Wake the processes when goods come to rest where somebody waits for them.

        And leave a trace where the remainder is dropped. Here, not on the transfer: this is where
        every policy of whatever addon has been decided.
        """
        pickings = self.picking_id.filtered("company_id.backorder_automation")
        dropped = pickings if cancel_backorder else pickings.browse()
        shortfalls = {picking: picking._get_backorder_shortfalls() for picking in dropped}
        self.env["backorder.turn"]._take(self._get_backorder_turns())
        done = super()._action_done(cancel_backorder=cancel_backorder)
        pickings._backorder_tell_dropped(shortfalls)
        done._backorder_note_shipped()
        arrived = done.filtered(
            lambda move: move.state == "done" and move.location_dest_id.usage == "internal"
        )
        counted = arrived.filtered("is_inventory")
        for process, moves in (("primary", arrived - counted), ("secondary", counted)):
            self._backorder_wake(process, moves.product_id, moves.move_line_ids.location_dest_id)
        return done

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        """Never merge back orders with other demand, nor two of them with one another."""
        distinct_fields = super()._prepare_merge_moves_distinct_fields()
        return [*distinct_fields, "backorder_held", "backorder_date", "backorder_origin_id"]

    @api.model
    def _prepare_merge_negative_moves_excluded_distinct_fields(self):
        """Let a lowered order line find its held demand."""
        excluded_fields = super()._prepare_merge_negative_moves_excluded_distinct_fields()
        return [*excluded_fields, "backorder_held", "backorder_date", "backorder_origin_id"]

    def _update_candidate_moves_list(self, candidate_moves_set):
        """Offer the held demand of a lowered line first, so that no return is invented.

        One recordset per order with the held moves in front: Odoo keeps the candidates in a set,
        and a set has no order.
        """
        super()._update_candidate_moves_list(candidate_moves_set)
        lines = self.filtered(lambda move: move.product_uom_qty < 0).sale_line_id
        held_by_order = defaultdict(self.browse)
        for move in lines.move_ids.filtered("backorder_held"):
            held_by_order[move.sale_line_id.order_id] |= move
        for order, held in held_by_order.items():
            known = [m for m in candidate_moves_set if order in m.sale_line_id.order_id][:1]
            candidate_moves_set.difference_update(known)
            candidate_moves_set.add(held.concat(*known))
