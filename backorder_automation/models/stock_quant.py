from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import EPSILON
from ..engine import Place
from ..work import at_work, work_of


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        """Answer what was searched for a whole batch already (`_get_backorder_searches`)."""
        searches = work_of(self.env).quants
        if searches and self.env.su and not (offset or limit or kwargs):
            found = searches.get((str(domain), order))
            if found is not None:
                return found._as_query()
        return super()._search(domain, offset=offset, limit=limit, order=order, **kwargs)

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
        quants = at_work(quants, quants=quants._get_backorder_searches(moves))
        pairs = {(move.product_id, move.location_id) for move in moves}
        return {pair: quants._get_available_quantity(*pair) for pair in pairs}

    @api.model
    def _get_backorder_searches(self, moves):
        """Find the stock of all moves at once, where `_gather` would search for each of them.

        True while the quants are locked: a reservation changes what is reserved on a quant, not
        which quants there are. What is searched for in any other way, such as the fewest packages
        or goods that keep until a date, is not in it.

        :return: a dict of (domain as text, order), as `_gather` will ask, to the quants
        """
        alike = defaultdict(dict)
        for product, location in {(move.product_id, move.location_id) for move in moves}:
            domain = self._get_gather_domain(product, location)
            strategy = self._get_removal_strategy(product, location)
            order = self._get_removal_strategy_order(strategy) or self._order
            alike[str(_of_anything_anywhere(domain)), order][product, location] = domain
        searches = {}
        for (_text, order), domains in alike.items():
            quants = self._find_backorder_quants(domains, order).grouped("product_id")
            for (product, location), domain in domains.items():
                searches[str(domain), order] = quants.get(product, self.browse()).filtered(
                    lambda quant, location=location: quant.location_id._child_of(location)
                )
        return searches

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
