from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import EPSILON, INSIDE
from ..readers import read_receipts
from ..texts import format_day
from .backorder_reason_mixin import MAX_NAMES


class BackorderCompleteMixin(models.AbstractModel):
    """What is kept for orders that ship complete, and what dates rest on a wish only."""

    _name = "backorder.complete.mixin"
    _description = "Back Orders That Ship Complete"

    backorder_kept_since = fields.Datetime(
        string="Kept Since",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="Since when goods are kept for this line until the rest of its order is there.",
        groups=INSIDE,
    )

    @api.model
    def _get_backorder_protected_fields(self):
        """Only the processes say since when something is kept."""
        return super()._get_backorder_protected_fields() | {"backorder_kept_since"}

    # What the plan asks

    @api.model
    def _get_backorder_receipts(self, product_ids, company):
        """Return what is on its way of some products: a list of :class:`Receipt`.

        An addon may add wishes: what nobody has ordered yet, with a name and a number below zero.

        :param product_ids: ids of `product.product`
        :param company: the `res.company` whose queue is planned
        """
        return read_receipts(self.env, product_ids, company)

    @api.model
    def _get_backorder_keeping(self, groups, company):
        """Return what `make_plan` has to know of orders that keep what is there for them.

        :param list groups: :class:`Together`, what is served together
        :param company: the `res.company` whose queue is planned
        :return: a dict of arguments; empty where nobody keeps anything
        """
        keepers = [group for group in groups if group.is_keeping]
        if not keepers or company.backorder_keep_days <= 0:
            return {}
        began = dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT id, backorder_kept_since FROM stock_move
                     WHERE backorder_kept_since IS NOT NULL AND backorder_held AND company_id = %s
                    """,
                    company.id,
                )
            )
        )
        since = {}
        for group in keepers if began else ():
            dates = [began[row.move_id] for row in group.rows if row.move_id in began]
            if dates:
                since[group] = min(dates)
        return {
            "window": timedelta(days=company.backorder_keep_days),
            "now": fields.Datetime.now(),
            "since": since,
        }

    @api.model
    def _get_backorder_deadline_sql(self, company):
        """Return in SQL the deadline that a move `m` of the order `so` has in the queue.

        Where orders that ship complete keep goods, waiting counts for them as a promise: to be
        there so many days after they began to wait. Whoever orders later stands behind, so they
        are not passed over for ever.
        """
        days = company.backorder_keep_days
        if days <= 0:
            return SQL("m.date_deadline")
        return SQL(
            """
            CASE WHEN so.picking_policy = 'one' AND m.backorder_held
                 THEN LEAST(m.date_deadline, m.backorder_date + make_interval(days => %s))
                 ELSE m.date_deadline END
            """,
            days,
        )

    @api.model
    def _get_backorder_kept_moves(self, products=None):
        """Return the moves for which something was kept when the last run looked.

        :param products: only of these `product.product`, all of them when None
        """
        domain = Domain("backorder_kept_since", "!=", False)
        if products is not None:
            domain &= Domain("product_id", "in", products.ids)
        return self.sudo().search(domain)

    @api.model
    def _backorder_note_kept(self, plan):
        """Note since when something is kept for whom, so that nobody waits longer for it.

        Whoever let go, or is served, has no date any more, and may begin anew. Lines that somebody
        else works with are left to the next run.

        :param dict plan: a plan that was just made, see `_backorder_plan`
        """
        marked = self._get_backorder_kept_moves()
        kept = {line.move_id for line in plan.values() if line.kept > EPSILON}
        orders = {plan[move_id].order_id for move_id in kept}
        gone = marked.filtered(
            lambda move: (
                not move.backorder_held
                or (move.id in plan and plan[move.id].order_id not in orders)
            )
        )
        began = self.sudo().browse(kept) - marked
        for moves, since in ((gone, False), (began, fields.Datetime.now())):
            if moves:
                moves.try_lock_for_update(allow_referencing=True).backorder_kept_since = since

    # What people read

    def _get_backorder_reason(self, line, facts):
        """Say besides what is kept for the order, and what wish its date rests on."""
        code, text = super()._get_backorder_reason(line, facts)
        if line and line.reason == "complete":
            text = self._add_backorder_sentence(text, self._get_backorder_kept_text(line, facts))
        if line and line.reason == "short" and code != "ahead":
            names = self._get_backorder_keeper_names(self._get_backorder_keepers(line, facts))
            text = self._add_backorder_sentence(text, names and self.env._("Kept for %s.", names))
        if line and line.wish:
            text = self._add_backorder_sentence(text, self._get_backorder_wish_text(line))
        return code, text

    @api.model
    def _add_backorder_sentence(self, text, sentence):
        """Return the text with the sentence behind it, where it does not say it already."""
        return text if not sentence or sentence in text else f"{text} {sentence}"

    def _get_backorder_text_ahead(self, line, facts):
        """Say for whom it is kept, and until when."""
        kept = self._get_backorder_keepers(line, facts)
        names = self._get_backorder_keeper_names(kept)
        if any(other.order_id not in kept for other in facts.get_served_ahead(line)):
            text = super()._get_backorder_text_ahead(line, facts)
            return self._add_backorder_sentence(text, kept and self.env._("Kept for %s.", names))
        text = self.env._("Stock is free, but kept for %s.", names)
        return self._add_backorder_sentence(text, self._get_backorder_expected_text(line))

    @api.model
    def _get_backorder_keepers(self, line, facts):
        """Return for which orders ahead of a line something is kept: {order id: until when}."""
        ahead = facts.get_served_ahead(line)
        return {other.order_id: other.kept_until for other in ahead if other.kept > EPSILON}

    def _get_backorder_keeper_names(self, kept):
        """Return the names of orders for which something is kept, each with its day.

        :param dict kept: order id to until when
        """
        orders = self.env["sale.order"].browse(kept)
        names = [
            self.env._(
                "%(order)s until %(date)s",
                order=self._get_backorder_order_names(order),
                date=format_day(self.env, kept[order.id]),
            )
            for order in orders[:MAX_NAMES]
        ]
        if len(orders) > MAX_NAMES:
            names.append(self.env._("and others"))
        return ", ".join(names)

    def _get_backorder_kept_text(self, line, facts):
        """Return what is kept for the order of a line; an empty text where nothing is."""
        lines = [other for other in facts.get_order_lines(line.order_id) if other.kept > EPSILON]
        if not lines:
            return ""
        quantities = defaultdict(float)
        for other in lines:
            quantities[other.product_id] += other.kept
        names = [
            f"{product.uom_id.round(quantities[product.id]):g} {product.display_name}"
            for product in self.env["product.product"].browse(list(quantities)[:MAX_NAMES])
        ]
        if len(quantities) > MAX_NAMES:
            names.append(self.env._("and others"))
        return self.env._(
            "%(goods)s are kept for it until %(date)s.",
            date=format_day(self.env, max(other.kept_until for other in lines)),
            goods=", ".join(names),
        )

    def _get_backorder_expected_text(self, line):
        """Say that a date is a wish, where it rests on one."""
        if line.wish:
            return self._get_backorder_wish_text(line)
        return super()._get_backorder_expected_text(line)

    @api.model
    def _get_backorder_wish_text(self, line):
        """Return that what a line is expected with is not ordered yet."""
        return self.env._(
            "Expected on %(date)s, but that is a wish: %(document)s is not confirmed yet.",
            date=format_day(self.env, line.expected_date),
            document=line.wish,
        )
