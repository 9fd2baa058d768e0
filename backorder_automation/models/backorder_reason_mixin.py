from odoo import api, fields, models

from ..const import EPSILON, INSIDE
from ..engine import find_reason
from ..facts import BackorderFacts, LineFacts
from ..texts import format_day, format_moment
from .backorder_query_mixin import by_plan

REASONS = [
    ("served", "Ready to release"),
    ("ahead", "Others are ahead"),
    ("expected", "Expected"),
    ("nothing", "Nothing ordered"),
    ("complete", "Ships complete"),
    ("elsewhere", "In another warehouse"),
    ("unusable", "Stock cannot be used"),
    ("doubt", "In doubt"),
    ("reserved", "Reserved behind"),
    ("error", "Error"),
    ("off", "Schedules off"),
    ("paused", "Paused"),
    ("manual", "Reserved by Hand"),
    ("untracked", "Not tracked in stock"),
]

# How many other documents a reason names before it says "and others".
MAX_NAMES = 3


class BackorderReasonMixin(models.AbstractModel):
    """Say in people's words what the plan decided."""

    _name = "backorder.reason.mixin"
    _inherit = ["backorder.stage.mixin"]
    _description = "Back Order Reason"

    backorder_free_qty = fields.Float(
        string="Free Now",
        compute="_compute_backorder_reason",
        compute_sudo=True,
        digits="Product Unit",
        help="On hand and not reserved where this line takes from, in the unit of the product.",
        groups=INSIDE,
    )
    backorder_expected_date = fields.Datetime(
        string="Expected",
        compute="_compute_backorder_reason",
        search=by_plan("backorder_expected_date"),
        compute_sudo=True,
        help="When what is on its way is enough for this line, after those ahead of it.",
        groups=INSIDE,
    )
    backorder_reason_code = fields.Selection(
        REASONS,
        string="Reason",
        compute="_compute_backorder_reason",
        search=by_plan("backorder_reason_code"),
        compute_sudo=True,
        groups=INSIDE,
    )
    backorder_reason = fields.Text(
        string="Why It Waits",
        compute="_compute_backorder_reason",
        compute_sudo=True,
        help="Why this line waits, as seen from its place in the queue.",
        groups=INSIDE,
    )

    @api.depends(
        "backorder_date", "backorder_held", "backorder_promise_date", "picked", "quantity", "state"
    )
    @api.depends_context("tz", "uid")
    def _compute_backorder_reason(self):
        """Explain each line that waits through the plan of its queue."""
        waiting = self._origin.filtered(lambda move: move._is_backorder_waiting())
        facts = BackorderFacts(waiting) if waiting else None
        for move in self:
            line = facts and facts.plan.get(move._origin.id)
            move.backorder_expected_date = line.expected_date if line else False
            move.backorder_free_qty = (
                facts.supply.free(line.product_id, line.location_id) if line else 0.0
            )
            code, text = False, False
            if move._origin in waiting:
                code, text = move._origin._get_backorder_reason(line, facts)
            elif move.picking_id and move._is_backorder_open():
                text = self.env._("Released: %s", move.picking_id.display_name)
            move.backorder_reason_code, move.backorder_reason = code, text
        self._set_backorder_stage(facts.plan if facts else {})

    def _get_backorder_codes(self):
        """Return {move id: reason code} of the waiting moves of self, without the texts."""
        facts = BackorderFacts(self)
        return {
            move.id: move._get_backorder_reason_code(facts.plan[move.id], facts)
            for move in self
            if move.id in facts.plan
        }

    def _get_backorder_reason(self, line, facts):
        """Return (reason code, text) of one move that waits.

        :param line: its :class:`PlanLine`, None where its company plans nothing
        :param BackorderFacts facts: what the plan does not say
        """
        if not line:
            return "off", self.env._("Back order management is switched off.")
        code = self._get_backorder_reason_code(line, facts)
        text = getattr(self, f"_get_backorder_text_{code}")(line, facts)
        if self.backorder_release_date and not self.backorder_held:
            lost = self.env._("%s was released and lost its goods.", self.picking_id.display_name)
            text = f"{lost} {text}"
        return code, text

    def _get_backorder_reason_code(self, line, facts):
        """Return the reason code of one move that waits.

        :param line: its :class:`PlanLine`
        :param BackorderFacts facts: what the plan does not say
        """
        self.ensure_one()
        return find_reason(line, LineFacts(facts, line, self))

    # One method a reason: `_get_backorder_text_CODE`

    def _get_backorder_text_served(self, line, facts):
        if line.reason == "served" and not line.is_held:
            return self.env._("Stock is free: it is reserved with the next run.")
        if line.reason == "served":
            return self.env._("Stock is free: it is released with the next run.")
        text = self.env._(
            "%(part)s of %(need)s is free and released with the next run",
            part=self.product_id.uom_id.round(line.served),
            need=self.product_id.uom_id.round(line.need),
        )
        return text + ". " + self._get_backorder_expected_text(line)

    def _get_backorder_text_off(self, line, facts):
        return self.env._("Stock is free, but the schedule that releases it is switched off.")

    def _get_backorder_text_ahead(self, line, facts):
        ahead = dict.fromkeys(other.order_id for other in facts.get_served_ahead(line))
        names = self._get_backorder_order_names(self.env["sale.order"].browse(ahead))
        text = self.env._("Stock is free, but goes to those ahead in the queue: %s", names)
        return text + ". " + self._get_backorder_expected_text(line)

    def _get_backorder_text_expected(self, line, facts):
        return self.env._("Nothing is free. ") + self._get_backorder_expected_text(line)

    def _get_backorder_text_nothing(self, line, facts):
        if line.coming:
            return self._get_backorder_text_expected(line, facts)
        return self.env._("Nothing is free and nothing more is ordered.")

    def _get_backorder_text_complete(self, line, facts):
        lines = facts.get_order_lines(line.order_id)
        untracked = self._get_backorder_names(o for o in lines if o.reason == "untracked")
        if untracked:
            return self.env._(
                "The order ships complete, and the stock of a line of it is not tracked any "
                "more: %s.",
                untracked,
            )
        lacking = self._get_backorder_names(o for o in lines if o.idle < o.need - EPSILON)
        if lacking:
            return self.env._("The order ships complete and waits for %s.", lacking)
        blocked = self._get_backorder_names(o for o in lines if o.reason in ("paused", "error"))
        if blocked:
            return self.env._(
                "The order ships complete, and a line of it is paused or failed: %s.", blocked
            )
        return self._get_backorder_text_unusable(line, facts)

    def _get_backorder_text_elsewhere(self, line, facts):
        warehouses = facts.get_elsewhere(self)
        stock = ", ".join(
            f"{warehouse.name} ({self.product_id.uom_id.round(quantity)})"
            for warehouse, quantity in warehouses.items()
        )
        return self.env._("Stock only in another warehouse: %s.", stock)

    def _get_backorder_text_unusable(self, line, facts):
        return self.env._(
            "Stock is free, but in lots, packages or quantities this line cannot take."
        )

    def _get_backorder_text_doubt(self, line, facts):
        doubts = facts.get_doubts(self)
        text = self.env._(
            "%(quantity)s in %(places)s were not found: nobody is given them until they are "
            "counted by %(user)s. ",
            quantity=self.product_id.uom_id.round(sum(doubts.mapped("product_qty"))),
            places=self._join_backorder_names(doubts.location_id),
            user=self._join_backorder_names(doubts.backorder_doubt_user_id),
        )
        return text + self._get_backorder_expected_text(line)

    def _get_backorder_text_reserved(self, line, facts):
        pickings = facts.get_reserved_behind(self).picking_id
        return self.env._(
            "Reserved by transfers that rank behind: %s. ", self._join_backorder_names(pickings)
        ) + self._get_backorder_expected_text(line)

    def _get_backorder_text_error(self, line, facts):
        return self.env._(
            "Stopped by an error until %(date)s: %(error)s",
            date=format_moment(self.env, self.backorder_retry_date),
            error=self.backorder_error,
        )

    def _get_backorder_text_paused(self, line, facts):
        if self.backorder_paused:
            reason = self.backorder_pause_reason or self.env._("no reason given")
            return self.env._("Paused: %s", reason)
        return self.env._(
            "Not to be released before %s.", format_day(self.env, self.backorder_not_before)
        )

    def _get_backorder_text_untracked(self, line, facts):
        return self.env._(
            "The stock of this product is not tracked any more, so nothing is released by itself. "
            "Give it back to ship it."
        )

    def _get_backorder_text_manual(self, line, facts):
        if self.reservation_date:
            return self.env._(
                "Its operation type reserves from %s on.",
                format_day(self.env, self.reservation_date),
            )
        return self.env._("Its operation type reserves by hand.")

    # What the texts are made of

    def _get_backorder_expected_text(self, line):
        if line.overdue_since and not line.expected_date and line.missing < EPSILON:
            receipt = self.browse(line.brought[0][0]).sudo()
            return self.env._(
                "%(document)s has been overdue since %(date)s.",
                document=receipt.reference or receipt.display_name,
                date=format_day(self.env, line.overdue_since),
            )
        if not line.expected_date and line.coming:
            part, need = map(self.product_id.uom_id.round, (line.coming, line.need - line.served))
            return self.env._("Only %(part)s of %(need)s is on its way.", part=part, need=need)
        if not line.expected_date:
            return self.env._("Nothing more is ordered.")
        receipt = self.browse(line.expected_move_id).sudo()
        return self.env._(
            "Next receipt: %(document)s on %(date)s.",
            document=receipt.reference or receipt.display_name,
            date=format_day(self.env, line.expected_date),
        )

    def _get_backorder_donors(self):
        """Return the moves whose reservation could be given to one of self."""
        return self.sudo().search(
            [
                ("product_id", "in", self.product_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "in", ("assigned", "partially_available")),
                ("picked", "=", False),
                ("picking_id.printed", "=", False),
                ("picking_id", "!=", False),
                ("location_id.usage", "=", "internal"),
                ("move_orig_ids", "=", False),
                ("quantity", ">", 0),
            ]
        )

    @api.model
    def _get_backorder_names(self, lines):
        """Return the names of the products of some lines of the plan."""
        product_ids = dict.fromkeys(line.product_id for line in lines)
        return self._join_backorder_names(self.env["product.product"].browse(product_ids))

    @api.model
    def _join_backorder_names(self, records):
        """Return the first names of the records, and a hint when there are more."""
        names = [record.display_name for record in records[:MAX_NAMES]]
        if len(records) > MAX_NAMES:
            names.append(self.env._("and others"))
        return ", ".join(names)
