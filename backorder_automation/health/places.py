"""Reservations, and what was archived under those who wait."""

from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from .check import RecordsCheck
from .demand import Findings

_lt = LazyTranslate(__name__)


class Leaked(Findings):
    key = "leaked"
    name = _lt("Reserved Is Not What the Transfers Have")
    text = _lt("Reservations leaked in %s places.")
    advice = _lt("Mend the reservations: goods are kept for nobody, or given away twice.")

    def mend(self):
        """Mend as the button of the check does; the log of runs tells what was mended."""
        turns, check = self.env["backorder.turn"], self.env["backorder.check"]
        turns._take(check._get_leak_turns(self.companies))
        check._mend(self.companies, "user")


class Overreserved(Leaked):
    key = "reserved"
    name = _lt("More Reserved than on Hand")
    text = _lt("More is reserved than lies in %s places.")
    advice = _lt("Unreserve what is not there, and check availability again.")

    def mend(self):
        """Mend what leaked; whatever is still too much the youngest transfers give up."""
        super().mend()
        check = self.env["backorder.check"].sudo()
        for vals in check._find_over_reserved(self.companies):
            lines = self.env["stock.move.line"].sudo()
            lines = lines.search(
                [
                    ("product_id", "=", vals["product_id"]),
                    ("location_id", "=", vals["location_id"]),
                    ("state", "in", ("assigned", "partially_available")),
                    ("picked", "=", False),
                ],
                order="id desc",
            )
            for line in lines:
                if self.is_too_much(line):
                    line.unlink()

    def is_too_much(self, line):
        """Return whether more is reserved than there is of what a line has reserved."""
        goods = (line.product_id, line.location_id, line.lot_id, line.package_id, line.owner_id)
        quants = line.env["stock.quant"]._gather(*goods, strict=True)
        on_hand = max(0.0, sum(quants.mapped("quantity")))
        reserved = sum(quants.mapped("reserved_quantity"))
        return line.product_id.uom_id.compare(reserved, on_hand) > 0


class Archived(RecordsCheck):
    """Demand for products nobody finds in a list any more."""

    key = "archived"
    name = _lt("Waiting for an Archived Product")
    text = _lt("%s lines wait for archived products.")
    advice = _lt("Take the product out of the archive, or do not ship these lines.")

    def domain(self):
        """Held demand of archived products."""
        return Domain("backorder_held", "=", True) & Domain("product_id.active", "=", False)

    def mend(self):
        """Unarchive the products."""
        self.records().product_id.action_unarchive()


class ArchivedPlace(RecordsCheck):
    """Demand that takes from where nothing comes any more."""

    key = "place"
    name = _lt("Waiting in an Archived Warehouse")
    text = _lt("%s lines wait for goods in an archived warehouse or location.")
    level = "danger"
    advice = _lt("Take the warehouse or location out of the archive, or give these lines back.")

    def domain(self):
        """Held demand of archived warehouses or locations."""
        gone = Domain("warehouse_id.active", "=", False) & Domain("warehouse_id", "!=", False)
        return Domain("backorder_held", "=", True) & (
            gone | Domain("location_id.active", "=", False)
        )

    def mend(self):
        """Unarchive them."""
        moves = self.records()
        moves.warehouse_id.filtered(lambda one: not one.active).action_unarchive()
        moves.location_id.filtered(lambda one: not one.active).action_unarchive()


class Ways(RecordsCheck):
    """Demand whose rule, operation type or next place was archived."""

    key = "way"
    name = _lt("Waiting without a Way to the Customer")
    text = _lt("%s lines wait with a rule or operation type that was archived.")
    advice = _lt("Send these lines along the rules of today.")

    def domain(self):
        """Held demand that was not set aside, a part of whose way was archived."""
        held = Domain("backorder_held", "=", True) & Domain("backorder_retry_date", "=", False)
        ways = self.env["stock.move"].sudo()._fetch_backorder_lost_ways()
        return held & Domain.OR(
            Domain("rule_id", "=", rule_id or False)
            & Domain("picking_type_id", "=", type_id or False)
            & Domain("location_dest_id", "=", location_id)
            for rule_id, type_id, location_id in ways
        )

    def mend(self):
        """Find them another way."""
        self.env["stock.move"].sudo()._backorder_reroute_stale()
