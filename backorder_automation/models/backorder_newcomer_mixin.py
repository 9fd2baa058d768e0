import json
from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import Newcomer
from ..work import at_work, work_of
from .backorder_walk_mixin import Queues

# More than anybody has. He who asks how much there is wants all of it.
EVERYTHING = 1e12
# Ids of moves are below it: among equals a newcomer is the last.
LAST = 2**31 - 1


class Request(NamedTuple):
    """What a new order would want, were it confirmed now."""

    product: models.Model  # product.product
    location: models.Model  # stock.location it would take from
    company: models.Model  # res.company
    deadline: fields.Datetime  # when the customer would want it: with it goes his place
    uom: models.Model  # uom.uom of its move
    packaging: models.Model  # uom.uom it is ordered in
    quantity: float = 0.0  # in the unit of the product; 0 when nobody knows
    line_id: int | None = None  # sale.order.line, for whom its customer is
    waiting: tuple = ()  # ids of the moves that stand in the queue for it already
    pack: float | None = None  # it wants so much at a time, in the unit of the product

    def make_columns(self, number):
        """Return the columns of the move it would get.

        :param int number: an id below zero
        """
        return {
            "id": number,
            "company_id": self.company.id,
            "product_id": self.product.id,
            "location_id": self.location.id,
            "product_qty": EVERYTHING,
            "product_uom": self.uom.id,
            "packaging_uom_id": self.packaging.id,
            "priority": "0",
            "date": fields.Datetime.to_string(self.deadline),
            "date_deadline": fields.Datetime.to_string(self.deadline),
            "sale_line_id": self.line_id or -1,  # a customer wants it: it is no refill
            "backorder_queue_id": LAST,
            "backorder_queue_qty": self.quantity,
            "procure_method": "make_to_stock",
            "state": "draft",
        }


class Left(NamedTuple):
    """What the queue leaves to a new order, in the unit of the product."""

    quantity: float  # what it could reserve now
    ahead: float  # what of the free goods is for those ahead of it
    date: fields.Datetime | None  # when there is more for it than now; None when nobody knows
    # When there is all it wants, where that is not now; None when nobody knows.
    whole_date: fields.Datetime | None = None


class BackorderNewcomerMixin(models.AbstractModel):
    """What a new order could have: the plan is asked, with the order in it.

    Nothing is written, and no move is made: the queue is read as if there were one.
    """

    _name = "backorder.newcomer.mixin"
    _description = "Back Order Newcomers"

    @api.model
    def _get_backorder_left(self, requests):
        """Return what the queues leave to new orders; each is asked as if it came alone.

        A fixed number of queries for each company, however many requests there are.

        :param list requests: :class:`Request`
        :return: a list of :class:`Left`, one for each request
        """
        if not requests:
            return []
        numbered = {-number: request for number, request in enumerate(requests, 1)}
        self._backorder_flush()
        left = {}
        for company in self.env["res.company"].union(*(request.company for request in requests)):
            mine = {key: asked for key, asked in numbered.items() if asked.company == company}
            left.update(_NewcomerQueues(self, company, mine).look())
        return [left[number] for number in numbered]

    @api.model
    def _count_backorder_ahead_of_new(self, requests):
        """Return how many lines stand in the queue ahead of new orders; each as if it came alone.

        Counted by an index; other queue orders than the default sort the queue in the database.

        :param list requests: :class:`Request`
        :return: a list of numbers, one for each request
        """
        numbered = {-number: request for number, request in enumerate(requests, 1)}
        counts = {}
        for company in self.env["res.company"].union(*(request.company for request in requests)):
            mine = {key: asked for key, asked in numbered.items() if asked.company == company}
            columns = [asked.make_columns(number) for number, asked in mine.items()]
            moves = at_work(self, newcomers=columns).browse(mine)
            if moves._is_backorder_countable(company):
                places = moves._count_backorder_ahead(company)
                counts.update({number: place - 1 for number, place in places.items()})
            else:
                counts.update(moves._number_backorder_newcomers(company))
        return [counts[number] for number in numbered]

    def _number_backorder_newcomers(self, company):
        """Return {number: how many lines stand ahead} of newcomers, in whatever queue order."""
        wanted = SQL(
            "(m.product_id, m.location_id) IN"
            " (SELECT wish.product_id, wish.location_id FROM %s wish WHERE wish.id IN %s)",
            self._get_backorder_queue_moves(),
            self._ids,
        )
        query = self._get_backorder_queue_from(
            SQL(
                "m.id, COUNT(*) FILTER (WHERE m.id > 0)"
                " OVER (PARTITION BY m.product_id, m.location_id ORDER BY %s) AS ahead",
                self._get_backorder_queue_order(company.backorder_queue_order, company),
            )
        )
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, ahead FROM (%s WHERE %s AND (%s OR m.id IN %s)) numbered"
                    " WHERE id IN %s",
                    query,
                    wanted,
                    self._get_backorder_queue_condition(company),
                    self._ids,
                    self._ids,
                )
            )
        )

    @api.model
    def _get_backorder_queue_moves(self):
        """Read the queue as if the newcomers had their moves already."""
        newcomers = work_of(self.env).newcomers
        if not newcomers:
            return super()._get_backorder_queue_moves()
        return SQL(
            "(SELECT * FROM stock_move"
            " UNION ALL SELECT * FROM json_populate_recordset(NULL::stock_move, %s))",
            json.dumps(newcomers),
        )

    @api.model
    def _get_backorder_contested(self, products, companies):
        """Return the products that anybody waits for in these companies: one look-up for each."""
        if not products or not companies:
            return products.browse()
        self.env["stock.move"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT product_id
                  FROM UNNEST(%s) AS wanted(product_id)
                 WHERE EXISTS (SELECT FROM stock_move m
                                WHERE m.product_id = wanted.product_id
                                  AND m.state IN ('waiting', 'confirmed', 'partially_available')
                                  AND m.company_id IN %s AND %s)
                """,
                products.ids,
                companies._ids,
                self._get_backorder_waits_sql(),
            )
        )
        return products.browse(product_id for (product_id,) in rows)


class _NewcomerQueues(Queues):
    """The queues in which new orders would stand, read as far as their goods reach.

    :param model: `stock.move`
    :param company: the `res.company` of all requests
    :param dict requests: number to :class:`Request`
    """

    def __init__(self, model, company, requests):
        self._requests = requests
        self._columns = [asked.make_columns(number) for number, asked in requests.items()]
        self._left = {}
        products = model.env["product.product"].union(*(r.product for r in requests.values()))
        super().__init__(
            company,
            model._get_backorder_joined_products(products, company),
            moves=model.browse({key for asked in requests.values() for key in asked.waiting}),
            places=[(asked.product.id, asked.location.id) for asked in requests.values()],
        )

    def look(self):
        """Return {number: Left} of the requests: nothing where more wait than may be read."""
        if self.walk(work_of(self._model.env).reach) is None:
            return dict.fromkeys(self._requests, Left(0.0, 0.0, None))
        return self._left

    def _fetch_rows(self, move_ids):
        ids = None if move_ids is None else [*move_ids, *self._requests]
        return at_work(self._model, newcomers=self._columns)._fetch_backorder_queue(
            self._company, self._product_ids, list(self._requests), self._policy, move_ids=ids
        )

    def _plan(self, rows, tails):
        """Let the newcomers look at what is left when they have their turn."""
        ledger = self._make_ledger()
        packs = {number: asked.pack for number, asked in self._requests.items() if asked.pack}
        rows = [row._replace(pack_size=packs.get(row.move_id, row.pack_size)) for row in rows]
        undated = {receipt.move_id for receipt in self._receipts if not receipt.has_date}
        newcomers = {
            row.move_id: Newcomer(
                row, ledger.free(row.product_id, row.location_id), undated, asked.quantity
            )
            for row in rows
            if (asked := self._requests.get(row.move_id))
        }
        # They take nothing, so they have no claim either.
        rows = [
            row._replace(blocked="newcomer") if row.move_id in newcomers else row for row in rows
        ]
        made = self._make(self._place_newcomers(rows), ledger, [*newcomers.values()], tails)
        self._left = {
            number: Left(newcomer.quantity, newcomer.ahead, newcomer.date, newcomer.whole_date)
            for number, newcomer in newcomers.items()
        }
        return made

    def _place_newcomers(self, rows):
        """Return the rows, those of requests that wait already before what they wait with.

        Nobody is ahead of himself.

        :param list rows: the queue with the newcomers in it
        """
        placed = {n: request.waiting for n, request in self._requests.items() if request.waiting}
        newcomers = {row.move_id: row for row in rows if row.move_id in placed}
        if not newcomers:
            return rows
        asking = {move_id: number for number, waiting in placed.items() for move_id in waiting}
        together = defaultdict(list)  # what is served together has its turn together
        for row in rows:
            if row.move_id in asking:
                together[row.order_id if row.bond else row.move_id].append(asking[row.move_id])
        result = []
        for row in rows:
            for number in together.pop(row.order_id if row.bond else row.move_id, ()):
                if number in newcomers:
                    result.append(newcomers.pop(number))
            if row.move_id not in placed:
                result.append(row)
        return result
