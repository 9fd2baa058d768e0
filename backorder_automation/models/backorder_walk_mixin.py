from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import FIRST, Ledger, Tails, make_plan, walk
from ..readers import read_free, read_paths


class BackorderWalkMixin(models.AbstractModel):
    """The plan as far as the goods reach: its cost follows what can be done, not what waits.

    `_backorder_walk` says of whoever gets anything, and of whoever it is asked about, what
    `_backorder_plan` says. It reads the heads of the queues by an index, and only of those that
    have something to give.
    """

    _name = "backorder.walk.mixin"
    _description = "Back Order Walk"

    @api.model
    def _backorder_walk(
        self, products=None, company=None, newcomers=None, moves=None, needs=None, is_now=False
    ):
        """Return the plan of the lines that get anything, and of `moves`.

        :param products: as for `_backorder_plan`, like `company`, `newcomers` and `needs`
        :param moves: `stock.move` records whose lines are wanted too, whatever they get
        :param bool is_now: only who gets what now; no dates, and nothing of what is on its way
        :return: a dict of move id to :class:`PlanLine`, in queue order; the place of a line whose
            queue was not read as far as there is not counted, see `_get_backorder_places`
        """
        self._backorder_flush()
        companies = company
        if company is None:
            companies = self.env["res.company"].sudo().search([("backorder_automation", "=", True)])
        newcomers, moves = newcomers or self.browse(), moves or self.browse()
        needs = {**{move.id: move._get_backorder_need() for move in newcomers}, **(needs or {})}
        plan = {}
        for one in companies:
            product_ids = set((newcomers | moves).product_id.ids)
            if products is None:
                product_ids |= self._fetch_backorder_supplied(is_now)
            else:
                product_ids |= set(products.ids)
            if product_ids:
                product_ids = self._get_backorder_joined_products(
                    self.env["product.product"].browse(product_ids), one
                )
                places = [(move.product_id.id, move.location_id.id) for move in newcomers]
                queues = Queues(one, product_ids, moves, newcomers, needs, is_now, places)
                plan.update(queues.walk())
        return plan

    def _get_backorder_plentiful(self, ledger, queues, company):
        """Return the queues of which there is more than all who wait want, and self beside them.

        :param Ledger ledger: what is free now
        :param list queues: (product id, location id) pairs
        """
        condition = self._get_backorder_queue_condition(company)
        wanted = defaultdict(float)
        wanted.update(
            self.env.execute_query(
                SQL(
                    """
                    SELECT m.product_id, SUM(m.product_qty)
                      FROM stock_move m
                     WHERE m.product_id IN %s AND m.id NOT IN %s AND %s
                  GROUP BY m.product_id
                    """,
                    self.product_id._ids,
                    self._ids,
                    condition,
                )
            )
        )
        for move in self:
            wanted[move.product_id.id] += move.product_qty
        scarce = {
            move.product_id.id
            for move in self
            if ledger.free(move.product_id.id, move.location_id.id) < wanted[move.product_id.id]
        }
        return {queue for queue in queues if queue[0] in wanted and queue[0] not in scarce}


class Queues:
    """The queues of some products in one company, read and planned as far as their goods reach.

    :param company: the `res.company`
    :param product_ids: ids of `product.product`, with all that bonds tie to them
    :param moves, newcomers, needs, is_now: see `_backorder_walk`
    :param places: (product id, location id) from where somebody else takes
    """

    def __init__(
        self, company, product_ids, moves, newcomers=(), needs=None, is_now=False, places=()
    ):
        self._company, self._product_ids = company, product_ids
        self._moves, self._needs, self._is_now = moves, needs or {}, is_now
        self._model = moves.browse()
        self._newcomers = newcomers or self._model
        self._newcomer_ids = self._newcomers.ids
        self._policy, self._now = company.backorder_queue_order, fields.Datetime.now()
        self._queues = self._model._fetch_backorder_queues(product_ids)
        self._bound = self._model._fetch_backorder_bound(product_ids, company)
        self._read_goods(places)

    def _read_goods(self, places):
        """Read what is free and, where somebody asks when or for how long, what is on its way."""
        self._wanted_in = defaultdict(set)
        for product_id, location_id in (*self._queues, *places):
            self._wanted_in[product_id].add(location_id)
        self._paths = read_paths(self._model.env)
        self._free = read_free(self._model.env, tuple(self._wanted_in))
        self._receipts = None
        if not self._is_now or self._company.backorder_keep_days > 0:
            wanted_in = self._wanted_in
            self._receipts = self._model._get_backorder_receipts(wanted_in, self._company)

    def walk(self, reach=None):
        """Return the plan of whoever gets anything, and of the moves it was asked about.

        :param int reach: how many rows of a queue may be read; None when more are needed
        """
        return walk(self._read, self._plan, first=FIRST + len(self._moves), reach=reach)

    def _read(self, lengths):
        """Read so many rows of each queue, all of every bond, and whoever it is asked about."""
        heads = self._model._fetch_backorder_heads(
            self._company, self._queues, lengths, self._policy
        )
        ends = {}
        for queue, ids in heads.items():
            if len(ids) > lengths[queue]:
                del ids[-1]
                ends[queue] = ids[-1]
        ids = self._bound.union(self._moves._ids, self._newcomer_ids, *heads.values())
        rows = self._fetch_rows(ids)
        if any(row.bond and row.move_id not in self._bound for row in rows):
            # Of a bond that only `_get_backorder_bond` knows: all of it is needed.
            rows = [row for row in self._fetch_rows(None) if row.bond or row.move_id in ids]
        rows = [row._replace(need=self._needs.get(row.move_id, row.need)) for row in rows]
        return rows, Tails(ends, self._now)

    def _fetch_rows(self, move_ids):
        return self._model._fetch_backorder_queue(
            self._company, self._product_ids, self._newcomer_ids, self._policy, move_ids=move_ids
        )

    def _plan(self, rows, tails):
        """Make the plan of some rows, from the same goods each time."""
        made = self._make(rows, self._make_ledger(), [], tails)
        if tails.wanted and self._newcomers and self._is_now and not self._moves:
            tails.wanted -= self._newcomers._get_backorder_plentiful(
                self._make_ledger(), self._queues, self._company
            )
        return made

    def _make(self, rows, ledger, bonds, tails):
        """Return what the engine makes of some rows.

        :param bonds: besides those the rows are in
        """
        groups = self._model._get_backorder_groups(rows)
        keeping = self._model._get_backorder_keeping(groups, self._company)
        bonds = [*groups, *bonds]
        return make_plan(rows, ledger, self._receipts, bonds, **keeping, tails=tails)

    def _make_ledger(self):
        free = {product_id: dict(pool) for product_id, pool in self._free.items()}
        return Ledger(self._paths, free, self._wanted_in)
