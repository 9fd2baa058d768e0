from odoo.tests import tagged

from .common import QueueCommon


@tagged("post_install", "-at_install")
class TestReasons(QueueCommon):
    """Each line says why it waits."""

    def _reason(self, order):
        """Return the reason of what an order holds, or the reasons where that is several lines."""
        held = self._held(order)
        held.invalidate_recordset(["backorder_reason"])
        return held.backorder_reason if len(held) == 1 else held.mapped("backorder_reason")

    def test_served(self):
        order = self._waiting(5)
        self._stock(self.gadget, 5)
        self.assertIn("next run", self._reason(order))

    def test_schedules_off(self):
        order = self._waiting(5)
        self._stock(self.gadget, 5)
        (self.primary | self.secondary).active = False
        self.assertIn("switched off", self._reason(order))
        self.secondary.active = True
        self.assertIn("next run", self._reason(order))

    def test_schedule_of_incoming_goods_releases_only_those(self):
        self.secondary.active = False
        counted, received = self._waiting(5), self._waiting(5, product=self.gizmo)
        self._count(self.gadget, 5)
        self._receive(self.gizmo, 5)
        self.assertEqual(self._held(counted).backorder_reason_code, "off")
        self.assertEqual(self._held(received).backorder_reason_code, "served")
        self._run(self.primary)
        self.assertFalse(self._released(counted))
        self.assertTrue(self._released(received))

    def test_part_of_it_is_ready(self):
        order = self._waiting(5)
        self._stock(self.gadget, 3)
        self._incoming(self.gadget, 2)
        self.assertIn("3.0 of 5.0 is free", self._reason(order))
        self.assertIn("Next receipt", self._reason(order))
        self.assertEqual(self._held(order).backorder_reason_code, "served")

    def test_ahead_names_the_orders(self):
        first, second = self._waiting(5, promised=1), self._waiting(5, promised=2)
        self._stock(self.gadget, 5)
        self.assertIn(first.name, self._reason(second))

    def test_expected_names_the_receipt(self):
        order = self._waiting(5)
        receipt = self._incoming(self.gadget, 5)
        self.assertIn(receipt.name, self._reason(order))

    def test_nothing_ordered(self):
        self.assertIn("nothing more is ordered", self._reason(self._waiting(5)))

    def test_ordered_in_part_says_how_much(self):
        self._waiting(3, promised=1)
        order = self._waiting(5, promised=2)
        self._incoming(self.gadget, 5)
        self.assertIn("Only 2.0 of 5.0 is on its way", self._reason(order))

    def test_complete_names_the_products(self):
        order = self._order((self.gadget, 5), (self.gizmo, 5), picking_policy="one")
        order.action_mark_backordered()
        self._stock(self.gizmo, 5)
        gizmo = self._held(order).filtered(lambda move: move.product_id == self.gizmo)
        self.assertIn("waits for Gadget", gizmo.backorder_reason)

    def test_complete_says_the_same_of_a_line_read_alone(self):
        widget = self._product("Widget")
        order = self._complete((self.gadget, 5), (self.gizmo, 5), (widget, 5))
        self._stock(self.gadget, 5)
        self._stock(self.gizmo, 5)
        move_id = self._held_of(order, self.gizmo).id
        self.env.invalidate_all()
        alone = self.env["stock.move"].browse(move_id).backorder_reason
        self.assertEqual(alone, "The order ships complete and waits for Widget.")

    def test_complete_names_what_two_lines_or_those_ahead_leave_too_little_of(self):
        order = self._complete((self.gadget, 5), (self.gadget, 5))
        self._stock(self.gadget, 7)
        self.assertIn("waits for Gadget", self._reason(order)[0])
        ahead = self._waiting(5, product=self.gizmo, promised=-30)
        behind = self._complete((self.gizmo, 5), (self._product("Widget"), 5), promised=3)
        self._stock(self.gizmo, 5)
        self.assertEqual(self._served(ahead), [5])
        self.assertIn("waits for Gizmo, Widget", self._reason(behind)[0])

    def test_complete_names_the_line_that_is_paused(self):
        order = self._complete((self.gadget, 5), (self.gizmo, 5))
        self._held_of(order, self.gadget).backorder_paused = True
        self._stock(self.gadget, 5)
        self._stock(self.gizmo, 5)
        text = self._held_of(order, self.gizmo).backorder_reason
        self.assertRegex(text, "ships complete.*paused or failed: Gadget")

    def test_ahead_is_who_had_the_turn_before(self):
        """A complete order takes its gadgets when its urgent gizmo has its turn."""
        order = self._complete((self.gadget, 5), (self.gizmo, 5), promised=9)
        self._held_of(order, self.gizmo).priority = "1"
        between = self._waiting(5, promised=1)
        self._stock(self.gadget, 5)
        self._stock(self.gizmo, 5)
        self.assertEqual(self._held(between).backorder_reason_code, "ahead")
        self.assertIn(order.name, self._held(between).backorder_reason)

    def test_elsewhere_leaves_out_what_is_promised_there(self):
        other = self.env["stock.warehouse"].create({"name": "Far Away", "code": "FAR"})
        order, _there = self._waiting(5), self._waiting(12, warehouse_id=other.id)
        self._stock(self.gadget, 12, other.lot_stock_id)
        self.assertEqual(self._held(order).backorder_reason_code, "nothing")
        self._stock(self.gadget, 3, other.lot_stock_id)
        self.assertIn("Far Away (3", self._reason(order))

    def test_less_than_a_pack_is_of_no_use_whoever_is_ahead(self):
        self.gadget.categ_id = self.env["product.category"].create(
            {"name": "Packed", "packaging_reserve_method": "full"}
        )
        self._waiting(3, promised=-30)
        order = self._waiting_for_a_dozen()
        self._stock(self.gadget, 10)
        self.assertEqual(self._held(order).backorder_reason_code, "unusable")

    def test_reason_in_a_form_that_is_being_edited(self):
        held = self._held(self._waiting(5))
        self.assertIn("nothing more is ordered", held.new(origin=held).backorder_reason)

    def test_elsewhere_names_the_warehouse(self):
        order = self._waiting(5)
        other = self.env["stock.warehouse"].create({"name": "Far Away", "code": "FAR"})
        self._stock(self.gadget, 12, other.lot_stock_id)
        self.assertIn("Far Away (12", self._reason(order))

    def _waiting_for_a_dozen(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.gadget.uom_ids = dozen
        order = self._order((self.gadget, 1))
        order.order_line.product_uom_id = dozen
        order.action_mark_backordered()
        return order

    def test_full_packs_only(self):
        self.gadget.categ_id = self.env["product.category"].create(
            {"name": "Packed", "packaging_reserve_method": "full"}
        )
        order, behind = self._waiting_for_a_dozen(), self._waiting_for_a_dozen()
        self._stock(self.gadget, 5)
        self.assertIn("cannot take", self._reason(order))
        self.assertIn("cannot take", self._reason(behind))  # nobody ahead gets it either
        self._run()
        self.assertFalse(self._released(order))
        self._stock(self.gadget, 7)
        self._run(self.secondary)
        self.assertEqual(self._released(order).state, "assigned")

    def test_reserved_behind_names_the_transfer(self):
        self._stock(self.gadget, 5)
        rival = self._order((self.gadget, 5), commitment_date="2099-01-01")
        order = self._waiting(5, promised=1)
        self.assertIn(rival.picking_ids.name, self._reason(order))

    def test_reserved_for_the_same_order_is_no_find(self):
        """What the order itself has reserved is for the customer already."""
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8))
        order.action_mark_backordered()
        self.assertEqual(self._held(order).backorder_reason_code, "nothing")
        self._stock(self.gadget, 2)
        rival = self._order((self.gadget, 2), commitment_date="2099-01-01", confirm=False)
        rival.action_confirm()
        self.assertFalse(rival.picking_ids.move_ids.quantity)
        rival.picking_ids.action_backorder_take_anyway()
        self.env.invalidate_all()
        held = self._held(order)
        self.assertEqual(held.backorder_reason_code, "reserved")
        self.assertIn(rival.picking_ids.name, held.backorder_reason)
        self.assertNotIn(self._released(order).name, held.backorder_reason)

    def test_reasons_take_a_fixed_number_of_queries(self):
        def cost(orders):
            held = self.env["stock.move"].concat(*map(self._held, orders))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(all(held.mapped("backorder_reason")))
            return self.env.cr.sql_log_count - before

        orders = [self._waiting(quantity) for quantity in range(1, 3)]
        few = cost(orders)
        orders += [self._waiting(quantity) for quantity in range(1, 12)]
        self.assertLessEqual(cost(orders), few)
