from odoo import api, fields, models
from odoo.tools import SQL

from ..const import INSIDE
from ..engine import FIRST
from .backorder_query_mixin import by_plan

# Of so many lines of a queue the places are counted one by one.
FEW = 3


class BackorderPlaceMixin(models.AbstractModel):
    """Number the places in the queues, for whom somebody looks at."""

    _name = "backorder.place.mixin"
    _description = "Back Order Places"

    backorder_place = fields.Integer(
        string="Place",
        compute="_compute_backorder_place",
        search=by_plan("backorder_place"),
        compute_sudo=True,
        aggregator=None,
        help="Place in the queue of the product. 1 is served first.",
        groups=INSIDE,
    )

    @api.depends("backorder_held", "date_deadline", "picked", "priority", "quantity", "state")
    def _compute_backorder_place(self):
        waiting = self._origin.filtered(lambda move: move._is_backorder_waiting())
        places = waiting._get_backorder_places()
        for move in self:
            move.backorder_place = places.get(move._origin.id, 0)

    def _get_backorder_places(self):
        """Return {move id: its place in its queue} of the moves of self that wait.

        From the heads of the queues, and by counting for whoever stands behind them.
        """
        places = {}
        if self:
            self._backorder_flush()
        for company, moves in self.grouped("company_id").items():
            if company.backorder_automation:
                places.update(moves._number_backorder_heads(company))
                behind = [move_id for move_id in moves._ids if move_id not in places]
                places.update(self._fetch_backorder_places(behind, company))
        return {move_id: places[move_id] for move_id in self._ids if move_id in places}

    def _number_backorder_heads(self, company):
        """Return {move id: place} of the first in the queues of self."""
        queues = list({(move.product_id.id, move.location_id.id) for move in self})
        heads = self._fetch_backorder_heads(
            company,
            queues,
            dict.fromkeys(queues, FIRST + len(self)),
            company.backorder_queue_order,
        )
        return {
            move_id: place for ids in heads.values() for place, move_id in enumerate(ids, start=1)
        }

    @api.model
    def _fetch_backorder_places(self, move_ids, company):
        """Return {move id: its place in its queue}; without a query where nobody is asked for.

        Whoever asks for a few is told by counting those ahead of each.

        :param move_ids: ids of `stock.move` that stand in a queue of the company
        """
        moves, places = self.browse(move_ids), {}
        by_queue = moves.grouped(lambda move: (move.product_id, move.location_id)).values()
        few = moves.browse(move.id for group in by_queue if len(group) <= FEW for move in group)
        if few and self._is_backorder_countable(company):
            places = few._count_backorder_ahead(company)
            moves -= few
        if moves:
            numbered = SQL(
                "%s AND m.product_id IN %s AND m.location_id IN %s",
                self._get_backorder_places_sql(company),
                moves.product_id._ids,
                moves.location_id._ids,
            )
            query = "SELECT id, place FROM (%s) numbered WHERE id IN %s"
            places.update(self.env.execute_query(SQL(query, numbered, moves._ids)))
        return places

    @api.model
    def _is_backorder_countable(self, company):
        """Return whether those ahead in the queues of a company are counted by an index."""
        return company.backorder_queue_order == "urgent" and company.backorder_keep_days <= 0

    def _count_backorder_ahead(self, company):
        """Return {move id: its place in its queue}, in the default order of the queue."""
        refill = self._get_backorder_refill()
        key = SQL(
            """
            %s, COALESCE(m.date_deadline, 'infinity'), COALESCE(m.backorder_date, 'infinity'),
            COALESCE(m.backorder_queue_id, m.id), m.id
            """,
            refill,
        )
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT own.id, 1 + ahead.count
                      FROM (SELECT m.product_id, m.location_id, %(urgency)s,
                                   %(key)s
                              FROM %(moves)s m
                             WHERE m.id IN %(ids)s)
                           AS own(product_id, location_id, urgency,
                                  refill, deadline, since, part, id)
                CROSS JOIN LATERAL (
                           SELECT COUNT(*)
                             FROM stock_move m
                            WHERE m.product_id = own.product_id
                              AND m.location_id = own.location_id
                              AND (%(urgency)s > own.urgency
                                   OR %(urgency)s = own.urgency
                                      AND (%(key)s)
                                          < (own.refill, own.deadline, own.since, own.part, own.id))
                              AND %(condition)s) ahead
                    """,
                    # PostgreSQL puts those without a priority first.
                    urgency=SQL("COALESCE(m.priority, 'z')"),
                    key=key,
                    ids=self._ids,
                    moves=self._get_backorder_queue_moves(),
                    condition=self._get_backorder_queue_condition(company),
                )
            )
        )

    @api.model
    def _get_backorder_places_sql(self, company):
        """Return the SELECT of (id, place) of all that stands in the queues of a company.

        Where nothing waits that only refills, an index has the order already.
        """
        refill = None if self._is_backorder_refill_waiting(company) else SQL("FALSE")
        number = SQL(
            "m.id, ROW_NUMBER() OVER (PARTITION BY m.product_id, m.location_id ORDER BY %s)"
            " AS place",
            self._get_backorder_queue_order(company.backorder_queue_order, company, refill),
        )
        condition = self._get_backorder_queue_condition(company)
        return SQL("%s WHERE %s", self._get_backorder_queue_from(number), condition)

    @api.model
    def _is_backorder_refill_waiting(self, company):
        """Return whether anything in the queues of a company only refills a place."""
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT FROM stock_move m WHERE m.sale_line_id IS NULL AND %s AND %s LIMIT 1",
                    self._get_backorder_queue_condition(company),
                    self._get_backorder_refill(),
                )
            )
        )
