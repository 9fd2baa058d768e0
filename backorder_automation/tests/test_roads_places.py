from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_roads import RoadsCommon


@tagged("post_install", "-at_install")
class TestRoadsSteps(RoadsCommon):
    """The number of steps changes while demand is held."""

    def _walk_with_change(self, before, after):
        """Hold 33 under one configuration, release and ship under another."""
        self.warehouse.delivery_steps = before
        order = self._short()
        self._walk_to_customer(order)
        self.warehouse.delivery_steps = after
        self._receive(self.gadget, 33)
        self._release()
        self.assertWhole(order)
        self._walk_to_customer(order)
        self.assertComplete(order)
        stuck = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.gadget.id),
                ("location_id.usage", "=", "internal"),
                ("location_id", "child_of", self.warehouse.view_location_id.id),
                ("quantity", ">", 0),
            ]
        )
        self.assertFalse(stuck, "goods stand in Output without a next step")
        return order

    def test_two_steps_become_one_while_held(self):
        order = self._walk_with_change("pick_ship", "ship_only")
        last = order.picking_ids.sorted("id")[-1]
        self.assertEqual(last.picking_type_id, self.warehouse.out_type_id)

    def test_one_step_becomes_two_while_held(self):
        order = self._walk_with_change("ship_only", "pick_ship")
        self.assertEqual(len(order.picking_ids), 3)

    def test_three_steps_become_one_while_held(self):
        self._walk_with_change("pick_pack_ship", "ship_only")

    def test_one_step_becomes_three_while_held(self):
        self._walk_with_change("ship_only", "pick_pack_ship")

    def test_two_steps_become_three_while_held(self):
        self._walk_with_change("pick_ship", "pick_pack_ship")

    def test_three_steps_become_two_while_held(self):
        self._walk_with_change("pick_pack_ship", "pick_ship")

    def test_unchanged_steps_keep_the_move(self):
        """Counter-test."""
        order = self._short()
        held = self._held(order)
        self._arrive(order, 33)
        self.assertEqual(self._released(order).move_ids, held)

    def test_steps_changed_and_the_order_lowered_before_the_release(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._short(33, 0)
        self.warehouse.delivery_steps = "ship_only"
        order.order_line.product_uom_qty = 20
        self._arrive(order, 20)
        self._walk_to_customer(order)
        self.assertComplete(order)

    def test_rerouted_demand_is_not_procured_again(self):
        """Odoo counts the moves of the first rule only: raising the order must ask for 7."""
        order = self._walk_with_change("pick_ship", "ship_only")
        order.order_line.product_uom_qty = 540
        self.assertEqual(self._released(order).move_ids.product_uom_qty, 7)
        self.assertWhole(order)

    def test_raised_after_a_correction_in_more_steps(self):
        """A Pick of 500 of which 495 were delivered: raising the order must ask for 7 only."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self._short()
        self._walk_to_customer(order)
        ship = order.picking_ids.filtered(lambda p: p.location_dest_id.usage == "customer")
        ship.action_toggle_is_locked()
        ship.move_ids.quantity = 495
        order.order_line.product_uom_qty = 540
        self.assertHeld(order, 38)
        self.assertEqual(sum(self._released(order).move_ids.mapped("product_uom_qty")), 7)
        self.assertWhole(order)

    def test_picked_goods_of_a_cancelled_order_are_asked_for_again(self):
        """The goods of the cancelled Ship stand in Output: confirmed again, all 33 are owed."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self._short(33, 0)
        self._arrive(order, 33).button_validate()
        order._action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertEqual(sum(self._released(order).move_ids.mapped("product_uom_qty")), 33)
        self.assertWhole(order)

    def test_steps_changed_and_given_back(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._short(33, 0)
        self.warehouse.delivery_steps = "ship_only"
        order.action_unmark_backordered()
        self._receive(self.gadget, 33)
        self._released(order).action_assign()
        self._walk_to_customer(order)
        self.assertComplete(order)

    def test_receipt_in_two_steps_serves_when_it_is_put_away(self):
        self.warehouse.reception_steps = "two_steps"
        order = self._short()
        receipt = self._receive(self.gadget, 33)
        self._release()
        self.assertHeld(order, 33)
        store = receipt.move_ids.move_dest_ids.picking_id
        store.button_validate()
        self._release()
        self._walk_to_customer(order)
        self.assertComplete(order)

    def test_reception_steps_changed_while_held(self):
        order = self._short()
        self.warehouse.reception_steps = "three_steps"
        receipt = self._receive(self.gadget, 33)
        move = receipt.move_ids
        while move.move_dest_ids:
            move = move.move_dest_ids
            move.picking_id.button_validate()
        self._release()
        self._walk_to_customer(order)
        self.assertComplete(order)


@tagged("post_install", "-at_install")
class TestRoadsPlaces(RoadsCommon):
    """Rules, operation types and shelves change; other warehouses and companies."""

    def test_archived_rule_is_replaced_by_the_one_that_counts_today(self):
        order = self._short()
        old = self._held(order).rule_id
        new = old.copy({"name": "New rule"})
        old.active = False
        transfer = self._arrive(order, 33)
        self.assertEqual(transfer.move_ids.rule_id, new)
        self._walk_to_customer(order)
        self.assertComplete(order)

    def test_archived_operation_type_is_replaced_with_its_rule(self):
        order = self._short()
        rule = self._held(order).rule_id
        other = rule.picking_type_id.copy({"name": "Other", "sequence_code": "OTH"})
        rule.picking_type_id.active = False
        rule.picking_type_id = other
        transfer = self._arrive(order, 33)
        self.assertEqual(transfer.picking_type_id, other)

    def test_rule_that_makes_to_order_gets_the_demand_from_odoo(self):
        """The new rule orders for this customer: Odoo does it, nothing is held any longer."""
        order = self._short(33, 0)
        self._held(order).rule_id.copy({"procure_method": "make_to_order", "name": "To order"})
        self._held(order).rule_id.active = False
        supply = self._other_warehouse()
        self.env["stock.rule"].create(
            {
                "name": "From the other warehouse",
                "route_id": self.warehouse.delivery_route_id.id,
                "action": "pull",
                "picking_type_id": supply.out_type_id.id,
                "location_src_id": supply.lot_stock_id.id,
                "location_dest_id": self.stock.id,
                "procure_method": "make_to_stock",
                "warehouse_id": self.warehouse.id,
            }
        )
        self.env["stock.move"]._cron_backorder_secondary()
        self.assertHeld(order, 0)
        self.assertWhole(order)
        delivery = self._released(order).filtered(lambda p: p.location_id == self.stock)
        self.assertEqual(delivery.move_ids.procure_method, "make_to_order")
        self.assertEqual(delivery.move_ids.product_uom_qty, 33)

    def test_no_rule_left_says_so_and_waits(self):
        order = self._short()
        other = self._short(5, 0, product=self.gizmo, warehouse_id=self._other_warehouse().id)
        self._held(order).rule_id.route_id.rule_ids.active = False
        self._receive(self.gadget, 33)
        self._release()
        self.assertHeld(order, 33)
        self.assertIn("No rule", self._held(order).backorder_error)
        self.assertHeld(other, 5)

    def test_no_rule_left_and_put_back_later(self):
        order = self._short()
        rules = self._held(order).rule_id.route_id.rule_ids
        rules.active = False
        self._receive(self.gadget, 33)
        self._release()
        rules.active = True
        self._held(order).backorder_retry_date = False
        self._release()
        self._walk_to_customer(order)
        self.assertComplete(order)

    def test_narrowed_shelf_does_not_strand_a_released_rest(self):
        """A picker narrows the released transfer to a shelf and ships less."""
        order = self._short()
        self._receive(self.gadget, 33, self.shelf)
        self._release()
        transfer = self._released(order)
        transfer.location_id = self.shelf
        transfer.move_ids.location_id = self.shelf
        self._ship(transfer, 30).process()
        self._stock(self.gadget, -3, self.shelf)
        self._arrive(order, 3).button_validate()
        self.assertComplete(order)

    def test_each_warehouse_serves_its_own(self):
        other = self._other_warehouse()
        here, there = self._short(10, 5), self._short(10, 0, warehouse_id=other.id)
        self._receive(self.gadget, 10, warehouse=other)
        self._release()
        self.assertHeld(here, 5)
        self.assertHeld(there, 0)
        self.assertEqual(self._released(there).picking_type_id, other.out_type_id)

    def test_order_line_from_another_warehouse_of_the_same_order(self):
        """One order, two warehouses: two transfers, each from its own."""
        other = self._other_warehouse()
        order = self._short(10, 0)
        route = other.delivery_route_id
        route.sale_selectable = True
        order.order_line = [self._line(self.gadget, 6, route_ids=route.ids)]
        order.action_mark_backordered()
        self._receive(self.gadget, 10)
        self._receive(self.gadget, 6, warehouse=other)
        self._release()
        transfers = self._released(order)
        self.assertEqual(
            {(p.picking_type_id.warehouse_id, p.move_ids.product_uom_qty) for p in transfers},
            {(self.warehouse, 10), (other, 6)},
        )

    def test_transfer_between_warehouses_serves(self):
        """Goods sent over from another warehouse are incoming goods."""
        other = self._other_warehouse()
        self._stock(self.gadget, 33, other.lot_stock_id)
        order = self._short()
        transfer = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.int_type_id.id,
                "location_id": other.lot_stock_id.id,
                "location_dest_id": self.shelf.id,
                "move_ids": [
                    self._move_command(self.gadget, 33, other.lot_stock_id, self.shelf),
                ],
            }
        )
        transfer.action_confirm()
        transfer.action_assign()
        transfer.button_validate()
        self.env["stock.move"]._cron_backorder_primary()
        self.assertHeld(order, 0)

    def _move_command(self, product, quantity, source, destination):
        return self._line(product, quantity, location_id=source.id, location_dest_id=destination.id)

    def test_shelf_counted_empty_is_no_stock_and_no_error(self):
        """A count of zero leaves a shelf without a quantity at all."""
        order = self._short()
        self._count(self.gadget, 0, self.shelf)
        self.assertEqual(self._order((self.gadget, 1)).order_line.move_ids.quantity, 0)
        self._release()
        self.assertHeld(order, 33)

    def test_drop_location_of_the_customer_is_kept(self):
        """The user sent the short transfer elsewhere: the rest goes there too."""
        depot = self.env["stock.location"].create(
            {
                "name": "Depot",
                "usage": "customer",
                "location_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8))
        order.picking_ids.location_dest_id = depot
        order.picking_ids.move_ids.location_dest_id = depot
        self._ship(order.picking_ids, 5).process()
        transfer = self._arrive(order, 3)
        self.assertEqual(transfer.location_dest_id, depot)
        self.assertEqual(transfer.move_ids.location_dest_id, depot)


@tagged("post_install", "-at_install")
class TestRoadsCompanies(RoadsCommon):
    """Two companies with opposite settings, served by one job."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Other Company"})
        cls.env.user.company_ids += cls.other_company
        cls.other_stock = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.other_company.id)], limit=1
        )

    def _order_there(self, quantity):
        order = (
            self.env["sale.order"]
            .with_company(self.other_company)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.other_company.id,
                    "warehouse_id": self.other_stock.id,
                    "order_line": [self._line(self.gadget, quantity)],
                }
            )
        )
        order.action_confirm()
        return order

    def test_the_other_company_stays_native(self):
        self.assertFalse(self.other_company.backorder_automation)
        order = self._order_there(8)
        self._stock(self.gadget, 5, self.other_stock.lot_stock_id)
        order.picking_ids.action_assign()
        order.picking_ids.move_ids.picked = True
        order.picking_ids.with_context(skip_backorder=True).button_validate()
        self.assertHeld(order, 0)
        self.assertEqual(self._released(order).move_ids.product_uom_qty, 3)

    def test_the_job_serves_each_company_from_its_own_stock(self):
        self.other_company.backorder_automation = True
        here, there = self._short(10, 0), self._order_there(10)
        there.action_mark_backordered()
        self._stock(self.gadget, 10, self.other_stock.lot_stock_id)
        self._run(self.secondary)
        self.assertHeld(here, 10)
        self.assertHeld(there, 0)
        transfer = self._released(there)
        self.assertEqual(transfer.company_id, self.other_company)
        self.assertEqual(transfer.move_ids.company_id, self.other_company)

    def test_switching_off_one_company_leaves_the_other(self):
        self.other_company.backorder_automation = True
        here, there = self._short(10, 0), self._order_there(10)
        there.action_mark_backordered()
        self.other_company.backorder_automation = False
        self.assertHeld(here, 10)
        self.assertHeld(there, 0)
        self.assertEqual(self._released(there).move_ids.product_uom_qty, 10)

    def test_switched_off_company_cannot_mark(self):
        order = self._order_there(10)
        with self.assertRaises(UserError):
            order.action_mark_backordered()

    def test_each_company_has_its_own_queue_order(self):
        self.other_company.write(
            {"backorder_automation": True, "backorder_queue_order": "smallest"}
        )
        big, small = self._order_there(9), self._order_there(4)
        (big | small).action_mark_backordered()
        big_here, small_here = self._short(9, 0), self._short(4, 0)
        self._stock(self.gadget, 9)
        self._stock(self.gadget, 9, self.other_stock.lot_stock_id)
        self._release()
        self.assertHeld(small, 0)
        self.assertHeld(big, 4)
        self.assertHeld(big_here, 0)
        self.assertHeld(small_here, 4)
