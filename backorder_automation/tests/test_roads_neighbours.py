"""Roads through addons this one does not depend on: run where they are installed."""

from odoo.fields import Command
from odoo.tests import tagged

from .common_roads import RoadsCommon


class NeighbourCommon(RoadsCommon):
    """Tests that need another addon."""

    neighbour = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.neighbour not in cls.registry._init_modules:
            cls.skipTest(cls, f"{cls.neighbour} is not installed")


@tagged("post_install", "-at_install", "-standard", "neighbours")
class TestRoadsBatch(NeighbourCommon):
    """Transfers are validated in batches."""

    neighbour = "stock_picking_batch"

    def _batch(self, pickings):
        batch = self.env["stock.picking.batch"].create({"picking_ids": [Command.set(pickings.ids)]})
        batch.action_confirm()
        return batch

    def _dialog(self, action):
        return self.env["stock.backorder.confirmation"].with_context(**action["context"])

    def test_short_batch_asks_about_every_line(self):
        self._stock(self.gadget, 13)
        whole, short = self._order((self.gadget, 8)), self._order((self.gadget, 8))
        batch = self._batch(whole.picking_ids | short.picking_ids)
        batch.move_ids.picked = True
        wizard = self._dialog(batch.action_done()).create({})
        wizard.process()
        self.assertEqual(batch.state, "done")
        self.assertComplete(whole)
        self.assertHeld(short, 3)
        self.assertWhole(short)

    def test_transfer_without_stock_leaves_the_batch_and_stays_native(self):
        self._stock(self.gadget, 8)
        served, waiting = self._order((self.gadget, 8)), self._order((self.gadget, 8))
        batch = self._batch(served.picking_ids | waiting.picking_ids)
        served.picking_ids.move_ids.picked = True
        batch.action_done()
        self.assertComplete(served)
        self.assertFalse(waiting.picking_ids.batch_id)
        self.assertWhole(waiting)
        self.assertHeld(waiting, 0)

    def test_released_transfer_finds_its_batch(self):
        self.warehouse.out_type_id.write({"auto_batch": True, "batch_group_by_partner": True})
        order = self._short(8, 0)
        transfer = self._arrive(order, 8)
        self.assertTrue(transfer.batch_id)
        transfer.batch_id.action_confirm()
        transfer.batch_id.action_done()
        self.assertComplete(order)

    def test_history_follows_into_a_wave(self):
        order = self._short(8, 0)
        self._stock(self.gadget, 3, self.shelf)
        self._stock(self.gadget, 5)
        self._release()
        released = self._released(order)
        history = released.move_ids._prepare_backorder_history_vals()
        lines = released.with_user(self.shipper).move_line_ids
        self.assertEqual(len(lines), 2)
        lines[:1]._add_to_wave()
        moves = self._released(order).move_ids
        self.assertEqual(sorted(moves.mapped("product_uom_qty")), [3, 5])
        self.assertEqual(len(moves.picking_id), 2)
        for move in moves:
            self.assertEqual(move._prepare_backorder_history_vals(), history)

    def test_released_transfer_cancelled_out_of_its_batch_is_held_again(self):
        first, second = self._short(8, 0), self._short(8, 0)
        self._receive(self.gadget, 16)
        self._release()
        batch = self._batch(self._released(first) | self._released(second))
        self._released(first).action_cancel()
        self.assertHeld(first, 8)
        self.assertEqual(batch.picking_ids, self._released(second))


@tagged("post_install", "-at_install", "-standard", "neighbours")
class TestRoadsPurchase(NeighbourCommon):
    """What is short is bought, once."""

    neighbour = "purchase_stock"

    def setUp(self):
        super().setUp()
        self.vendor = self.env["res.partner"].create({"name": "Vendor"})
        self.gadget.seller_ids = [Command.create({"partner_id": self.vendor.id})]
        self.buy = self.warehouse.buy_pull_id.route_id
        self.gadget.route_ids = self.buy

    def _reordering_rule(self):
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.gadget.id,
                "location_id": self.stock.id,
                "warehouse_id": self.warehouse.id,
                "product_min_qty": 0,
                "product_max_qty": 0,
                "trigger": "auto",
            }
        )

    def _purchased(self):
        """Run the scheduler twice; return what was bought in all."""
        for _run in range(2):
            self.env["stock.rule"].run_scheduler()
        lines = self.env["purchase.order.line"].search(
            [("product_id", "=", self.gadget.id), ("order_id.state", "!=", "cancel")]
        )
        return sum(lines.mapped("product_qty"))

    def _buy(self, quantity):
        """Confirm the purchase and receive so much of it."""
        purchase = self.env["purchase.order"].search([("partner_id", "=", self.vendor.id)])
        purchase.filtered(lambda order: order.state == "draft").button_confirm()
        receipt = purchase.picking_ids.filtered(lambda p: p.state == "assigned")
        receipt.move_ids.quantity = quantity
        receipt.move_ids.picked = True
        receipt.with_context(skip_backorder=True).button_validate()

    def test_reordering_rule_buys_the_shortage_once(self):
        self._reordering_rule()
        order = self._short()
        self.assertEqual(self._purchased(), 33)
        self._buy(20)
        self._release()
        self.assertHeld(order, 13)
        self.assertEqual(self._purchased(), 33)
        self._buy(13)
        self._release()
        self._walk_to_customer(order)
        self.assertComplete(order)
        self.assertEqual(self._purchased(), 33)

    def _mto(self, method):
        route = self.env.ref("stock.route_warehouse0_mto")
        route.active = True
        self.warehouse.mto_pull_id.procure_method = method
        self.gadget.route_ids = self.buy | route

    def test_bought_to_order_stays_native(self):
        self._mto("make_to_order")
        order = self._order((self.gadget, 10))
        self.assertEqual(self._purchased(), 10)
        self._buy(6)
        self._validate(self._released(order)).process()
        self.assertHeld(order, 0)
        self.assertWhole(order)
        self._buy(4)
        self._walk_to_customer(order)
        self.assertComplete(order)
        self.assertEqual(self._purchased(), 10)

    def test_make_to_stock_or_order_buys_the_shortage_once(self):
        self._mto("mts_else_mto")
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 12))
        self.assertEqual(self._purchased(), 7)
        self._validate(order.picking_ids).process()
        self.assertHeld(order, 7)
        self.assertEqual(self._purchased(), 7)
        self._buy(4)
        self._release()
        self.assertHeld(order, 3)
        self.assertEqual(self._purchased(), 7)
        self._buy(3)
        self._release()
        self._walk_to_customer(order)
        self.assertComplete(order)
        self.assertEqual(self._purchased(), 7)


@tagged("post_install", "-at_install", "-standard", "neighbours")
class TestRoadsExpiry(NeighbourCommon):
    """Goods with a date."""

    neighbour = "product_expiry"

    def test_goods_that_expire_first_are_released_first(self):
        product = self._product("Dated", tracking="lot", use_expiration_date=True)
        product.categ_id = self.env["product.category"].create(
            {
                "name": "Dated",
                "removal_strategy_id": self.env.ref("product_expiry.removal_fefo").id,
            }
        )
        order = self._short(4, 0, product=product)
        lots = self.env["stock.lot"].create(
            [
                {"name": name, "product_id": product.id, "removal_date": date}
                for name, date in (("LATE", "2099-01-01"), ("SOON", "2098-01-01"))
            ]
        )
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(product, self.stock, 4, lot_id=lot)
        self._release()
        self.assertEqual(self._released(order).move_line_ids.lot_id.name, "SOON")
