from odoo.fields import Command
from odoo.tests import tagged

from .common_roads import RoadsCommon


@tagged("post_install", "-at_install")
class TestRoadsUnits(RoadsCommon):
    """Dozens, other units, packagings reserved only in full."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.pack = cls.env["uom.uom"].create(
            {"name": "Pack of 6", "relative_factor": 6, "relative_uom_id": cls.gadget.uom_id.id}
        )

    def _dozens(self, quantity, **values):
        order = self._order(confirm=False, **values)
        order.order_line = [self._line(self.gadget, quantity, product_uom_id=self.dozen.id)]
        order.action_confirm()
        return order

    def test_dozens_shipped_short_and_completed(self):
        """5 dozen ordered, 40 pieces shipped, 20 held."""
        self._stock(self.gadget, 40)
        order = self._dozens(5)
        self._validate(order.picking_ids).process()
        self.assertAlmostEqual(order.order_line.qty_backordered, 20 / 12, places=2)
        self.assertEqual(self._forecast(self.gadget), -20)
        self.assertWhole(order)
        self._arrive(order, 20)
        self.assertEqual(
            sum(self._released(order).move_line_ids.mapped("quantity_product_uom")), 20
        )
        self._walk_to_customer(order)
        self.assertComplete(order)

    def test_dozens_released_in_pieces_that_are_no_dozen(self):
        order = self._dozens(5)
        order.action_mark_backordered()
        for arrived in (7, 13, 25, 15):
            self._receive(self.gadget, arrived)
            self._release()
            self.assertWhole(order)
        self.assertHeld(order, 0)
        self._walk_to_customer(order)
        self.assertComplete(order)

    def test_parts_of_a_dozen_are_not_taken_for_too_much(self):
        """7, 13, 25 and 15 pieces are 5.01 dozens when each is rounded: nothing is cut off."""
        order = self._dozens(5)
        order.action_mark_backordered()
        for arrived in (7, 13, 25, 15):
            self._receive(self.gadget, arrived)
            self._release()
        pieces = self._released(order).move_ids.mapped("product_qty")
        self.assertEqual(sorted(pieces), [7, 13, 15, 25])
        self.assertEqual(order.order_line.qty_backordered, 5)
        self.assertFalse(self.env["backorder.check"]._check())

    def test_dozens_lowered_while_held(self):
        order = self._dozens(5)
        order.action_mark_backordered()
        self._arrive(order, 20)
        order.order_line.product_uom_qty = 3
        self.assertWhole(order)
        self._arrive(order, 16)
        self._walk_to_customer(order)
        self.assertComplete(order)

    def test_dozens_kept_on_the_move(self):
        """The company may keep the unit of the order on its transfers."""
        self.env["ir.config_parameter"].set_param("stock.propagate_uom", "1")
        order = self._dozens(5)
        self.assertEqual(order.order_line.move_ids.product_uom, self.dozen)
        order.action_mark_backordered()
        self._arrive(order, 24)
        self.assertEqual(sum(self._released(order).move_ids.mapped("product_qty")), 24)
        self.assertEqual(self._held(order).product_qty, 36)
        order.order_line.product_uom_qty = 4
        self.assertEqual(self._held(order).product_qty, 24)
        self.assertWhole(order)
        self._arrive(order, 24)
        self._walk_to_customer(order)
        self.assertComplete(order)

    def test_dozens_kept_on_the_move_and_corrected_in_pieces(self):
        self.env["ir.config_parameter"].set_param("stock.propagate_uom", "1")
        self._stock(self.gadget, 36)
        order = self._dozens(5)
        first = order.picking_ids
        self._validate(first).process()
        self.assertEqual(self._held(order).product_qty, 24)
        first.action_toggle_is_locked()
        first.move_line_ids.quantity = 4 if first.move_line_ids.product_uom_id == self.dozen else 48
        self.assertEqual(self._held(order).product_qty, 12)
        self.assertWhole(order)

    def _full_packs_only(self):
        category = self.env["product.category"].create(
            {"name": "Packs", "packaging_reserve_method": "full"}
        )
        self.gadget.categ_id = category
        self.gadget.uom_ids = [Command.link(self.pack.id)]
        order = self._order(confirm=False)
        order.order_line = [self._line(self.gadget, 3, product_uom_id=self.pack.id)]
        order.action_confirm()
        order.action_mark_backordered()
        return order

    def test_full_packs_are_released_in_full_packs(self):
        order = self._full_packs_only()
        self._arrive(order, 15)
        self.assertEqual(sum(self._released(order).move_ids.mapped("product_qty")), 12)
        self.assertEqual(sum(self._held(order).mapped("product_qty")), 6)
        self.assertWhole(order)

    def test_less_than_a_full_pack_makes_no_transfer(self):
        order = self._full_packs_only()
        self._arrive(order, 5)
        self.assertFalse(self._released(order))
        self.assertEqual(sum(self._held(order).mapped("product_qty")), 18)
        self._arrive(order, 1)
        self.assertEqual(sum(self._released(order).move_ids.mapped("product_qty")), 6)


@tagged("post_install", "-at_install")
class TestRoadsTracking(RoadsCommon):
    """Lots, serial numbers, owners."""

    def _lot(self, product, name):
        return self.env["stock.lot"].create({"name": name, "product_id": product.id})

    def _stock_lot(self, product, name, quantity, **values):
        lot = self._lot(product, name)
        self.env["stock.quant"]._update_available_quantity(
            product, self.stock, quantity, lot_id=lot, **values
        )
        return lot

    def test_lots_are_chosen_at_the_release(self):
        product = self._product("Lotted", tracking="lot")
        order = self._short(7, 0, product=product)
        lots = self._stock_lot(product, "L1", 3) | self._stock_lot(product, "L2", 2)
        self._release()
        transfer = self._released(order)
        self.assertEqual(transfer.move_line_ids.lot_id, lots)
        self.assertEqual(sum(transfer.move_line_ids.mapped("quantity")), 5)
        self.assertEqual(transfer.move_line_ids.picking_id, transfer)
        self.assertHeld(order, 2)
        self.assertWhole(order)

    def test_serial_numbers_are_released_one_by_one(self):
        product = self._product("Serial", tracking="serial")
        order = self._short(3, 0, product=product)
        for name in ("S1", "S2"):
            self._stock_lot(product, name, 1)
        self._release()
        transfer = self._released(order)
        self.assertEqual(transfer.move_line_ids.mapped("quantity"), [1, 1])
        self.assertHeld(order, 1)
        transfer.button_validate()
        self._stock_lot(product, "S3", 1)
        self._release()
        self._walk_to_customer(order)
        self.assertComplete(order)

    def test_serial_numbers_shipped_short(self):
        product = self._product("Serial", tracking="serial")
        for name in ("S1", "S2"):
            self._stock_lot(product, name, 1)
        order = self._order((product, 3))
        self._validate(order.picking_ids).process()
        self.assertHeld(order, 1)
        self.assertWhole(order)

    def test_lot_received_with_the_goods_is_shipped(self):
        product = self._product("Lotted", tracking="lot")
        order = self._short(4, 0, product=product)
        receipt = self._incoming(product, 4)
        receipt.move_ids.move_line_ids.unlink()
        receipt.move_ids.move_line_ids = [
            Command.create(
                {"product_id": product.id, "quantity": 4, "lot_name": "NEW", "picked": True}
            )
        ]
        receipt.move_ids.picked = True
        receipt.button_validate()
        self._release()
        self.assertEqual(self._released(order).move_line_ids.lot_id.name, "NEW")

    def test_short_lot_does_not_hide_another(self):
        """A lot counted below nothing must not use up the good one."""
        product = self._product("Lotted", tracking="lot")
        order = self._short(4, 0, product=product)
        self._stock_lot(product, "BAD", -10)
        self._stock_lot(product, "GOOD", 4)
        self._release()
        self.assertHeld(order, 0)
        self.assertEqual(self._released(order).state, "assigned")

    def test_goods_of_an_owner_serve_like_in_odoo(self):
        """Odoo reserves goods of any owner for a delivery without one: the release does too."""
        owner = self.env["res.partner"].create({"name": "Owner"})
        for product in (self.gadget, self.gizmo):
            self.env["stock.quant"]._update_available_quantity(
                product, self.stock, 4, owner_id=owner
            )
        native = self._order((self.gizmo, 4))
        self._stock(self.gadget, -4)
        order = self._short(4, 0)
        self._stock(self.gadget, 4)
        self._release()
        self.assertEqual(
            native.picking_ids.move_line_ids.owner_id,
            self._released(order).move_line_ids.owner_id,
        )
        self.assertWhole(order)

    def test_packed_goods_are_released_with_their_package(self):
        package = self.env["stock.package"].create({"name": "PACK-1"})
        order = self._short(4, 0)
        self.env["stock.quant"]._update_available_quantity(
            self.gadget, self.stock, 4, package_id=package
        )
        self._release()
        self.assertEqual(self._released(order).move_line_ids.package_id, package)
        self._walk_to_customer(order)
        self.assertComplete(order)


@tagged("post_install", "-at_install")
class TestRoadsKinds(RoadsCommon):
    """What is held, and what Odoo keeps: consumables, services, make to order."""

    def test_mixed_order_holds_only_what_is_stored(self):
        consumable = self._product("Consumable", is_storable=False)
        service = self.env["product.product"].create({"name": "Service", "type": "service"})
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8), (consumable, 8), (service, 2))
        for move in order.picking_ids.move_ids:
            move.quantity = 5
            move.picked = True
        self._validate(order.picking_ids).process()
        self.assertEqual(self._held(order).product_id, self.gadget)
        self.assertEqual(self._released(order).move_ids.product_id, consumable)
        self.assertEqual(self._released(order).move_ids.product_uom_qty, 3)

    def test_archived_product_is_still_delivered(self):
        order = self._short()
        self._receive(self.gadget, 33)
        self.gadget.active = False
        self._release()
        self._walk_to_customer(order)
        self.assertComplete(order)

    def _mto(self, method):
        """Supply the warehouse from another one, to order."""
        supply = self._other_warehouse()
        self.warehouse.resupply_wh_ids = supply
        route = self.warehouse.resupply_route_ids
        mto = self.env.ref("stock.route_warehouse0_mto")
        mto.active = True
        mto.rule_ids.filtered(
            lambda rule: rule.warehouse_id == self.warehouse or rule.location_src_id == self.stock
        ).procure_method = method
        self.gadget.route_ids = route | mto
        return supply

    def test_make_to_order_stays_native(self):
        self._mto("make_to_order")
        order = self._order((self.gadget, 10))
        delivery = order.picking_ids.filtered(lambda p: p.location_dest_id.usage == "customer")
        self.assertEqual(delivery.move_ids.procure_method, "make_to_order")
        with self.assertRaisesRegex(Exception, "no waiting transfer"):
            order.action_mark_backordered()
        self.assertHeld(order, 0)

    def test_make_to_stock_or_order_procures_the_shortage_once(self):
        """5 in stock of 12: 7 come from the other warehouse, through every step of a back order."""
        supply = self._mto("mts_else_mto")
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 12))
        delivery = order.picking_ids.filtered(lambda p: p.location_dest_id.usage == "customer")
        asked = self.env["stock.move"].search(
            [
                ("product_id", "=", self.gadget.id),
                ("location_id", "child_of", supply.view_location_id.id),
            ]
        )
        self.assertEqual(sum(asked.mapped("product_uom_qty")), 7)
        self._ship(delivery, 5).process()
        self.assertHeld(order, 7)
        self._receive(self.gadget, 4)
        self._release()
        asked = self.env["stock.move"].search(
            [
                ("product_id", "=", self.gadget.id),
                ("location_id", "child_of", supply.view_location_id.id),
            ]
        )
        self.assertEqual(sum(asked.mapped("product_uom_qty")), 7)
        self.assertWhole(order)
