from odoo.tests import tagged

from .common import QueueCommon


@tagged("post_install", "-at_install")
class TestQueryCounts(QueueCommon):
    """What must not grow: queries of a release, a receipt, a short delivery, a sweep."""

    def _queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _release_cost(self, count):
        for _number in range(count):
            self._waiting(1)
        self._stock(self.gadget, count)
        moves = self.env["stock.move"]
        queries = self._queries(moves._cron_backorder_secondary)
        self.assertFalse(moves.search(moves._backorder_held_domain()))
        return queries

    def test_release_of_an_order(self):
        self._release_cost(1)  # what is read once and kept
        few, many = self._release_cost(2), self._release_cost(12)
        # 1 with sale_stock alone, the number of the transfer; the neighbours of the host read for
        # themselves, sale_mrp most.
        self.assertLessEqual((many - few) / 10, 9)

    def test_release_of_as_many_products(self):
        """The stock of a batch is searched at once, however many products it has."""
        counts = []
        for number in (2, 12, 2, 12):
            products = [self._product(f"Good {index}") for index in range(number)]
            for product in products:
                self._waiting(1, product=product)
                self._stock(product, 1)
            moves = self.env["stock.move"]
            counts.append(self._queries(moves._cron_backorder_secondary))
            self.assertFalse(moves.search(moves._backorder_held_domain()))
        self.assertLessEqual((counts[3] - counts[2]) / 10, 10)

    def test_receipt_costs_the_same_whoever_waits(self):
        nobody = self._incoming(self.gizmo, 50)
        nobody.move_ids.write({"quantity": 50, "picked": True})
        queries = self._queries(nobody.button_validate)
        for _number in range(10):
            self._waiting(5)
        waited_for = self._incoming(self.gadget, 50)
        waited_for.move_ids.write({"quantity": 50, "picked": True})
        self.assertLessEqual(self._queries(waited_for.button_validate), queries + 5)

    def test_short_delivery_is_not_dearer_than_in_odoo(self):
        def cost(active):
            self.company.backorder_automation = active
            self._stock(self.gadget, 1)
            picking = self._order((self.gadget, 2)).picking_ids
            picking.move_ids.write({"quantity": 1, "picked": True})
            return self._queries(picking.with_context(skip_backorder=True).button_validate)

        costs = [(cost(True), cost(False)) for _round in range(3)]
        ours, native = map(min, zip(*costs, strict=True))
        self.assertLessEqual(ours, native)

    def test_sweep_with_nothing_to_do(self):
        """However many wait: the figures of the activities are compared in one query."""
        for _number in range(10):
            self._waiting(1)
        sweep = self.env["stock.move"]._cron_backorder_secondary
        sweep()  # tells the salespersons, once
        self.assertLessEqual(self._queries(sweep), 29)
