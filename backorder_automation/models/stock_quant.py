from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..batch import Batch, Wanted
from ..const import EPSILON
from ..engine import Pile
from ..work import at_work, work_of

# Removal strategies that find the same stock however much is wanted, unlike the fewest packages.
WHATEVER_THE_QUANTITY = ("fifo", "lifo", "closest")


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model
    def _gather(
        self,
        product_id,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=False,
        qty=0,
    ):
        """Gather once for a batch what Odoo would search for each of its lines twice.

        Not where another addon below us has a say in it: it is asked for each line.
        """
        if owner_id is False:
            # Nobody, as others say it: `quants_cache` asks whoever it is for an id.
            owner_id = self.env["res.partner"]
        batch = work_of(self.env).batch
        is_odoos = super()._gather.__module__.startswith("odoo.addons.stock.")
        keeps = batch is not None and is_odoos and self.env.su and not strict
        if keeps:
            wanted = self._get_backorder_wanted(
                product_id, location_id, lot_id, package_id, owner_id
            )
            if wanted in batch.stock:
                return self.browse(batch.stock[wanted])
        quants = super()._gather(product_id, location_id, lot_id, package_id, owner_id, strict, qty)
        if keeps and self._get_removal_strategy(product_id, location_id) in WHATEVER_THE_QUANTITY:
            batch.stock[wanted] = quants._ids
        return quants

    @api.model
    def _get_backorder_wanted(
        self, product_id, location_id, lot_id=None, package_id=None, owner_id=None
    ):
        """Return the arguments of `_gather`, and what it looks at besides: a :class:`Wanted`."""
        return Wanted(
            product_id.id,
            location_id.id,
            lot_id.id if lot_id else False,
            package_id.id if package_id else False,
            owner_id.id if owner_id else False,
            self.env.context.get("with_expiration") or False,
        )

    @api.private
    def try_lock_for_update(self, *, allow_referencing=False, limit=None):
        """Lock nothing again that a batch has locked."""
        batch = work_of(self.env).batch
        if batch and allow_referencing and batch.has_locked(self._ids):
            return self[:limit]
        return super().try_lock_for_update(allow_referencing=allow_referencing, limit=limit)

    @api.model
    def _update_reserved_quantity(
        self,
        product_id,
        location_id,
        quantity,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=True,
    ):
        """Take for a line of a batch only what it has not taken in its turn."""
        batch = work_of(self.env).batch
        if batch:
            quantity -= batch.pop_booked(
                self._get_backorder_wanted(product_id, location_id, lot_id, package_id, owner_id)
            )
            if not quantity:
                return None
        return super()._update_reserved_quantity(
            product_id, location_id, quantity, lot_id, package_id, owner_id, strict
        )

    # Whose turn it is

    @api.model
    def _update_available_quantity(
        self,
        product_id,
        location_id,
        quantity=False,
        reserved_quantity=False,
        lot_id=None,
        package_id=None,
        owner_id=None,
        in_date=None,
    ):
        """Change stock in one's turn only: the one door every change goes through.

        Then no quant is locked by somebody else, and Odoo makes no second one.
        """
        turns = self.env["backorder.turn"]
        keys = turns._get_keys(product_id, location_id)
        turns._take(keys)
        parts = [(self, reserved_quantity)]
        if keys:
            lot_id = lot_id or self.env["stock.lot"]
            package_id = package_id or self.env["stock.package"]
            owner_id = owner_id or self.env["res.partner"]
            what = (product_id, location_id, lot_id, package_id, owner_id)
            parts = self._get_backorder_parts(not quantity and reserved_quantity, *what)
        for quants, part in parts:
            res = super(StockQuant, quants)._update_available_quantity(
                product_id,
                location_id,
                quantity,
                part or reserved_quantity,
                lot_id,
                package_id,
                owner_id,
                in_date,
            )
        return res

    @api.model
    def _get_backorder_parts(self, change, *what):
        """Return where to change a reservation: where some is freed, on the quants that have it.

        Odoo takes the first of several quants of the same goods, and forgets what that has not
        got. What none of them has is left to Odoo with the last. It also searches twice for what
        nobody else can change now: once is enough.

        :param change: of what is reserved, in the unit of the product; False when something else
            is changed
        :param what: product, location, lot, package and owner
        :return: a list of (quants in an environment that knows where to look, change)
        """
        quants = self.sudo()._gather(*what, strict=True)
        if not change or change > 0 or quants[:1].reserved_quantity + change > -EPSILON:
            if "quants_cache" in self.env.context:
                return [(self, change)]
            return [(self._with_backorder_cache(quants, *what), change)]
        parts, left = [], -change
        for quant in quants.filtered(lambda quant: quant.reserved_quantity > EPSILON):
            part = min(quant.reserved_quantity, left)
            parts.append((quant, part))
            left -= part
            if left < EPSILON:
                break
        if left >= EPSILON:
            quant, part = parts.pop() if parts else (quants[:1], 0.0)
            parts.append((quant, part + left))
        return [(self._with_backorder_cache(quant, *what), -part) for quant, part in parts]

    @api.model
    def _with_backorder_cache(self, quants, product, location, _lot, package, owner):
        """Return self where `_gather` finds these quants of some goods, and no others."""
        cache = defaultdict(self.browse)
        for lot, group in quants.grouped("lot_id").items():
            cache[product.id, location.id, lot.id, package.id, owner.id] = group
        return self.with_context(quants_cache=cache)

    def write(self, vals):
        """Wait for one's turn here too: what is locked outside of it gets a second quant."""
        self._backorder_await("write")
        self.env["backorder.turn"]._take(self._get_backorder_turns())
        return super().write(vals)

    def action_apply_inventory(self, date=None):
        """Wait for others who work with the same stock, before anything is done."""
        self._backorder_await("action_apply_inventory")
        return super().action_apply_inventory(date=date)

    def _apply_inventory(self, date=None):
        """Counted is counted: what was in doubt here is free again before the count is applied."""
        self._get_backorder_doubting()._backorder_end_doubt()
        return super()._apply_inventory(date)

    def _get_backorder_doubting(self):
        """Return the moves that keep goods of self from everybody until they are counted."""
        doubts = self.env["stock.move"].sudo()._get_backorder_doubts(products=self.product_id)
        return doubts.filtered(lambda move: move._get_backorder_doubted_quants() & self.sudo())

    def _backorder_await(self, verb):
        """Take the turns of the quants, as the first thing of a verb people ask for."""
        self.env["backorder.turn"]._await(
            f"{self._name}.{verb}", lambda: self.exists()._get_backorder_turns()
        )

    def _get_backorder_turns(self):
        """Return the turns of the quants, see `backorder.turn._take`."""
        return self.env["backorder.turn"]._get_keys(self.product_id, self.location_id)

    @api.model
    def _merge_quants(self):
        """Wait for the turns of what is there several times."""
        groups = self.sudo()._read_group(
            [("location_id.usage", "in", ("internal", "transit"))],
            ["product_id", "location_id", "lot_id", "package_id", "owner_id"],
            having=[("__count", ">", 1)],
        )
        turns = self.env["backorder.turn"]
        keys = (turns._get_keys(product, location) for product, location, *_what in groups)
        turns._take(set().union(*keys))
        return super()._merge_quants()

    @api.model
    def _get_reserve_quantity(self, product_id, location_id, quantity, *args, **kwargs):
        """Reserve where the plan takes from: what others can take nowhere else is left to them.

        In each pile of the plan what Odoo would reserve there, in its order.
        """
        piles = work_of(self.env).piles
        if piles is None or quantity <= 0:
            return super()._get_reserve_quantity(product_id, location_id, quantity, *args, **kwargs)
        # The plan has counted full packs already.
        quants = super(StockQuant, self.with_context(packaging_uom_id=False))
        reserved = []
        for pile, part in piles.items():
            location = location_id.browse(pile.location_id)
            everything = quants._get_reserve_quantity(
                product_id,
                location,
                self._get_available_quantity(product_id, location),
                *args,
                **kwargs,
            )
            part = min(part, quantity)
            for quant, free in everything:
                taken = min(free, part) if quant._get_backorder_pile() == pile else 0.0
                if taken > EPSILON:
                    reserved.append((quant, taken))
                    part -= taken
                    quantity -= taken
        return reserved

    def _get_backorder_pile(self):
        """Return the :class:`Pile` of the plan where these goods are."""
        self.ensure_one()
        return Pile(self.location_id.id, None)

    @api.model
    def _get_backorder_keeps_until(self):
        """Return in SQL until when the goods of a quant `q` of a template `t` may leave.

        NULL: they keep. Another addon may know better; Odoo must not reserve them then either.
        """
        return SQL("NULL::timestamp")

    @api.model
    def _get_backorder_free(self, moves):
        """Return what is free where each of the moves takes from: Odoo's own answer.

        With one search for all of them.

        :param moves: `stock.move` records
        :return: a dict of (product, location) to a quantity in the unit of the product
        """
        quants = self.sudo()
        quants = at_work(quants, batch=Batch(quants._find_backorder_stock(moves)))
        pairs = {(move.product_id, move.location_id) for move in moves}
        return {pair: quants._get_available_quantity(*pair) for pair in pairs}

    @api.model
    def _get_backorder_batch(self, moves):
        """Return the stock of the moves as a :class:`Batch`, locked.

        :raises LockError: when somebody is working with that stock
        """
        stock = self._find_backorder_stock(moves)
        ids = {quant_id for ids in stock.values() for quant_id in ids}
        self.browse(sorted(ids)).lock_for_update(allow_referencing=True)
        return Batch(stock, ids)

    @api.model
    def _find_backorder_stock(self, moves):
        """Find the stock of all moves at once, in the order in which `_gather` would find it.

        What is not found by its order alone, as the closest, is left to `_gather`.

        :return: a dict of :class:`Wanted` to the ids of quants
        """
        stock, alike = {}, defaultdict(dict)
        for pile in {(move.product_id, move.location_id) for move in moves}:
            strategy = self._get_removal_strategy(*pile)
            if strategy in ("fifo", "lifo"):
                order = self._get_removal_strategy_order(strategy)
                domain = self._get_gather_domain(*pile)
                alike[_of_anything_anywhere(domain), order][pile] = domain
        for (_domain, order), domains in alike.items():
            quants = self._find_backorder_quants(domains, order).grouped("product_id")
            for product, location in domains:
                inside = quants.get(product, self.browse()).filtered(
                    lambda quant, location=location: quant.location_id._child_of(location)
                )
                # As `_gather` does: what is in a lot goes first.
                inside = inside.sorted(lambda quant: not quant.lot_id)
                stock[self._get_backorder_wanted(product, location)] = inside._ids
        return stock

    @api.model
    def _find_backorder_quants(self, domains, order):
        """Return the quants of some products in or below some locations, in an order.

        :param dict domains: (product, location) to a domain, alike but for these
        """
        products, locations = zip(*domains, strict=True)
        domain = (
            _of_anything_anywhere(next(iter(domains.values())))
            & Domain("product_id", "in", [product.id for product in products])
            & Domain("location_id", "child_of", list({location.id for location in locations}))
        )
        return self.search_fetch(domain, order=order)


def _of_anything_anywhere(domain):
    """Return the domain without its conditions on the product and the location."""
    return domain.map_conditions(
        lambda condition: (
            Domain.TRUE if condition.field_expr in ("product_id", "location_id") else condition
        )
    )
