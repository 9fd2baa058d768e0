from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.stock.models.stock_quant import StockQuant as OdooQuant

from ..batch import Batch
from ..work import at_work
from .common import QueueCommon


@tagged("post_install", "-at_install")
class TestReleaseStock(QueueCommon):
    """A batch takes the very stock that Odoo, order by order, would take."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shelves = cls.shelf + cls.env["stock.location"].create(
            [
                {"name": name, "location_id": cls.stock.id, "usage": "internal"}
                for name in ("Shelf 0", "Shelf 2")
            ]
        )

    def _kept_by(self, strategy, **values):
        """Return a product whose goods leave by a removal strategy of Odoo."""
        method = self.env["product.removal"].search([("method", "=", strategy)])
        category = self.env["product.category"].create(
            {"name": strategy, "removal_strategy_id": method.id}
        )
        return self._product(strategy, categ_id=category.id, **values)

    def _put(self, product, location, quantity, days, **values):
        """Put goods on a shelf that came in so many days ago."""
        self.env["stock.quant"]._update_available_quantity(
            product,
            location,
            quantity,
            in_date=fields.Datetime.subtract(fields.Datetime.now(), days=days),
            **values,
        )

    def _fill_shelves(self, product):
        """Put 3 + 3 + 3 of it on three shelves: neither the first nor the last came first."""
        for location, days in zip(self.shelves, (2, 3, 1), strict=True):
            self._put(product, location, 3, days)

    def _taken(self, orders):
        """Return what is reserved for the orders: from where, which lot, which package."""
        return sorted(
            (
                line.move_id.sale_line_id.order_id.id,
                line.product_id.name,
                line.location_id.name,
                line.lot_id.name or "",
                line.package_id.name or "",
                line.quantity,
            )
            for line in orders.order_line.move_ids.move_line_ids
        )

    def _taken_natively(self, orders):
        """Return what Odoo would reserve, one line after the other."""
        with self.env.cr.savepoint() as savepoint:
            held = self.env["stock.move"].concat(*(self._held(order) for order in orders))
            held.sudo().write({"backorder_held": False})
            for move in held:
                at_work(move, allowance={})._action_assign()
            taken = self._taken(orders)
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        return taken

    def _assert_taken_as_natively(self, orders):
        expected = self._taken_natively(orders)
        self.assertFalse(self._taken(orders))
        self._release()
        self.assertEqual(self._taken(orders), expected)
        return expected

    def _emptied(self, order, taken):
        """Return which shelf an order emptied, by product."""
        return {
            name: location
            for order_id, name, location, _lot, _package, quantity in taken
            if order_id == order.id and quantity == 3
        }

    def _release(self):
        self.env["stock.move"]._cron_backorder_secondary()

    def _two_orders_of(self, *products):
        orders = self.env["sale.order"]
        for _number in range(2):
            orders |= self._order(*((product, 4) for product in products))
        orders.action_mark_backordered()
        return orders

    def test_every_removal_strategy_in_one_batch(self):
        goods = [self._kept_by(strategy) for strategy in ("fifo", "lifo", "closest")]
        orders = self._two_orders_of(*goods)
        for product in goods:
            self._fill_shelves(product)
        taken = self._assert_taken_as_natively(orders)
        self.assertEqual(
            self._emptied(orders[0], taken),
            {"fifo": "Shelf 0", "lifo": "Shelf 2", "closest": "Shelf 0"},
        )

    def test_strategy_of_the_location(self):
        self.stock.removal_strategy_id = self.env.ref("stock.removal_lifo")
        orders = self._two_orders_of(self.gadget, self.gizmo)
        self._fill_shelves(self.gadget)
        self._fill_shelves(self.gizmo)
        taken = self._assert_taken_as_natively(orders)
        first = self._emptied(orders[0], taken)
        self.assertEqual(first, {"Gadget": "Shelf 2", "Gizmo": "Shelf 2"})

    def test_fewest_packages(self):
        packed, loose = self._kept_by("least_packages"), self.gadget
        orders = self._two_orders_of(packed, loose)
        for name, quantity in (("P1", 1), ("P5", 5), ("P4", 4)):
            package = self.env["stock.package"].create({"name": name})
            self._put(packed, self.shelf, quantity, quantity, package_id=package)
            self._put(loose, self.shelf, quantity, quantity)
        taken = self._assert_taken_as_natively(orders)
        packages = [row[4] for row in taken if row[0] == orders[0].id and row[4]]
        self.assertEqual(packages, ["P4"])

    def test_lots_before_what_has_none(self):
        tracked = self._product("Tracked", tracking="lot")
        orders = self._two_orders_of(tracked, self.gadget)
        self._put(tracked, self.shelf, 3, 9)
        for name, days in (("NEW", 1), ("OLD", 5)):
            lot = self.env["stock.lot"].create({"name": name, "product_id": tracked.id})
            self._put(tracked, self.shelf, 3, days, lot_id=lot)
        self._fill_shelves(self.gadget)
        taken = self._assert_taken_as_natively(orders)
        lots = [row[3] for row in taken if row[0] == orders[0].id and row[1] == "Tracked"]
        self.assertEqual(lots, ["NEW", "OLD"])

    def test_shelf_with_less_than_nothing(self):
        orders = self._two_orders_of(self.gadget, self.gizmo)
        for product in (self.gadget, self.gizmo):
            self._fill_shelves(product)
        self._put(self.gadget, self.shelf, -5, 0)
        self._assert_taken_as_natively(orders)

    def test_product_that_is_nowhere(self):
        orders = self._two_orders_of(self.gadget, self.gizmo)
        self._fill_shelves(self.gizmo)
        self.assertEqual({row[1] for row in self._assert_taken_as_natively(orders)}, {"Gizmo"})

    def _batch(self):
        """Return the stock on three shelves as a batch sees it that releases the gadget."""
        held = self._held(self._waiting(1))
        self._fill_shelves(self.gadget)
        quants = self.env["stock.quant"].sudo()
        return at_work(quants, batch=Batch(quants._find_backorder_stock(held)))

    def test_other_stock_is_searched_for_once(self):
        """Of one shelf, another product, an owner: not what the batch knows, until it was asked."""
        batch = self._batch()
        self._put(self.gizmo, self.shelf, 1, 0)
        asked = {
            (self.gadget, self.stock): 3,
            (self.gadget, self.shelf): 1,
            (self.gizmo, self.stock): 1,
            (self.gadget, self.stock, None, None, self.customer): 0,
        }
        for _round in range(2):
            for wanted, count in asked.items():
                self.assertEqual(len(batch._gather(*wanted)), count, wanted)
        queries = self.env.cr.sql_log_count
        for wanted in asked:
            batch._gather(*wanted)
        self.assertEqual(self.env.cr.sql_log_count, queries)
        self.assertFalse(batch._gather(self.gadget, self.stock, strict=True))
        self.assertEqual(len(batch._gather(self.gadget, self.shelf, strict=True)), 1)

    def test_addon_that_has_a_say_is_asked_each_time(self):
        """And a release takes nothing that it leaves out."""
        known = OdooQuant._gather
        order = self._waiting(5)
        self._put(self.gadget, self.shelf, 5, 0, owner_id=self.customer)

        def gather(quants, *wanted, **more):
            return known(quants, *wanted, **more).filtered(lambda quant: not quant.owner_id)

        with patch.object(OdooQuant, "_gather", gather):
            self._run(self.secondary)
            self.assertHeld(order, 5)
        self._run(self.secondary)
        self.assertHeld(order, 0)

    def test_nobody_may_be_said_in_two_ways(self):
        self._put(self.gadget, self.shelf, 5, 0)
        quants = self.env["stock.quant"]
        cache = quants._get_quants_by_products_locations(self.gadget, self.shelf)
        quants = quants.with_context(quants_cache=cache)
        lot, package = self.env["stock.lot"], self.env["stock.package"]
        for nobody in (False, self.env["res.partner"]):
            found = quants._gather(self.gadget, self.shelf, lot, package, nobody, strict=True)
            self.assertEqual(found.quantity, 5)

    def test_fewest_packages_are_searched_for_by_quantity(self):
        packed = self._kept_by("least_packages")
        held = self._held(self._waiting(1, product=packed))
        for name, quantity in (("P1", 1), ("P5", 5), ("P4", 4)):
            package = self.env["stock.package"].create({"name": name})
            self._put(packed, self.shelf, quantity, quantity, package_id=package)
        quants = self.env["stock.quant"].sudo()
        batch = at_work(quants, batch=Batch(quants._find_backorder_stock(held)))
        for quantity, packages in ((4, ["P4"]), (5, ["P5"]), (1, ["P1"])):
            found = batch._gather(packed, self.stock, qty=quantity)
            self.assertEqual(found.package_id.mapped("name"), packages)

    def test_batch_finds_what_odoo_finds(self):
        """In its order, whatever decides about it."""
        goods = [self._kept_by(strategy) for strategy in ("fifo", "lifo", "closest")]
        goods.append(self._product("Tracked", tracking="lot"))
        lot = self.env["stock.lot"].create({"name": "LOT", "product_id": goods[-1].id})
        held = self.env["stock.move"].concat(
            *(self._held(self._waiting(1, product=product)) for product in goods)
        )
        for product in goods:
            self._fill_shelves(product)
        self._put(goods[-1], self.shelf, 2, 1, lot_id=lot)
        quants = self.env["stock.quant"].sudo()
        batch = at_work(quants, batch=Batch(quants._find_backorder_stock(held)))
        for product in goods:
            found = batch._gather(product, self.stock)
            self.assertEqual(found._ids, quants._gather(product, self.stock)._ids, product.name)

    def test_searches_for_anything_else_are_no_business_of_a_batch(self):
        batch, gadget = self._batch(), [("product_id", "=", self.gadget.id)]
        self.assertEqual(batch.search_count(gadget), 3)
        self.assertEqual(len(batch.search(gadget, limit=2)), 2)
        self.assertEqual(batch._read_group(gadget, [], ["quantity:sum"]), [(9,)])

    def test_rules_of_a_user_hold(self):
        batch = self._batch()
        self.env["ir.rule"].create(
            {
                "name": "No shelves",
                "model_id": self.env["ir.model"]._get_id("stock.quant"),
                "domain_force": [("location_id", "!=", self.shelf.id)],
            }
        )
        self.assertIn(self.shelf, batch._gather(self.gadget, self.stock).location_id)
        seen = batch.with_user(self.shipper)._gather(self.gadget, self.stock)
        self.assertEqual(seen.location_id, self.shelves - self.shelf)
