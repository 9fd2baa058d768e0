from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..batch import Batch, Found
from ..const import EPSILON
from ..engine import Place
from ..work import at_work, work_of


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
        """Answer what a batch knows already: which stock of a product there is in a place."""
        batch = work_of(self.env).batch
        if batch and self.env.su and not (lot_id or package_id or owner_id or strict):
            domain = self._get_gather_domain(product_id, location_id)
            found = batch.find(product_id, location_id, domain)
            if found is not None:
                return self.browse(found._ids)
        return super()._gather(product_id, location_id, lot_id, package_id, owner_id, strict, qty)

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
            place = (product_id, location_id, lot_id, package_id, owner_id)
            quantity -= batch.pop_booked(place)
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
        quants = self.browse().union(*(found.quants for found in stock.values()))
        quants.lock_for_update(allow_referencing=True)
        return Batch(stock, quants._ids)

    @api.model
    def _find_backorder_stock(self, moves):
        """Find the stock of all moves at once, where `_gather` would search for each of them.

        Not what leaves in the fewest packages: that depends on the quantity. The closest is asked
        for product by product.

        :return: a dict of (product, location) to :class:`Found`
        """
        stock, alike = {}, defaultdict(dict)
        for place in {(move.product_id, move.location_id) for move in moves}:
            strategy, domain = self._get_removal_strategy(*place), self._get_gather_domain(*place)
            if strategy == "closest":
                stock[place] = Found(domain, self._gather(*place))
            elif strategy != "least_packages":
                order = self._get_removal_strategy_order(strategy) or self._order
                alike[_of_anything_anywhere(domain), order][place] = domain
        for (_domain, order), domains in alike.items():
            quants = self._find_backorder_quants(domains, order).grouped("product_id")
            for (product, location), domain in domains.items():
                inside = quants.get(product, self.browse()).filtered(
                    lambda quant, location=location: quant.location_id._child_of(location)
                )
                # As `_gather` does: what is in a lot goes first.
                found = Found(domain, inside.sorted(lambda quant: not quant.lot_id))
                stock[product, location] = found
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
