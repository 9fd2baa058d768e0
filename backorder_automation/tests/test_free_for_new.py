from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from ..models import backorder_walk_mixin
from ..texts import format_day
from .common import QueueCommon


@tagged("post_install", "-at_install")
class TestFreeForNew(QueueCommon):
    """What is shown as free is what the guard gives to whoever orders now."""

    def _free(self, product=None, **context):
        """Return what the product shows, by default in the test's warehouse."""
        self.env.flush_all()
        self.env.invalidate_all()
        context = context or {"warehouse_id": self.warehouse.id}
        return (product or self.gadget).with_context(**context).backorder_free_qty

    def _next(self, product=None):
        self.env.invalidate_all()
        product = (product or self.gadget).with_context(warehouse_id=self.warehouse.id)
        return product.backorder_next_date

    def _quotation(self, quantity=1000, product=None, **values):
        return self._order((product or self.gadget, quantity), confirm=False, **values)

    def _assert_free(self, quantity, product=None, **values):
        """Assert that product, quotation and guard say the same."""
        self.assertEqual(self._free(product), quantity)
        quotation = self._quotation(product=product, **values)
        self.assertEqual(quotation.order_line.backorder_free_qty, quantity)
        self.assertEqual(quotation.order_line.free_qty_today, quantity)
        quotation.action_confirm()
        moves = quotation.order_line.move_ids
        moves.filtered(lambda move: move.state == "confirmed")._action_assign()
        self.assertEqual(sum(moves.mapped("quantity")), quantity)

    def _incoming_in(self, quantity, days, product=None):
        receipt = self._incoming(product or self.gadget, quantity)
        receipt.move_ids.date = fields.Datetime.now() + timedelta(days=days)
        return receipt.move_ids

    def test_four_wait_and_four_are_counted_in(self):
        """Scenario: 4 wait, 4 are free, 4 come tomorrow for nobody.

        Expected: 0 for a new order, more tomorrow; Odoo's own figure stays.
        """
        self._waiting(4)
        self._count(self.gadget, 4)
        receipt = self._incoming_in(4, 1)
        self.assertEqual(self.gadget.with_context(warehouse_id=self.warehouse.id).free_qty, 4)
        self.assertEqual(self._next(), receipt.date)
        line = self._quotation(2).order_line
        self.assertEqual(
            (line.backorder_free_qty, line.backorder_ahead_qty, line.backorder_next_date),
            (0, 4, receipt.date),
        )
        self._assert_free(0)

    def test_receipt_that_is_promised_already_is_not_the_next(self):
        self._waiting(4)
        self._incoming_in(4, 1)
        self.assertFalse(self._next())
        later = self._incoming_in(10, 5)
        self.assertEqual(self._next(), later.date)

    def test_part_is_for_those_ahead(self):
        self._waiting(4)
        self._stock(self.gadget, 10)
        self._assert_free(6)

    def test_nobody_waits(self):
        self._stock(self.gadget, 10)
        self._assert_free(10)

    def test_nothing_is_free(self):
        self._waiting(4)
        self._assert_free(0)

    # Whoever keeps nothing leaves it

    def test_paused_line_leaves_what_it_would_take(self):
        self._held(self._waiting(4)).with_user(self.manager).backorder_paused = True
        self._stock(self.gadget, 4)
        self._assert_free(4)

    def test_line_to_be_reserved_by_hand_leaves_it_until_then(self):
        self.warehouse.out_type_id.reservation_method = "manual"
        self._order((self.gadget, 4))
        self._stock(self.gadget, 4)
        self._assert_free(4)

    def test_order_that_ships_complete_takes_no_hostage(self):
        self._complete((self.gadget, 4), (self.gizmo, 4))
        self._stock(self.gadget, 4)
        self._assert_free(4)

    def test_order_that_ships_complete_is_ahead_once_it_can(self):
        self._complete((self.gadget, 4), (self.gizmo, 4))
        self._stock(self.gadget, 5)
        self._stock(self.gizmo, 4)
        self._assert_free(1)
        self._assert_free(0, self.gizmo)

    def test_refill_is_behind_every_new_order(self):
        other = self.env["stock.location"].create(
            {"name": "Front", "location_id": self.warehouse.view_location_id.id}
        )
        self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.int_type_id.id,
                "location_id": self.stock.id,
                "location_dest_id": other.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.gadget.id,
                            "product_uom_qty": 4,
                            "location_id": self.stock.id,
                            "location_dest_id": other.id,
                        }
                    )
                ],
            }
        ).action_confirm()
        self._stock(self.gadget, 4)
        self._assert_free(4)

    def test_delivery_nobody_marked_is_ahead(self):
        self._order((self.gadget, 4))
        self._stock(self.gadget, 10)
        self._assert_free(6)

    # The place in the queue

    def test_whoever_is_promised_later_is_behind(self):
        """By today's order, and by what the quotation promises."""
        self._waiting(4, promised=7)
        self._stock(self.gadget, 4)
        late = self._quotation(commitment_date=fields.Datetime.now() + timedelta(days=9))
        self.assertEqual(late.order_line.backorder_free_qty, 0)
        late.action_confirm()
        self.assertEqual(late.order_line.move_ids.quantity, 0)
        self._assert_free(4)

    def test_lead_time_of_the_product_is_a_promise_too(self):
        self._waiting(4, promised=7)
        self.gadget.sale_delay = 9
        self._stock(self.gadget, 4)
        self._assert_free(0)

    def test_urgent_is_ahead_of_any_new_order(self):
        self._waiting(4, promised=30, urgent=True)
        self._stock(self.gadget, 10)
        self._assert_free(6)

    def test_new_order_is_the_last_of_equals(self):
        self.company.backorder_queue_order = "oldest"
        self._waiting(4, promised=30)
        self._stock(self.gadget, 10)
        self._assert_free(6)

    def test_rank_of_the_customer(self):
        """Who orders counts for the quotation, and nobody in particular for the product."""
        self.company.backorder_queue_order = "rank"
        self.customer.backorder_rank = 5
        best = self.customer.copy({"backorder_rank": 1})
        self._waiting(4)
        self._stock(self.gadget, 4)
        self.assertEqual(self._free(), 0)
        quotation = self._quotation(partner=best)
        self.assertEqual(quotation.order_line.backorder_free_qty, 4)
        quotation.action_confirm()
        self.assertEqual(quotation.order_line.move_ids.quantity, 4)

    def test_smallest_first(self):
        self.company.backorder_queue_order = "smallest"
        self._waiting(4)
        self._stock(self.gadget, 4)
        self.assertEqual(self._free(), 0)
        small = self._quotation(3)
        self.assertEqual(small.order_line.backorder_free_qty, 4)
        small.action_confirm()
        self.assertEqual(small.order_line.move_ids.quantity, 3)
        self._assert_free(0)

    # Where it lies

    def test_stock_of_another_warehouse_is_not_touched(self):
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OWH"})
        self._waiting(4)
        self._stock(self.gadget, 4)
        self._stock(self.gadget, 7, other.lot_stock_id)
        self.assertEqual(self._free(warehouse_id=other.id), 7)
        self.assertEqual(self._free(warehouse_id=[other.id, self.warehouse.id]), 7)
        self.assertEqual(self._free(allowed_company_ids=self.company.ids), 7)
        self._assert_free(0)
        there = self._quotation(warehouse_id=other.id)
        self.assertEqual(there.order_line.backorder_free_qty, 7)

    def test_shelf_that_those_ahead_leave(self):
        """One waits for the stock, 4 lie on the shelf and 4 beside: whoever comes gets 4."""
        self._waiting(4)
        beside = self.shelf.copy({"name": "Shelf 2"})
        self._stock(self.gadget, 4, self.shelf)
        self._stock(self.gadget, 4, beside)
        here, there = (self._free(location=place.id) for place in (self.shelf, beside))
        self.assertEqual(here + there, 4)
        self.assertEqual(self._free(location=self.stock.id), 4)
        self.assertEqual(self._free(location=self.warehouse.view_location_id.id), 4)
        self._assert_free(4)

    def test_goods_that_no_order_takes_from_there(self):
        """They stand in Input: who waits does not get them, and whoever comes neither."""
        self.warehouse.reception_steps = "two_steps"
        self._waiting(4)
        self._stock(self.gadget, 4, self.warehouse.wh_input_stock_loc_id)
        self._assert_free(0)

    # In which unit

    def test_line_in_dozens(self):
        """24 free, 10 ahead: 14 are a dozen and a bit."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self._waiting(12)
        self._stock(self.gadget, 36)
        quotation = self._quotation()
        quotation.order_line.write({"product_uom_id": dozen.id, "product_uom_qty": 5})
        line = quotation.order_line
        self.assertEqual((line.backorder_free_qty, line.backorder_ahead_qty), (2, 1))
        self.assertEqual(line.free_qty_today, 2)
        quotation.action_confirm()
        self.assertEqual(line.move_ids.quantity, 24)

    def test_full_packs(self):
        """16 free and 4 ahead: of the 12 left two packs of 5 can be reserved."""
        pack = self.env["uom.uom"].create(
            {"name": "Pack of 5", "relative_factor": 5, "relative_uom_id": self.gadget.uom_id.id}
        )
        self.gadget.uom_ids = pack
        self.gadget.categ_id = self.env["product.category"].create(
            {"name": "Packed", "packaging_reserve_method": "full"}
        )
        self._waiting(4)
        self._stock(self.gadget, 16)
        quotation = self._quotation()
        quotation.order_line.write({"product_uom_id": pack.id, "product_uom_qty": 9})
        self.assertEqual(quotation.order_line.backorder_free_qty, 2)
        quotation.action_confirm()
        self.assertEqual(quotation.order_line.move_ids.quantity, 10)

    # Lines that are confirmed, and lines of one order

    def test_nobody_is_ahead_of_himself(self):
        order = self._waiting(4)
        self._stock(self.gadget, 4)
        self.env.invalidate_all()
        line = order.order_line
        self.assertEqual((line.backorder_free_qty, line.backorder_ahead_qty), (4, 0))
        second = self._waiting(2, promised=30).order_line
        self.assertEqual((second.backorder_free_qty, second.backorder_ahead_qty), (0, 4))

    def test_line_of_an_order_that_ships_complete_has_its_turn_with_the_best(self):
        self._waiting(3, promised=5)
        order = self._complete((self.gizmo, 4), (self.gadget, 4))
        self._held_of(order, self.gizmo).priority = "1"
        self._stock(self.gadget, 4)
        self._stock(self.gizmo, 4)
        self.env.invalidate_all()
        self.assertEqual(order.order_line.mapped("backorder_free_qty"), [4, 4])

    def test_two_lines_of_a_quotation(self):
        self._waiting(4)
        self._stock(self.gadget, 10)
        quotation = self._order((self.gadget, 4), (self.gadget, 4), confirm=False)
        self.assertEqual(quotation.order_line.mapped("free_qty_today"), [6, 2])
        quotation.action_confirm()
        self.assertEqual(sum(quotation.order_line.move_ids.mapped("quantity")), 6)

    def test_quotation_that_is_not_saved(self):
        self._waiting(4)
        self._stock(self.gadget, 10)
        quotation = self.env["sale.order"].new(
            {
                "partner_id": self.customer.id,
                "warehouse_id": self.warehouse.id,
                "order_line": [
                    Command.create({"product_id": self.gadget.id, "product_uom_qty": 8})
                ],
            }
        )
        line = quotation.order_line.with_user(self.salesperson)
        self.assertEqual((line.backorder_free_qty, line.backorder_ahead_qty), (6, 4))
        self.assertEqual(line.free_qty_today, 6)

    # Before confirming, in words

    def _outlook(self, quantity=2, product=None, **values):
        """Return what the line of a quotation says of what it would wait for."""
        self.env.invalidate_all()
        return self._quotation(quantity, product, **values).order_line.backorder_outlook

    def _promise(self, days):
        return {"commitment_date": fields.Datetime.now() + timedelta(days=days)}

    def test_line_says_who_is_ahead_what_is_free_and_when(self):
        """Scenario: three wait for 4 each, 5 are counted in, 3 and 20 come.

        Expected: nothing for a new 2 before the 20, though the 3 come first.
        """
        for _number in range(3):
            self._waiting(4)
        self._count(self.gadget, 5)
        self._incoming_in(3, 1)
        day = format_day(self.env, self._incoming_in(20, 5).date)
        self.assertEqual(self._outlook(), f"3 ahead, 0 free, earliest {day}")

    def test_date_is_when_all_of_the_line_is_there(self):
        self._stock(self.gadget, 2)
        self._incoming_in(3, 1)
        day = format_day(self.env, self._incoming_in(20, 5).date)
        self.assertEqual(self._outlook(10), f"0 ahead, 2 free, earliest {day}")
        self.assertEqual(self._outlook(100), "0 ahead, 2 free, no date known yet")

    def test_line_that_would_not_wait_says_nothing(self):
        self._waiting(4)
        self._stock(self.gadget, 10)
        self.assertFalse(self._outlook(6))
        self.assertTrue(self._outlook(7))

    def test_line_that_takes_nothing_from_stock_says_nothing(self):
        self._waiting(4)
        route = self.env.ref("stock.route_warehouse0_mto")
        route.active = True
        self.gadget.route_ids = route
        self.assertFalse(self._outlook())

    def test_order_says_it_of_the_lines_that_would_wait(self):
        self._waiting(4)
        self._stock(self.gizmo, 3)
        quotation = self._order((self.gadget, 2), (self.gizmo, 3), confirm=False)
        text = "Gadget: 1 ahead, 0 free, no date known yet"
        self.assertEqual(quotation.backorder_outlook, text)
        quotation.action_confirm()
        self.env.invalidate_all()
        self.assertFalse(quotation.backorder_outlook)

    def test_only_those_ahead_are_counted(self):
        """Whoever is promised later, or only refills, or waits elsewhere, is behind or aside."""
        self._waiting(4, promised=0)
        self._waiting(4, promised=30)
        self._waiting(4, promised=30, urgent=True)
        self._waiting(4, product=self.gizmo)
        self.assertIn("2 ahead", self._outlook(**self._promise(9)))

    def test_count_in_every_queue_order(self):
        """Each new line as if it came alone, by index or not."""
        first = self._waiting(4, promised=30)
        self._waiting(4, promised=40)
        for policy, ahead in (("urgent", 0), ("oldest", 2), ("promised", 0)):
            self.company.backorder_queue_order = policy
            with self.subTest(policy=policy):
                quotation = self._order((self.gadget, 2), (self.gadget, 3), confirm=False)
                self.env.invalidate_all()
                texts = quotation.order_line.mapped("backorder_outlook")
                self.assertEqual([text.split(",")[0] for text in texts], [f"{ahead} ahead"] * 2)
        self.company.write({"backorder_queue_order": "urgent", "backorder_keep_days": 5})
        self.assertIn("0 ahead", self._outlook())
        self._held(first).priority = "1"
        self.assertIn("1 ahead", self._outlook())

    def test_feature_off_says_nothing(self):
        self._waiting(4)
        self.company.backorder_automation = False
        self.assertFalse(self._outlook())

    def test_nobody_ahead_is_read_to_be_counted(self):
        for _number in range(12):
            self._waiting(1)
        rows, fetch = [], type(self.env["stock.move"])._fetch_backorder_queue

        def remember(model, *args, **kwargs):
            rows.append(fetch(model, *args, **kwargs))
            return rows[-1]

        self.patch(type(self.env["stock.move"]), "_fetch_backorder_queue", remember)
        self.patch(backorder_walk_mixin, "FIRST", 2)
        self.assertIn("12 ahead", self._outlook())
        self.assertLess(max(map(len, rows)), 6)

    # Companies

    def test_switched_off_is_odoos_own(self):
        self._waiting(4)
        self.company.backorder_automation = False
        self._stock(self.gadget, 4)
        free = self.gadget.with_context(warehouse_id=self.warehouse.id).free_qty
        self.assertEqual(self._free(), free)
        self.assertFalse(self._next())
        line = self._quotation().order_line
        self.assertEqual((line.free_qty_today, line.backorder_ahead_qty), (free, 0))

    def test_other_company(self):
        """What waits there takes nothing from here, and what is free there is counted as there."""
        other = self.env["res.company"].create({"name": "Other"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)], limit=1)
        self._waiting(4)
        self._stock(self.gadget, 10)
        self._stock(self.gadget, 5, warehouse.lot_stock_id)
        both = (self.company | other).ids
        self.assertEqual(self._free(allowed_company_ids=both), 11)
        self.assertEqual(self._free(allowed_company_ids=other.ids), 5)
        other.backorder_automation = True
        self.assertEqual(self._free(allowed_company_ids=both), 11)
        self._assert_free(6)

    # Who reads it, and what it costs

    def test_salesperson_and_stock_user_read_it(self):
        self._waiting(4)
        self._stock(self.gadget, 10)
        self._incoming_in(3, 2)
        for user in (self.salesperson, self.shipper):
            product = self.gadget.with_user(user).with_context(warehouse_id=self.warehouse.id)
            self.assertEqual(product.backorder_free_qty, 6)
            self.assertTrue(product.backorder_next_date)

    def _count_queries(self, reads):
        counts = []
        for read in reads:
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            read()
            counts.append(self.env.cr.sql_log_count - before)
        return counts

    def test_as_many_queries_for_a_page_as_for_one(self):
        """Beyond those of Odoo, which reads bills of materials line by line."""

        def cost(count):
            self.company.backorder_automation = True
            products = self.env["product.product"]
            for number in range(count):
                product = self._product(f"Good {number}")
                products |= product
                self._waiting(4, product=product)
                self._stock(product, 10)
            # Promised: Odoo reads once for each second on which a line might be.
            promise = fields.Datetime.now() + timedelta(days=30)
            quotation = self._order(
                *[(product, 1) for product in products], confirm=False, commitment_date=promise
            )
            reads = (
                lambda: products.mapped("backorder_free_qty"),
                lambda: products.mapped("backorder_next_date"),
                lambda: quotation.order_line.mapped("free_qty_today"),
            )
            ours = self._count_queries(reads)
            self.company.backorder_automation = False
            return [on - off for on, off in zip(ours, self._count_queries(reads), strict=True)]

        cost(1)
        self.assertLessEqual(max(cost(12)), 18)

    def test_where_nobody_waits_nothing_is_planned(self):
        self._stock(self.gadget, 10)
        self.patch(self.registry["stock.move"], "_fetch_backorder_queues", None)
        self.assertEqual(self._free(), 10)
        self._waiting(4, product=self.gizmo)
        self.assertEqual(self._free(self.gizmo), 0)
        self.assertEqual(self._quotation(5).order_line.backorder_free_qty, 10)

    def test_all_variants_together(self):
        template = self.env["product.template"].create(
            {
                "name": "Coloured",
                "type": "consu",
                "is_storable": True,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                    for attribute in self.env["product.attribute"].create(
                        {
                            "name": "Colour",
                            "value_ids": [Command.create({"name": name}) for name in "ab"],
                        }
                    )
                ],
            }
        )
        first, second = template.product_variant_ids
        self._waiting(4, product=first)
        self._stock(first, 4)
        self._stock(second, 3)
        receipt = self._incoming_in(2, 3, product=first)
        self.env.invalidate_all()
        template = template.with_context(warehouse_id=self.warehouse.id)
        self.assertEqual(template.backorder_free_qty, 3)
        self.assertEqual(template.backorder_next_date, receipt.date)
