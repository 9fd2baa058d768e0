"""How many whole kits some quantities of components make."""

from math import floor
from typing import NamedTuple

from odoo.tools import float_round

from odoo.addons.backorder_automation.const import EPSILON


class Component(NamedTuple):
    """A component of the kits of one order line. Quantities are in the unit of its product."""

    factor: float  # of it in one kit
    missing: float  # held, or about to be: what the customer lacks and nothing carries


class Kit:
    """The kits of one order line, while components of them are missing.

    Everything counts from what is gone to the customer already: components that went out of
    proportion are evened out by the kits they still complete.
    """

    def __init__(self, ordered, components, digits):
        """Note what is ordered and missing.

        :param float ordered: how many kits, in the unit of the kit's product
        :param dict components: key to :class:`Component`
        :param int digits: the precision of quantities
        """
        self.ordered = ordered
        self.components = components
        self.digits = digits

    def _get_gone(self, component):
        """Return what of the component is with the customer or carried by a transfer."""
        return component.factor * self.ordered - component.missing

    def get_need(self, key, kits):
        """Return what of a component has to go, so that `kits` whole ones are gone."""
        component = self.components[key]
        if kits >= self.ordered - EPSILON:
            return component.missing
        need = kits * component.factor - self._get_gone(component)
        need = float_round(need, precision_digits=self.digits, rounding_method="UP")
        return min(component.missing, max(0.0, need))

    def get_ceiling(self, key, available):
        """Return how many kits this much of one component allows to be gone."""
        component = self.components[key]
        if available >= component.missing - EPSILON:
            return self.ordered
        gone = self._get_gone(component) + available
        return min(self.ordered, floor(gone / component.factor + EPSILON))

    def get_most(self, available):
        """Return how many kits can be gone with these quantities: a dict of key to quantity."""
        return min(self.get_ceiling(key, available.get(key, 0.0)) for key in self.components)
