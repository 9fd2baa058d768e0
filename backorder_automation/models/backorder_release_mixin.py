from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import groupby

from ..checks import check_pause_date
from ..const import EPSILON, INSIDE, PAUSE_FIELDS
from ..work import at_work


class BackorderReleaseMixin(models.AbstractModel):
    """Carry out a plan: reserve, split what is missing, give the demand a new transfer."""

    _name = "backorder.release.mixin"
    _description = "Back Order Release"

    backorder_paused = fields.Boolean(
        string="Paused",
        copy=False,
        help="This line is not released until it is resumed.",
        groups=INSIDE,
    )
    backorder_pause_reason = fields.Char(
        string="Pause Reason",
        copy=False,
        groups=INSIDE,
    )
    backorder_not_before = fields.Datetime(
        string="Do Not Release Before",
        copy=False,
        help="The line keeps its place in the queue, but takes no stock until then.",
        groups=INSIDE,
    )
    backorder_is_paused = fields.Boolean(
        string="Paused Now",
        compute="_compute_backorder_is_paused",
        help="Not to be released now.",
        groups=INSIDE,
    )
    backorder_error = fields.Text(
        string="Why the Release Failed",
        copy=False,
        readonly=True,
        help="Why the release failed.",
        groups=INSIDE,
    )
    backorder_retry_date = fields.Datetime(
        string="Next Try",
        copy=False,
        readonly=True,
        help="A failed release waits until then.",
        groups=INSIDE,
    )

    @api.depends("backorder_paused", "backorder_not_before")
    def _compute_backorder_is_paused(self):
        now = fields.Datetime.now()
        for move in self:
            until = move.backorder_not_before
            move.backorder_is_paused = move.backorder_paused or bool(until and until > now)

    @api.model
    def default_get(self, fields):
        """No context decides about a shortfall, or pauses, what somebody is about to create."""
        decided = {*PAUSE_FIELDS, "backorder_decision"}
        return super().default_get([name for name in fields if name not in decided])

    @api.model_create_multi
    def create(self, vals_list):
        """Let only managers make demand that is paused."""
        if any(vals.get(name) for vals in vals_list for name in PAUSE_FIELDS):
            self.env["stock.picking"]._check_backorder_manager()
        for vals in vals_list:
            if not vals.get("backorder_held"):  # else a part of what is paused already
                check_pause_date(self, vals.get("backorder_not_before"))
        return super().create(vals_list)

    def _backorder_lock(self):
        """Lock the moves that still wait, and take the turns of the stock they want.

        :return: the moves of self that are locked and still wait
        :raises SerializationFailure: when that stock changed since this transaction began
        :raises LockError: when somebody works with that stock out of turn
        """
        moves = self.try_lock_for_update(allow_referencing=True)
        moves.invalidate_recordset(
            ["backorder_held", "backorder_is_paused", "picked", "quantity", "state", *PAUSE_FIELDS]
        )
        moves = moves.filtered(lambda move: move._is_backorder_waiting())
        self.env["backorder.turn"]._take(moves._get_backorder_turns(with_destination=False))
        quants = (
            self.env["stock.quant"]
            .sudo()
            .search(
                Domain("product_id", "in", moves.product_id.ids)
                & Domain("location_id", "child_of", moves.location_id.ids),
                order="id",
            )
        )
        quants.lock_for_update(allow_referencing=True)
        return moves

    def _backorder_release(self):
        """Release the held moves of self that the plan serves now, and nothing else.

        Of an order that ships complete all the rest goes along.

        :return: the new transfers
        """
        moves = (self | self._get_backorder_held_companions()).filtered("backorder_held")
        moves._backorder_reroute()
        plan = self._backorder_walk(moves.product_id, is_now=True)
        served = {
            line.move_id: line.served
            for line in plan.values()
            if line.served > EPSILON and line.move_id in moves._ids
        }
        return self._backorder_release_now(plan, served)

    @api.model
    def _backorder_release_now(self, plan, quantities):
        """Release what somebody asked for, and note it in the log of runs, if it is anything.

        :param dict plan: what it is taken from, see `_backorder_plan`
        :param dict quantities: move id to a quantity in the unit of the product
        :return: the new transfers
        :raises SerializationFailure: when that stock changed since this transaction began
        """
        if not quantities:
            return self.env["stock.picking"]
        run = self.env["backorder.run"]._start("manual", plan, "user", quantities)
        pickings = self.browse(quantities)._backorder_lock()._backorder_carry_out(quantities)
        run._note_released(plan, quantities, pickings)
        run._finish()
        return pickings

    def _backorder_resume(self):
        """Take every pause off self."""
        paused = self.filtered(lambda move: any(move[name] for name in PAUSE_FIELDS))
        paused.write(dict.fromkeys(PAUSE_FIELDS, False))

    def _backorder_carry_out(self, quantities):
        """Reserve for the moves of self in their order, and give those that are held transfers.

        Reserve first, through Odoo's own reservation: what it does not give is split off and
        waits on. An order that ships complete is served whole or not at all. What waits in a
        transfer is reserved there.

        :param dict quantities: what the plan serves, move id to a quantity in the unit of the
            product: no more is reserved
        :return: the new transfers
        """
        self.sale_line_id._backorder_cap()
        moves = at_work(self.sudo(), allowance=quantities)
        in_transfers = moves._backorder_not_held()
        in_transfers._action_assign()
        in_transfers._backorder_clear_failure()
        moves = moves.filtered("backorder_held")
        # Read once for the batch what Odoo would read line by line to recompute the orders.
        moves.sale_line_id.order_id.order_line.invoice_lines.mapped("move_id")
        moves._backorder_leave_receipts()
        now = fields.Datetime.now()
        # First, for goods with a date: they have to keep until the transfer leaves.
        moves.filtered(lambda move: move.date < now).write({"date": now})
        moves.write({"backorder_held": False})
        moves._backorder_reserve()
        moves._backorder_unreserve_hostages()
        # The guard counts again for whatever the new transfers set in motion.
        moves = at_work(moves, allowance=None)
        served = moves.filtered("quantity")
        (moves - served).write({"backorder_held": True})
        served._backorder_split_missing()
        served.write({"backorder_release_date": now})
        served._backorder_clear_failure()
        served._backorder_resume()
        pickings = served._backorder_create_transfers()
        served._backorder_mail_released()
        served._backorder_note("released")
        return pickings.with_env(self.env)

    def _backorder_unreserve_hostages(self):
        """Unreserve orders that ship complete and did not get everything after all.

        Or of which a line is not in self: somebody else had it locked.
        """
        complete = self.filtered(lambda move: move.sale_line_id.order_id.picking_policy == "one")
        for moves in complete.grouped(lambda move: move.sale_line_id.order_id).values():
            left_out = moves._get_backorder_held_companions()
            if left_out or any(move.state != "assigned" for move in moves):
                moves._do_unreserve()

    def _get_backorder_held_companions(self):
        """Return what is held besides self for the orders of self that ship complete."""
        orders = self._get_backorder_complete_orders()
        return orders.order_line.move_ids.filtered("backorder_held") - self

    def _backorder_create_transfers(self):
        """Give the moves of self new transfers: one per order, never two customers in one.

        One batched create; everything after it is what `_assign_picking` does natively. Its note
        says where the transfer comes from, so that nobody needs a first one that it was created.

        :return: the new transfers
        """
        # One prefetch for all: what is read for one transfer is read for the batch.
        moves = at_work(self, without_origin_note=True).with_prefetch()
        groups = [
            moves.browse(move.id for move in group).with_prefetch(moves._prefetch_ids)
            for _key, group in groupby(moves, lambda move: move._get_backorder_transfer_key())
        ]
        pickings = (
            self.env["stock.picking"]
            .with_context(mail_create_nolog=True)
            .create([group._prepare_backorder_transfer_vals() for group in groups])
        )
        pickings = pickings.with_env(self.env)
        for picking, group in zip(pickings, groups, strict=True):
            group.write({"picking_id": picking.id})
            group.move_line_ids.write({"picking_id": picking.id})
        for group in groups:
            group._assign_picking_post_process(new=True)
        pickings._backorder_write_origin_notes()
        pickings._check_entire_pack()
        return pickings

    def _get_backorder_transfer_key(self):
        """Return what the moves of one new transfer have in common."""
        self.ensure_one()
        order = self.sale_line_id.order_id
        return (order, self.partner_id, self.company_id, *self._key_assign_picking())

    def _prepare_backorder_transfer_vals(self):
        """Return the values of the new transfer of self: Odoo's own, and what would be lost."""
        origins = self.backorder_origin_id
        origin = min(origins, key=lambda picking: picking.id, default=origins)
        return {
            **self._get_new_picking_values(),
            "backorder_id": origin.id,
            "priority": max(self.mapped("priority")),
            "note": origin.note,
            "owner_id": origin.owner_id.id,
            # As Odoo computes it, which it would do on a record for each transfer alone.
            "move_type": self.picking_type_id.move_type,
        }
