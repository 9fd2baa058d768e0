from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import EPSILON
from ..engine import Place
from ..work import work_of


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
    def _get_backorder_searches(self, moves):
        """Find the stock of all moves at once, where `_gather` would search for each of them.

        True while the quants are locked: a reservation changes what is reserved on a quant, not
        which quants there are. What is searched for in any other way, such as the fewest packages
        or goods that keep until a date, is not in it.

        :return: a dict of (domain as text, order), as `_gather` will ask, to the quants
        """
        alike = defaultdict(dict)
        for location, group in moves.grouped("location_id").items():
            for product in group.product_id:
                domain = self._get_gather_domain(product, location)
                strategy = self._get_removal_strategy(product, location)
                order = self._get_removal_strategy_order(strategy) or self._order
                alike[str(_of_any_product(domain)), order][product.id] = domain
        searches = {}
        for (_text, order), domains in alike.items():
            anything = _of_any_product(next(iter(domains.values())))
            quants = self.search_fetch(
                anything & Domain("product_id", "in", list(domains)), order=order
            ).grouped(lambda quant: quant.product_id.id)
            for product_id, domain in domains.items():
                searches[str(domain), order] = quants.get(product_id, self.browse())
        return searches


def _of_any_product(domain):
    """Return the domain without its condition on the product."""
    return domain.map_conditions(
        lambda condition: Domain.TRUE if condition.field_expr == "product_id" else condition
    )
