from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..const import CTX_RELEASE, DECISIONS

# Written by the back-order processes only: everything else is computed from them.
PROTECTED_FIELDS = {
    "backorder_held",
    "backorder_date",
    "backorder_origin_id",
    "backorder_release_date",
}


class StockMove(models.Model):
    _name = "stock.move"
    _inherit = ["stock.move", "backorder.plan.mixin", "backorder.release.mixin"]

    backorder_held = fields.Boolean(
        string="Held Back Order",
        copy=False,
        readonly=True,
        help="This demand is kept open without a transfer until stock arrives.",
    )
    backorder_date = fields.Datetime(
        string="Back Ordered On", copy=False, readonly=True, help="When it became a back order."
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
    backorder_decision = fields.Selection(
        DECISIONS,
        string="Shortfall Decision",
        copy=False,
        help="What to do with the part of this line that is not shipped. Asked at validation.",
    )
    backorder_reason = fields.Text(
        string="Why It Waits",
        compute="_compute_backorder_reason",
        compute_sudo=True,
        help="Why this line waits, as seen from its place in the queue.",
    )

    _backorder_held_index = models.Index("(product_id, location_id) WHERE backorder_held")

    # Computes: a held move has no transfer to take these values from, so it keeps its own.

    @api.depends("backorder_held")
    def _compute_backorder_reason(self):
        """Explain each held line through the plan of its queue."""
        held = self.filtered("backorder_held")
        (self - held).backorder_reason = False
        if held:
            texts = held._get_backorder_reasons()
            for move in held:
                move.backorder_reason = texts.get(move.id, False)

    def _compute_priority(self):
        return super(StockMove, self._backorder_not_held())._compute_priority()

    def _compute_location_dest_id(self):
        return super(StockMove, self._backorder_not_held())._compute_location_dest_id()

    @api.depends("backorder_held", "sale_line_id.order_id.name")
    def _compute_reference(self):
        """Show the order's name where there is no transfer."""
        super()._compute_reference()
        for move in self.filtered("backorder_held"):
            move.reference = move.sale_line_id.order_id.name

    def _backorder_not_held(self):
        """Return the moves of self that no back order holds."""
        return self.filtered(lambda move: not move.backorder_held)

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse values that only the back-order processes may set."""
        self._check_backorder_protected(set().union(*vals_list))
        return super().create(vals_list)

    def write(self, vals):
        """Refuse values that only the back-order processes may set."""
        self._check_backorder_protected(vals)
        return super().write(vals)

    @api.model
    def _check_backorder_protected(self, field_names):
        """Raise AccessError when somebody sets the truth about back orders by hand."""
        if not self.env.su and not PROTECTED_FIELDS.isdisjoint(field_names):
            raise AccessError(
                self.env._("Back orders are held and released with their buttons, not by hand.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_backorder_held(self):
        if any(move.backorder_held and move.state != "cancel" for move in self):
            raise UserError(
                self.env._(
                    "This is demand a customer waits for. Cancel it on the order instead of "
                    "deleting it."
                )
            )

    # Actions

    def action_backorder_release(self):
        """Release the selected held lines now, as far as stock and queue allow."""
        self.env["stock.picking"]._check_backorder_manager()
        pickings = self.sudo()._backorder_release()
        return pickings._get_backorder_action()

    def action_backorder_give_back(self):
        """Turn the selected held lines into standard backorders."""
        self.env["stock.picking"]._check_backorder_manager()
        return self.sudo()._backorder_give_back()._get_backorder_action()

    def action_open_backorder_document(self):
        """Open the sales order this line belongs to."""
        self.ensure_one()
        return self.sale_line_id.order_id.get_formview_action()

    # Hold and give back

    def _is_backorder_eligible(self):
        """Return whether the shortage of this move may be held as a back order.

        Narrow on purpose: everything else keeps Odoo's own backorder. A short Ship step has its
        goods standing in Output (`move_orig_ids`), so holding it would orphan them.
        """
        self.ensure_one()
        return bool(
            self.company_id.backorder_automation
            and self.sale_line_id
            and self.product_id.is_storable
            and self.state not in ("draft", "done", "cancel")
            and self.procure_method == "make_to_stock"
            and (self.location_final_id or self.location_dest_id)._is_outgoing()
            and not self._should_bypass_reservation()
            and not self.move_orig_ids
            and not self.origin_returned_move_id
            and not self.picking_id.return_id
        )

    def _backorder_hold(self):
        """Keep what is missing on the eligible moves of self open, without a transfer.

        What is reserved already is not short: it stays in its transfer, ready to ship. An order
        that ships complete keeps nothing reserved.

        :return: the held moves (those of self that were wholly missing, and the missing parts)
        """
        moves = self.filtered(lambda move: move._is_backorder_eligible()).sudo()
        moves.filtered(
            lambda move: move.sale_line_id.order_id.picking_policy == "one"
        )._do_unreserve()
        moves._backorder_stamp()
        reserved = moves.filtered("quantity")
        short = moves - reserved
        rest = reserved._backorder_split_missing()
        for (picking, priority), group in short.grouped(
            lambda move: (move.picking_id, move.priority)
        ).items():
            group.write(
                {
                    "picking_id": False,
                    "backorder_held": True,
                    "priority": priority,
                    "picked": False,
                }
            )
        (short | rest)._backorder_widen_source()
        return short | rest

    def _backorder_stamp(self):
        """Note on self since when and from which transfer it is a back order."""
        now = fields.Datetime.now()
        for picking, moves in self.grouped("picking_id").items():
            moves.write({"backorder_origin_id": picking.id, "backorder_decision": False})
        self.filtered(lambda move: not move.backorder_date).write({"backorder_date": now})

    def _backorder_split_missing(self):
        """Split off what is not reserved on self and hold it; return the held rest."""
        vals_list = []
        for move in self:
            missing = move.product_uom._compute_quantity(
                move.product_uom_qty - move.quantity,
                move.product_id.uom_id,
                rounding_method="HALF-UP",
            )
            hold_vals = {
                **move._prepare_backorder_history_vals(),
                "backorder_held": True,
                "backorder_release_date": False,
                "picking_id": False,
                "priority": move.priority,
            }
            vals_list += [{**vals, **hold_vals} for vals in move._split(missing)]
        rest = self.create(vals_list)
        rest._action_confirm(merge=False, create_proc=False)
        return rest

    def _backorder_widen_source(self):
        """Take from wherever the rule takes: a narrowed shelf must not strand the demand."""
        for source, moves in self.grouped(lambda move: move.rule_id.location_src_id).items():
            narrowed = moves.filtered(
                lambda move, source=source: move.location_id != source
                and source
                and move.location_id._child_of(source)
            )
            if narrowed:
                narrowed.location_id = source

    def _backorder_give_back(self):
        """Turn the held moves of self into normal Odoo backorder transfers.

        :return: the new transfers, one per order, linked to the transfer that came up short
        """
        held = self.filtered("backorder_held").sudo()
        held.write({"backorder_held": False})
        pickings = held._backorder_create_transfers()
        held.write({"backorder_date": False, "backorder_origin_id": False})
        held.filtered(
            lambda move: move.picking_type_id.reservation_method == "at_confirm"
        )._action_assign()
        return pickings

    @api.model
    def _backorder_held_domain(self, companies=None):
        """Return the domain of held demand, of some companies or of all."""
        domain = Domain("backorder_held", "=", True)
        if companies is not None:
            domain &= Domain("company_id", "in", companies.ids)
        return domain

    @api.model
    def _backorder_open_domain(self):
        """Return the domain of open back-ordered demand: held, or released and not shipped."""
        return Domain("backorder_date", "!=", False) & Domain(
            "state", "not in", ("draft", "done", "cancel")
        )

    def _is_backorder_open(self):
        """Return whether this move is back-ordered demand that the customer still waits for."""
        self.ensure_one()
        return bool(self.backorder_date) and self.state not in ("draft", "done", "cancel")

    def _get_next_expected_receipt(self):
        """Return the next move that brings the product to where this one takes it, if any."""
        self.ensure_one()
        inside = Domain("location_final_id", "child_of", self.location_id.id) | (
            Domain("location_final_id", "=", False)
            & Domain("location_dest_id", "child_of", self.location_id.id)
        )
        return self.search(
            Domain("product_id", "=", self.product_id.id)
            & Domain("state", "in", ("waiting", "confirmed", "partially_available", "assigned"))
            & Domain("location_id.usage", "!=", "internal")
            & inside,
            order="date, id",
            limit=1,
        )

    def _prepare_backorder_history_vals(self):
        """Return the facts that follow the demand through splits and steps."""
        self.ensure_one()
        return {
            "backorder_date": self.backorder_date,
            "backorder_origin_id": self.backorder_origin_id.id,
            "backorder_release_date": self.backorder_release_date,
        }

    # Odoo's own verbs, told about demand without a transfer

    def _should_be_assigned(self):
        return super()._should_be_assigned() and not self.backorder_held

    def _action_assign(self, force_qty=False):
        """Leave held demand alone: only a release reserves for it, in queue order."""
        return super(StockMove, self._backorder_not_held())._action_assign(force_qty=force_qty)

    def _prepare_move_split_vals(self, qty):
        vals = super()._prepare_move_split_vals(qty)
        if self.backorder_date:
            vals.update(self._prepare_backorder_history_vals())
        if self.backorder_decision:
            vals["backorder_decision"] = self.backorder_decision
        return vals

    def _action_cancel(self):
        """Cancelled demand waits no longer."""
        res = super()._action_cancel()
        self.filtered("backorder_held").sudo().write({"backorder_held": False})
        return res

    def _action_done(self, cancel_backorder=False):
        """Wake the processes when goods come to rest where somebody waits for them."""
        done = super()._action_done(cancel_backorder=cancel_backorder)
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

    # Waking the jobs

    @api.model
    def _backorder_wake(self, process, products, locations):
        """Wake a process when somebody waits for these products in these places.

        One indexed look-up, and none while a release is at work.

        :param str process: `primary` or `secondary`
        :param products: `product.product` that became free
        :param locations: `stock.location` where they lie; demand of any parent location counts
        """
        if not products or not locations or self.env.context.get(CTX_RELEASE):
            return
        waiting = (
            self._backorder_held_domain()
            & Domain("product_id", "in", products.ids)
            & Domain("location_id", "parent_of", locations.ids)
        )
        if self.sudo().search_count(waiting, limit=1):
            self._get_backorder_cron(process)._trigger()
