"""How many whole kits some quantities of components make."""

from collections import defaultdict
from math import ceil, floor
from typing import NamedTuple

from odoo.tools import float_round

from odoo.addons.backorder_automation.engine import EPSILON, Together


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


class KitBond(Together):
    """The components of one order line: they get as much as makes whole kits.

    They stand in the queue with their best one. What makes no whole kit stays free.

    :param list rows: rows of the queue
    :param dict facts: move id to (the component in its kit, how much of it one kit has, how many
        kits are ordered)
    :param int digits: the precision of quantities
    """

    def __init__(self, rows, facts, digits):
        super().__init__(rows)
        self.facts = facts
        self.digits = digits

    def serve(self, rows, ledger, date=None):
        """Take for all rows as far as it makes whole kits.

        Where something free is left to others the reason is `kit` when another component is
        missing, and `part` when it is this one, of which less than for a whole kit is free.
        """
        groups = defaultdict(list)
        for row in rows:
            groups[self.facts[row.move_id][0]].append(row)
        kit = self._make_kit(rows)
        available = {
            key: self._try_component(group, kit.components[key].missing, ledger, date)
            for key, group in groups.items()
        }
        most = kit.get_most(available)
        taken = self._take_kits(kit, groups, most, ledger, date)
        reasons = {}
        for key, group in groups.items():
            reason = "short"
            if available[key] - sum(taken.get(row.move_id, 0.0) for row in group) > EPSILON:
                reason = "kit" if kit.get_ceiling(key, available[key]) > most else "part"
            for row in group:
                is_served = taken.get(row.move_id, 0.0) > row.need - EPSILON
                reasons[row.move_id] = "served" if is_served else row.blocked or reason
        return taken, reasons

    def _make_kit(self, rows):
        """Return the :class:`Kit` of the order line."""
        missing, factors, ordered = defaultdict(float), {}, 0.0
        for row in rows:
            key, factors[key], ordered = self.facts[row.move_id]
            missing[key] += row.need
        components = {key: Component(factor, missing[key]) for key, factor in factors.items()}
        return Kit(ordered, components, self.digits)

    def _take_kits(self, kit, groups, most, ledger, date):
        """Take what is needed so that as many kits as possible are gone, at most `most`.

        A product that is in the kit twice may not be enough for both: then fewer are tried.

        :return: a dict of move id to a quantity in the unit of the product
        """
        taken = self._take_needs(kit, groups, most, ledger, date)
        if taken is not None:
            return taken
        least, most = min(kit.get_ceiling(key, 0.0) for key in groups), ceil(most) - 1
        while least < most:
            middle = ceil((least + most) / 2)
            mark = ledger.mark()
            if self._take_needs(kit, groups, middle, ledger, date) is None:
                most = middle - 1
            else:
                ledger.undo(mark)
                least = middle
        return self._take_needs(kit, groups, least, ledger, date) or {}

    def _take_needs(self, kit, groups, kits, ledger, date):
        """Take what is needed so that `kits` whole ones are gone; nothing and None where it lacks.

        :return: a dict of move id to a quantity in the unit of the product, or None
        """
        mark, taken = ledger.mark(), {}
        for key, group in groups.items():
            need = kit.get_need(key, kits)
            part = self._take_component(group, need, ledger, date)
            if sum(part.values()) < need - EPSILON:
                ledger.undo(mark)
                return None
            taken.update(part)
        return taken

    def _take_component(self, rows, quantity, ledger, date):
        """Take this much for the rows of one component, in their order: a dict by move id."""
        taken = {}
        for row in rows:
            want = min(row.need, quantity)
            if want > EPSILON and not row.blocked:
                taken[row.move_id] = ledger.serve(row, want, date)
                quantity -= taken[row.move_id]
        return taken

    def _try_component(self, rows, quantity, ledger, date):
        """Return how much of one component could be taken, in the unit of its product."""
        mark = ledger.mark()
        taken = self._take_component(rows, quantity, ledger, date)
        ledger.undo(mark)
        return sum(taken.values())
