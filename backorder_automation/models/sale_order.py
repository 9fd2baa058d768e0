from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import EPSILON, INSIDE
from ..texts import format_product


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = [
        "sale.order",
        "backorder.alert.mixin",
        "backorder.chatter.mixin",
        "backorder.confirm.mixin",
        "backorder.portal.mixin",
        "backorder.protected.mixin",
        "backorder.turn.mixin",
    ]

    is_backordered = fields.Boolean(
        string="Back Ordered",
        compute="_compute_is_backordered",
        store=True,
        tracking=True,
        copy=False,
        help="Part of this order is back ordered and not delivered yet.",
    )
    backorder_move_count = fields.Integer(
        string="Back Order Lines",
        compute="_compute_backorder_move_count",
        compute_sudo=True,
        groups=INSIDE,
    )
    backorder_can_mark = fields.Boolean(
        string="Can Be Back Ordered",
        compute="_compute_backorder_can_mark",
        compute_sudo=True,
        groups=INSIDE,
    )
    backorder_has_held = fields.Boolean(
        string="Has Waiting Back Orders",
        compute="_compute_backorder_can_mark",
        compute_sudo=True,
        groups=INSIDE,
    )
    backorder_progress = fields.Html(
        string="Delivery Progress",
        compute="_compute_backorder_progress",
        compute_sudo=True,
        sanitize=False,
        help="How much of a back-ordered order is delivered, ready, and still waited for.",
        groups=INSIDE,
    )
    backorder_expected_date = fields.Datetime(
        string="Back Orders Expected",
        compute="_compute_backorder_expected_date",
        compute_sudo=True,
        help="When everything held for this order is in stock. Empty when a part is not ordered.",
        groups=INSIDE,
    )
    backorder_is_late = fields.Boolean(
        string="Has Late Back Orders",
        compute="_compute_backorder_expected_date",
        compute_sudo=True,
        help="The promised day of a back order has passed, or it is expected after it.",
        groups=INSIDE,
    )

    backorder_outlook = fields.Text(
        string="If Confirmed Now",
        compute="_compute_backorder_outlook",
        help="What the lines of a quotation would wait for.",
        groups=INSIDE,
    )

    _backorder_complete_index = models.Index("(id) WHERE picking_policy = 'one' AND is_backordered")
    _backorder_alerts_index = models.Index("(id) WHERE backorder_alerts IS NOT NULL")

    @api.depends("order_line.move_ids.backorder_date", "order_line.move_ids.state")
    def _compute_is_backordered(self):
        for order in self:
            order.is_backordered = any(
                move._is_backorder_open() for move in order.order_line.move_ids
            )

    @api.depends("order_line.move_ids.backorder_date", "order_line.move_ids.state")
    def _compute_backorder_move_count(self):
        counts = {
            order: count
            for order, count in self.env["stock.move"]._read_group(
                self.env["stock.move"]._backorder_open_domain()
                & fields.Domain("sale_line_id.order_id", "in", self.ids),
                ["sale_line_id"],
                ["__count"],
            )
        }
        for order in self:
            order.backorder_move_count = sum(counts.get(line, 0) for line in order.order_line)

    @api.depends("order_line.move_ids.state", "order_line.move_ids.backorder_held")
    def _compute_backorder_can_mark(self):
        for order in self:
            order.backorder_can_mark = bool(order._get_backorder_lacking_moves())
            order.backorder_has_held = any(order.order_line.move_ids.mapped("backorder_held"))

    @api.depends("order_line.backorder_expected_date", "order_line.backorder_is_late")
    @api.depends_context("tz", "uid")
    def _compute_backorder_expected_date(self):
        """The last of its lines decides; one line without a date leaves the order without."""
        for order in self:
            lines = order.order_line.filtered(
                lambda line: any(line.move_ids.mapped("backorder_held"))
            )
            dates = lines.mapped("backorder_expected_date")
            order.backorder_expected_date = max(dates) if dates and all(dates) else False
            # What is released and not shipped is late too.
            order.backorder_is_late = any(order.order_line.mapped("backorder_is_late"))

    @api.depends("state", "order_line.backorder_outlook")
    def _compute_backorder_outlook(self):
        """Ask only the lines of quotations: with it Odoo reads the forecast of those confirmed."""
        quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
        (self - quotations).backorder_outlook = False
        for order in quotations:
            order.backorder_outlook = "\n".join(
                f"{format_product(line.product_id)}: {line.backorder_outlook}"
                for line in order.order_line
                if line.backorder_outlook
            )

    @api.depends("is_backordered", "order_line.qty_delivered", "order_line.qty_ready")
    def _compute_backorder_progress(self):
        """Add up the lines by unit: pieces and kilograms have no common sum."""
        template = self.env["ir.ui.view"]._get_template_view(
            "backorder_automation.order_progress", raise_if_not_found=False
        )
        for order in self:
            order.backorder_progress = (
                template  # an administrator may have deleted it
                and order.is_backordered
                and self.env["ir.qweb"]._render(
                    template.id, {"rows": order._get_backorder_progress()}
                )
            )

    def _get_backorder_progress(self):
        """Return what is ordered, delivered, ready and waited for: a dict for each unit."""
        self.ensure_one()
        lines = self.order_line.filtered(lambda line: line.move_ids and line.product_uom_qty > 0)
        return [
            {
                "unit": unit,
                "ordered": sum(group.mapped("product_uom_qty")),
                "delivered": sum(group.mapped("qty_delivered")),
                "ready": sum(group.mapped("qty_ready")),
                "waiting": sum(group.mapped("qty_waiting")),
            }
            for unit, group in lines.grouped("product_uom_id").items()
        ]

    @api.depends("is_backordered")
    def _compute_delivery_status(self):
        """An order somebody still waits for, or whose goods stand half way, is not delivered."""
        super()._compute_delivery_status()
        for order in self:
            if order.delivery_status == "full":
                if order.is_backordered or order._is_backorder_stranded():
                    delivered = any(line.qty_delivered for line in order.order_line)
                    order.delivery_status = "partial" if delivered else "started"
            elif order.is_backordered and not order.delivery_status:
                order.delivery_status = "pending"

    @api.model
    def _get_backorder_protected_fields(self):
        return super()._get_backorder_protected_fields() | {
            "is_backordered",
            "backorder_alerts",
            "backorder_alert_digest",
        }

    def _track_filter_for_display(self, tracking_values):
        """Show what happened in words, and not the change of the flag beside it."""
        tracking_values = super()._track_filter_for_display(tracking_values)
        return tracking_values.filtered(lambda value: value.field_id.name != "is_backordered")

    def _track_get_default_log_message(self, tracked_fields):
        """Say with a change of the flag what happened.

        Not with one of the state: that message goes to followers, customers among them.
        """
        message = super()._track_get_default_log_message(tracked_fields)
        if "is_backordered" not in tracked_fields or "state" in tracked_fields:
            return message
        note = self._pop_backorder_note()
        if not note and not self.is_backordered:
            note = self.env._("Nothing of this order is back ordered any more")
        return Markup("<br/>").join(filter(None, (message, note)))

    def _is_backorder_stranded(self):
        """Return whether nothing of a back-ordered order left, or some of it stands half way.

        As in Output, when the last step was cancelled: it is the customer's, who has not got it.
        """
        self.ensure_one()
        if not self.company_id.backorder_automation:
            return False
        moves = self.sudo().order_line.move_ids
        if not any(moves.mapped("backorder_date")):
            return False
        done = moves.filtered(lambda move: move.state == "done")
        return not any(move.location_dest_id._is_outgoing() for move in done) or any(
            quantity > EPSILON for quantity in done._get_backorder_half_way().values()
        )

    def write(self, vals):
        """Tell held demand about a new address and a new promise: no transfer does.

        Odoo tells the last step about a new promise, and held demand may be a first step.
        """
        res = super().write(vals)
        if "commitment_date" in vals:
            self.order_line._backorder_follow_promise()
        if "picking_policy" in vals:
            self._get_backorder_held_moves()._backorder_wake_rest()
        if "partner_shipping_id" in vals:
            for order in self:
                held = order._get_backorder_held_moves()
                held.partner_id = order.partner_shipping_id
        return res

    def action_confirm(self):
        """Ask about what is short, where the company wants it and somebody looks at the form.

        After it was one's turn: see `backorder.turn`.
        """
        self._backorder_await("action_confirm", with_destination=False, if_free=True)
        return self._get_backorder_question(super().action_confirm())

    def _action_confirm(self):
        """Hold what is short at once, where the company wants it."""
        res = super()._action_confirm()
        self._backorder_hold_confirmed()
        self._backorder_note_waiting()
        return res

    def action_cancel(self):
        """Wait for others who work with the same stock, before anything is done."""
        self._backorder_await("action_cancel", with_destination=False)
        return super().action_cancel()

    def _action_cancel(self):
        """Cancel back-ordered demand with the order, before its transfers put it back."""
        self.sudo().order_line.move_ids.filtered(
            lambda move: move._is_backorder_open()
        )._action_cancel()
        return super()._action_cancel()

    def action_view_backorders(self):
        """Show the open back-ordered demand of the order: held, or released and not shipped."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["backorder.records"]._get_action(
            "backorder_automation.action_backorder_moves", "stock.move"
        )
        action["domain"] = str(
            list(
                self.env["stock.move"]._backorder_open_domain()
                & fields.Domain("sale_line_id.order_id", "=", self.id)
            )
        )
        action["context"] = {}
        return action

    def action_mark_backordered(self):
        """Hold what the waiting transfers of the order are short of.

        :raises AccessError: when the user is no stock user, or may not write one of the orders
        :raises UserError: when no waiting transfer of the order is short
        """
        self.env["stock.picking"]._check_backorder_user()
        self.check_access("write")
        self._backorder_await("action_mark_backordered", with_destination=False)
        for order in self:
            moves = order.sudo()._get_backorder_lacking_moves()
            if not moves:
                raise UserError(self.env._("%s has no waiting transfer that is short.", order.name))
            held = moves._backorder_hold_short()
            held._backorder_wake("secondary", held.product_id, held.location_id)
        return True

    def action_unmark_backordered(self):
        """Turn the held demand of the order back into a standard backorder transfer.

        :raises AccessError: when the user is no stock manager, or may not write one of the orders
        """
        self.env["stock.picking"]._check_backorder_manager()
        self.check_access("write")
        self._get_backorder_held_moves()._backorder_give_back()
        return True

    def _get_backorder_turn_moves(self):
        return self.order_line.move_ids

    def _get_backorder_turns(self, with_destination=True):
        """Return the turns of what was ordered, also where there is no move yet."""
        keys = super()._get_backorder_turns(with_destination)
        places = self.sudo().warehouse_id.lot_stock_id
        return keys | self.env["backorder.turn"]._get_keys(self.order_line.product_id, places)

    def _get_backorder_held_moves(self):
        """Return the held demand of the orders (sudo: a salesperson may cancel an order)."""
        return self.sudo().order_line.move_ids.filtered("backorder_held")

    def _get_backorder_lacking_moves(self):
        """Return the moves of waiting transfers that are short and may be held."""
        return self.order_line.move_ids.filtered(
            lambda move: (
                not move.backorder_held
                and move.picking_id
                and not move.picked
                and move.product_uom.compare(move.quantity, move.product_uom_qty) < 0
                and move._is_backorder_eligible()
            )
        )
