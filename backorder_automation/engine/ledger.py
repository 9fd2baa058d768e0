"""What can be given away, and a journal of who took what."""

from bisect import insort
from collections import defaultdict
from datetime import datetime
from itertools import combinations

from .rows import EPSILON, Pile, Share


class Ledger:
    """Goods by product and pile. Every `serve` is noted, so that it can be undone.

    A row takes from its location and everything below, so two rows may share only part of what
    there is.

    :param dict paths: location id to its path, as `/1/7/8/`
    :param dict free: product id to {:class:`Pile`: quantity};
        below zero where more was shipped than there was
    :param dict wanted_in: product id to the ids of the locations from which it is wanted
    """

    def __init__(self, paths, free, wanted_in=None):
        self._paths = paths
        self._pools = free
        self._journal = []
        self._kept = []  # taken out of the journal: nobody has it, and nobody gets it
        self._reachable = defaultdict(dict)  # product id to {location id: its piles}
        self._perishable = {
            product_id
            for product_id, pool in free.items()
            if any(pile.keeps_until for pile in pool)
        }
        self._uneven = self._perishable | {
            product_id
            for product_id, location_ids in (wanted_in or {}).items()
            if any(self.is_shared(*pair) for pair in combinations(location_ids, 2))
        }

    def is_below(self, location_id, ancestor_id):
        """Return whether the location is the other one or lies below it."""
        return self._paths[location_id].startswith(self._paths[ancestor_id])

    def is_shared(self, location_id, other_id):
        """Return whether rows of the two locations may take the same goods."""
        return self.is_below(location_id, other_id) or self.is_below(other_id, location_id)

    def free(self, product_id, location_id, date=None):
        """Return what is left to take at or below the location.

        :param datetime date: only what keeps until then
        """
        pool = self._pools.get(product_id, {})
        piles = self._get_piles(product_id, location_id)
        if date:
            piles = [p for p in piles if not p.keeps_until or p.keeps_until >= date]
        return max(0.0, sum(pool[pile] for pile in piles))

    def has_left(self, product_ids):
        """Return whether anything of these products is left to take."""
        return any(
            quantity > EPSILON
            for product_id in product_ids
            for quantity in self._pools.get(product_id, {}).values()
        )

    def get_left(self):
        """Return the ids of the products of which anything is left to take."""
        return {product_id for product_id in self._pools if self.has_left((product_id,))}

    def receive(self, receipt):
        """Put what a :class:`Receipt` brings where it can be taken."""
        pile = Pile(receipt.location_id, None, receipt.move_id, receipt.date)
        pool = self._pools.setdefault(receipt.product_id, {})
        pool[pile] = pool.get(pile, 0.0) + receipt.quantity
        for location_id, piles in self._reachable[receipt.product_id].items():
            if self.is_below(pile.location_id, location_id):
                insort(piles, pile, key=self._get_pile_key)

    def clear(self, product_ids):
        """Forget what came and was used up: the next walk need not look at it again."""
        for product_id in product_ids:
            pool = self._pools.get(product_id, {})
            used_up = {pile for pile, left in pool.items() if pile.move_id and left < EPSILON}
            for pile in used_up:
                del pool[pile]
            for location_id, piles in self._reachable[product_id].items() if used_up else ():
                kept = [pile for pile in piles if pile not in used_up]
                self._reachable[product_id][location_id] = kept

    def serve(self, row, need, date=None):
        """Take up to `need` for a row, in its full packs; return what was taken.

        :param datetime date: when it is taken; the goods have to keep until the row leaves
        :return: a quantity, a :class:`Share` where it matters from where
        """
        product_id = row.product_id
        piles = self._get_piles(product_id, row.location_id)
        if product_id in self._perishable:
            leaves = max(row.date, date) if date else row.date
            piles = [p for p in piles if not p.keeps_until or p.keeps_until >= leaves]
        if not piles:
            return 0.0
        pool = self._pools[product_id]
        free = pool[piles[0]] if len(piles) == 1 else sum(pool[pile] for pile in piles)
        if row.pack_size:
            free = (free + EPSILON) // row.pack_size * row.pack_size
        quantity = min(need, free)
        if quantity <= 0:
            return 0.0
        mark = len(self._journal)
        self._take(row.move_id, product_id, pool, piles, quantity)
        if product_id not in self._uneven:
            return quantity
        share = Share(quantity)
        share.piles = {pile: part for _move_id, _product_id, pile, part in self._journal[mark:]}
        return share

    def mark(self):
        """Return where the journal stands, for `undo` and `get_taken`."""
        return len(self._journal)

    def undo(self, mark):
        """Put back what was taken since."""
        while len(self._journal) > mark:
            _move_id, product_id, pile, quantity = self._journal.pop()
            self._pools[product_id][pile] += quantity

    def hold(self, mark):
        """Let nobody have what was taken since, neither who took it nor anybody else."""
        self._kept += self._journal[mark:]
        del self._journal[mark:]

    def let_go(self):
        """Put back what is on hold."""
        for _move_id, product_id, pile, quantity in self._kept:
            self._pools[product_id][pile] += quantity
        self._kept = []

    def expect(self, receipts):
        """Return a ledger of what some receipts are going to bring, and of nothing else."""
        coming = Ledger(self._paths, {})
        for receipt in receipts:
            coming.receive(receipt)
        return coming

    def make_twin(self):
        """Return a ledger of the same goods, of which nobody took anything yet."""
        twin = Ledger(self._paths, {key: dict(pool) for key, pool in self._pools.items()})
        twin._perishable, twin._uneven = self._perishable, self._uneven
        return twin

    def get_last_date(self, mark):
        """Return when the last of what was taken since comes; None where all of it is there."""
        dates = [pile.date for _m, _p, pile, _q in self._journal[mark:] if pile.date]
        return max(dates, default=None)

    def get_taken(self, mark):
        """Return who took what since: {move id: {:class:`Pile`: quantity}}."""
        taken = defaultdict(dict)
        for move_id, _product_id, pile, quantity in self._journal[mark:]:
            taken[move_id][pile] = taken[move_id].get(pile, 0.0) + quantity
        return taken

    def _get_piles(self, product_id, location_id):
        """Return the piles at or below the location where the product is or was."""
        pool = self._pools.get(product_id)
        if not pool:
            return ()
        reachable = self._reachable[product_id]
        if location_id not in reachable:
            below = [pile for pile in pool if self.is_below(pile.location_id, location_id)]
            reachable[location_id] = sorted(below, key=self._get_pile_key)
        return reachable[location_id]

    def _get_pile_key(self, pile):
        """Return what sorts piles: first what has to go first, then what the fewest can reach.

        Whoever may take from everywhere leaves the shelf to those who may take from it only.
        """
        return (
            pile.keeps_until or datetime.max,
            self._paths[pile.location_id].count("/"),
            pile.location_id,
            pile.date or datetime.min,
        )

    def _take(self, move_id, product_id, pool, piles, quantity):
        """Take a quantity that is there, pile by pile, and note it."""
        for pile in piles:
            part = min(quantity, pool[pile])
            if part > 0:
                pool[pile] -= part
                self._journal.append((move_id, product_id, pile, part))
                quantity -= part
                if quantity <= 0:
                    return
