from collections import defaultdict

from odoo import models

from odoo.addons.backorder_automation.const import EPSILON
from odoo.addons.backorder_automation.models.backorder_newcomer_mixin import Left


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _get_backorder_contested(self, companies):
        """A kit is waited for where one of its components is."""
        kits = self._get_backorder_kit_components()
        components = self.union(*(self.browse(parts) for parts in kits.values()))
        contested = super(ProductProduct, self | components)._get_backorder_contested(companies)
        return self.filtered(
            lambda product: not set(kits.get(product, product.ids)).isdisjoint(contested.ids)
        )

    def _ask_backorder_left(self, places):
        """Return for a kit what the components leave: as many whole kits as there are of each."""
        kits = self._get_backorder_kit_components()
        others = self.filtered(lambda product: product not in kits)
        answers = super(ProductProduct, others)._ask_backorder_left(places)
        asked = [
            (kit, place, pack, component._get_backorder_request(place))
            for kit, parts in kits.items()
            for component, pack in ((self.browse(part), pack) for part, pack in parts.items())
            for place in places
        ]
        found = defaultdict(list)
        lefts = (
            self.env["stock.move"]
            .sudo()
            ._get_backorder_left(
                [
                    request._replace(deadline=kit._get_backorder_request(place).deadline, pack=pack)
                    for kit, place, pack, request in asked
                ]
            )
        )
        for (kit, place, pack, _request), left in zip(asked, lefts, strict=True):
            found[kit, place].append((int(left.quantity / pack + EPSILON), left.date))
        return answers + [(kit, self._make_backorder_kit(f)) for (kit, _place), f in found.items()]

    def _make_backorder_kit(self, found):
        """Return the :class:`Left` of kits. There is one more when there is of all that lack.

        :param list found: how many kits each component is enough for, and when for more
        """
        kits = min(count for count, _date in found)
        dates = [date for count, date in found if count == kits]
        return Left(float(kits), 0.0, max(dates) if all(dates) else None)

    def _get_backorder_kit_components(self):
        """Return what one kit of self has of each component that is tracked in stock.

        By the bill of materials of the company one looks at, as Odoo counts kits.

        :return: a dict of kit to {component id: quantity in the unit of the component}
        """
        boms = self.env["mrp.bom"].sudo()._bom_find(self, bom_type="phantom")
        kits = {}
        for kit, bom in boms.items():
            if not bom:
                continue
            line = self.env["sale.order.line"].sudo().new({"product_id": kit.id})
            parts = line._get_bom_component_qty(bom)
            kits[kit] = {
                component.id: parts[component.id]["qty"] / bom.product_qty
                for component in self.browse(parts)
                if component.is_storable and parts[component.id]["qty"] > EPSILON
            }
        return {kit: parts for kit, parts in kits.items() if parts}
