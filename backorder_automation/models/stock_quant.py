from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..batch import Batch, Wanted
from ..const import EPSILON
from ..engine import Place
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
        """Gather once for a batch what Odoo would search for each of its lines twice."""
        batch = work_of(self.env).batch
        keeps = batch is not None and self.env.su and not strict
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

    @api.model
    def _get_reserve_quantity(self, product_id, location_id, quantity, *args, **kwargs):
        """Reserve where the plan takes from: what others can take nowhere else is left to them.

        In each place of the plan what Odoo would reserve there, in its order.
        """
        places = work_of(self.env).places
        if places is None or quantity <= 0:
            return super()._get_reserve_quantity(product_id, location_id, quantity, *args, **kwargs)
        # The plan has counted full packs already.
        quants = super(StockQuant, self.with_context(packaging_uom_id=False))
        reserved = []
        for place, part in places.items():
            location = location_id.browse(place.location_id)
            everything = quants._get_reserve_quantity(
                product_id,
                location,
                self._get_available_quantity(product_id, location),
                *args,
                **kwargs,
            )
            part = min(part, quantity)
            for quant, free in everything:
                taken = min(free, part) if quant._get_backorder_place() == place else 0.0
                if taken > EPSILON:
                    reserved.append((quant, taken))
                    part -= taken
                    quantity -= taken
        return reserved

    def _get_backorder_place(self):
        """Return the :class:`Place` of the plan where these goods are."""
        self.ensure_one()
        return Place(self.location_id.id, None)

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
        for place in {(move.product_id, move.location_id) for move in moves}:
            strategy = self._get_removal_strategy(*place)
            if strategy in ("fifo", "lifo"):
                order = self._get_removal_strategy_order(strategy)
                domain = self._get_gather_domain(*place)
                alike[_of_anything_anywhere(domain), order][place] = domain
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
