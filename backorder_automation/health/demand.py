"""Demand that is not what it should be."""

from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from .check import Check, RecordsCheck

_lt = LazyTranslate(__name__)


class Findings(Check):
    """What the Back Order Check finds of one kind."""

    level = "danger"

    def findings(self):
        """Return the values of what it found."""
        return self.facts.findings.get(self.key, [])

    def find(self):
        """Count them."""
        count = len(self.findings())
        return self.say(self.explain(count), count=count) if count else self.say()

    def moves(self):
        """Return the moves it found, to be mended."""
        return self.env["stock.move"].sudo().browse(vals["move_id"] for vals in self.findings())

    def look(self):
        """Show the check with what it found of this kind."""
        return self.env["backorder.check"]._show(self.findings())


class Lost(RecordsCheck):
    """Released transfers that cannot be picked any more."""

    key = "lost"
    name = _lt("Released, and Robbed of Its Goods")
    text = _lt("%s released lines lost their goods.")
    since = "backorder_release_date"
    advice = _lt("Let it take its place in the queue again.")

    def domain(self):
        """What was released, and lacks goods."""
        return (
            Domain("backorder_release_date", "!=", False)
            & Domain("backorder_held", "=", False)
            & Domain("state", "in", ("confirmed", "partially_available"))
            & Domain("company_id", "in", self.facts.on.ids)
            & Domain("move_orig_ids", "=", False)
            & Domain("picked", "=", False)
        )

    def mend(self):
        """Give them what is there; what lacks goes back into the queue."""
        lost = self.records()
        products = lost.product_id
        lost._action_assign()
        plan = lost._backorder_walk(products, is_now=True)
        lost._backorder_hold_lost_again(plan, products)


class Orphans(Findings):
    key = "orphan"
    name = _lt("Held for an Order That Is Gone")
    text = _lt("%s held lines belong to no confirmed order.")
    advice = _lt("Cancel this demand: nobody waits for it any more.")

    def mend(self):
        """Cancel them."""
        self.moves()._action_cancel()


class Misshapen(Findings):
    key = "shape"
    name = _lt("Held Demand That Is Not on Its Own")
    text = _lt("%s held lines have a transfer, a reservation or another state.")
    advice = _lt("Held demand has no transfer and no reservation: take them away.")

    def mend(self):
        """Let it wait alone; what a transfer carries, or is over, is not held."""
        moves = self.moves()
        carried = moves.filtered(lambda move: move.picking_id or move.state in ("done", "cancel"))
        carried.write({"backorder_held": False})
        alone = moves - carried
        alone.filtered("move_line_ids").move_line_ids.unlink()
        alone.filtered(lambda move: move.state == "draft")._action_confirm(
            merge=False, create_proc=False
        )
        alone._recompute_state()


class Quantities(Findings):
    key = "quantity"
    name = _lt("Ordered Is Not What Is Delivered and Open")
    text = _lt("%s order lines have more or less open than was ordered.")
    advice = _lt("Compare the order with its transfers and correct the order.")


class Forgotten(RecordsCheck):
    """Lines somebody paused without an end, and nobody resumed."""

    key = "forgotten"
    name = _lt("Paused by Somebody Who Left")
    text = _lt("%s lines are paused, and their salesperson is not here any more.")
    advice = _lt("Resume them, or let somebody else decide.")

    def domain(self):
        """Held demand, paused without an end, of an order whose salesperson was archived."""
        return (
            Domain("backorder_held", "=", True)
            & Domain("backorder_paused", "=", True)
            & Domain("backorder_not_before", "=", False)
            & Domain("sale_line_id.order_id.user_id.active", "=", False)
            & Domain("sale_line_id.order_id.user_id", "!=", False)
        )

    def mend(self):
        """Resume them."""
        self.records()._backorder_resume()


class Switched(RecordsCheck):
    """Held demand where nobody serves it."""

    key = "switched"
    name = _lt("Held where Back Orders Are Switched Off")
    text = _lt("%s lines are held in a company that releases nothing.")
    level = "danger"
    advice = _lt("Switch back order management on, or give these lines back.")

    def domain(self):
        """Held demand of the companies without back orders."""
        off = self.companies - self.facts.on
        return Domain("backorder_held", "=", True) & Domain("company_id", "in", off.ids)

    def mend(self):
        """Give them back, as switching off does."""
        self.records()._backorder_give_back()


class Untracked(RecordsCheck):
    """Held demand of products that nobody can reserve."""

    key = "untracked"
    name = _lt("Held, and Not Tracked in Stock Any More")
    text = _lt("%s lines wait for products whose stock is not tracked.")
    advice = _lt("Track the stock of the product again, or give these lines back.")

    def domain(self):
        """Held demand of products that are not stored any more."""
        return Domain("backorder_held", "=", True) & Domain("product_id.is_storable", "=", False)

    def mend(self):
        """Give them back."""
        self.records()._backorder_give_back()
