from contextlib import contextmanager
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from ..const import QUEUE_ORDERS
from .common import QueueCommon

# A reordering rule wants its goods today at noon, whatever hour it is.
HOURS = ["00:05", "11:50", "12:10", "23:55"]
POLICIES = [policy for policy, _label in QUEUE_ORDERS]


@tagged("post_install", "-at_install")
class TestQueueRefill(QueueCommon):
    """What only refills a place stands behind every customer of the same urgency."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["stock.warehouse"].create({"name": "Other", "code": "OWH"})
        cls.warehouse.resupply_wh_ids = cls.other
        cls.there = cls.other.lot_stock_id

    @contextmanager
    def _at(self, hour, **params):
        """Go to an hour of a day, with a product that nobody has asked for yet."""
        with self.subTest(hour=hour, **params), freeze_time(f"2030-06-19 {hour}:00"):
            self.gizmo = self._product("Gizmo")
            yield

    def _refill(self, quantity=1, urgent=False):
        """Let a reordering rule ask the other warehouse; return what is to leave it."""
        rule = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.gizmo.id,
                "location_id": self.stock.id,
                "warehouse_id": self.warehouse.id,
                "product_min_qty": quantity,
                "product_max_qty": quantity,
                "route_id": self.warehouse.resupply_route_ids.id,
            }
        )
        rule.action_replenish()
        move = self.env["stock.move"].search(
            [("orderpoint_id", "=", rule.id), ("location_id", "=", self.there.id)]
        )
        self.assertEqual(move.product_qty, quantity)
        move.priority = str(int(urgent))
        return move

    def _transfer(self, destination=None, quantity=1, **values):
        """Confirm a transfer out of the other warehouse that somebody wrote by hand."""
        destination = destination or self.other.wh_qc_stock_loc_id
        transfer = self.env["stock.picking"].create(
            {
                "picking_type_id": self.other.int_type_id.id,
                "location_id": self.there.id,
                "location_dest_id": destination.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.gizmo.id,
                            "product_uom_qty": quantity,
                            "location_id": self.there.id,
                            "location_dest_id": destination.id,
                        }
                    )
                ],
                **values,
            }
        )
        transfer.action_confirm()
        # Long ago: whoever keeps this date stands ahead.
        transfer.move_ids.date_deadline = fields.Datetime.now() - timedelta(days=9)
        return transfer.move_ids

    def _waiting_there(self, quantity=9, **values):
        return self._waiting(
            quantity, product=self.gizmo, warehouse_id=self.other.id, promised=30, **values
        )

    def _is_ahead(self, order, move, policy):
        """Return whether the order stands ahead of the move."""
        plan = list(self._plan(newcomers=move, queue_order=policy))
        return plan.index(self._held(order).id) < plan.index(move.id)

    def _ahead(self, order, move):
        """Return the queue orders under which the order stands ahead of the move."""
        return [policy for policy in POLICIES if self._is_ahead(order, move, policy)]

    def test_refill_stands_behind_customers_at_any_hour(self):
        """Though it is wanted sooner, for less, and by nobody later."""
        for hour in HOURS:
            for urgent in (False, True):
                with self._at(hour, urgent=urgent):
                    move = self._refill(urgent=urgent)
                    order = self._waiting_there(urgent=urgent)
                    self.assertEqual(self._ahead(order, move), POLICIES)
                    self._is_unlucky(order, move)

    def _is_unlucky(self, order, move):
        """The refill tries first, and gets what the customer leaves."""
        self._stock(self.gizmo, 9.5, self.there)
        move._action_assign()
        self.assertEqual(move.quantity, 0.5)
        self._run()
        self.assertEqual(self._released(order).move_ids.quantity, 9)

    def test_starred_refill_goes_first_only_where_the_star_counts_first(self):
        for hour in HOURS:
            with self._at(hour):
                move = self._refill(urgent=True)
                order = self._waiting_there()
                behind = self._ahead(order, move)
                self.assertEqual(behind, ["oldest", "promised", "smallest"])
                order.partner_id.backorder_rank = 3
                self.assertEqual(self._ahead(order, move), [*behind[:2], "rank", *behind[2:]])
                order.partner_id.backorder_rank = 0

    def test_refills_keep_the_order_among_themselves(self):
        """Counter-test."""
        late, soon = self._transfer(), self._transfer()
        late.date_deadline += timedelta(days=1)
        order = self._waiting_there()
        plan = list(self._plan(newcomers=late | soon))
        self.assertEqual(plan, [self._held(order).id, soon.id, late.id])

    def test_transfer_among_places_of_ours_is_a_refill(self):
        order = self._waiting_there()
        self.assertEqual(self._ahead(order, self._transfer()), POLICIES)
        for ours in (self.company.partner_id, self.warehouse.partner_id):
            self.assertEqual(self._ahead(order, self._transfer(partner_id=ours.id)), POLICIES)
        transit = self.company.internal_transit_location_id
        self.assertEqual(self._ahead(order, self._transfer(transit)), POLICIES)

    def _assert_keeps_its_date(self, order, move):
        self.assertFalse(self._is_ahead(order, move, "urgent"))
        self.assertFalse(self._is_ahead(order, move, "smallest"))

    def test_transfer_for_somebody_keeps_its_own_date(self):
        """Counter-test: to a customer, or for a partner."""
        order = self._waiting_there()
        customers = self.env.ref("stock.stock_location_customers")
        self._assert_keeps_its_date(order, self._transfer(customers))
        self._assert_keeps_its_date(order, self._transfer(partner_id=self.customer.id))

    def test_transfer_out_of_stock_keeps_its_own_date(self):
        """Counter-test: back to the supplier, or used up."""
        order = self._waiting_there()
        production = self.env["stock.location"].search([("usage", "=", "production")], limit=1)
        for destination in (self.supplier_location, production):
            self._assert_keeps_its_date(order, self._transfer(destination))

    def test_transfer_that_a_customer_waits_behind_keeps_its_own_date(self):
        """Counter-test: however many steps there are in between."""
        order = self._waiting_there()
        customers = self.env.ref("stock.stock_location_customers")
        first, second, last = self._transfer(), self._transfer(), self._transfer(customers)
        first.move_dest_ids, second.move_dest_ids = second, last
        self._assert_keeps_its_date(order, first)
        last._action_cancel()
        self.assertTrue(self._is_ahead(order, first, "urgent"))

    def test_order_line_behind_a_resupply_keeps_its_own_date(self):
        """Counter-test: what another warehouse sends for an order is the order's."""
        order = self._waiting_there()
        mto = self.warehouse.mto_pull_id.route_id
        mto.active = True
        product = self.gizmo
        product.route_ids = mto | self.warehouse.resupply_route_ids
        urgent = self._order((product, 2), commitment_date=fields.Datetime.now())
        move = self.env["stock.move"].search(
            [("product_id", "=", product.id), ("location_id", "=", self.there.id)]
        ) - self._held(order)
        self.assertEqual(move.product_qty, 2)
        self.assertEqual(urgent.order_line.move_ids.move_orig_ids.move_orig_ids, move)
        self._assert_keeps_its_date(order, move)
