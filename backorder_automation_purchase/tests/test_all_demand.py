from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import PurchaseCommon


@tagged("post_install", "-at_install")
class TestAllDemand(PurchaseCommon):
    """Buyers see all that customers wait for, marked or not, and each of it once."""

    def _missing(self, product=None):
        return self._rows("missing", product_id=(product or self.gadget).id)

    def test_delivery_nobody_marked_is_missing_too(self):
        order = self._order((self.gadget, 5))
        self.assertFalse(order.order_line.move_ids.backorder_held)
        row = self._missing()
        self.assertEqual((row.missing_qty, row.value, row.order_count), (5, 50, 1))
        order.action_mark_backordered()
        self.assertEqual(self._missing().missing_qty, 5, "once, held or not")

    def test_only_what_lacks_is_missing(self):
        self._stock(self.gadget, 3)
        self._order((self.gadget, 5))
        self._stock(self.gizmo, 5)
        self._order((self.gizmo, 5))
        self.assertEqual(self._missing().missing_qty, 2)
        self.assertFalse(self._missing(self.gizmo))

    def test_released_demand_that_lost_its_goods_is_missing(self):
        order = self._waiting(5)
        self._stock(self.gadget, 5)
        self._run()
        self.assertFalse(self._missing())
        self._released(order).do_unreserve()
        self._count(self.gadget, 0)
        self.assertEqual(self._missing().missing_qty, 5)

    def test_receipt_frees_a_delivery_nobody_marked(self):
        order = self._order((self.gadget, 5))
        purchase = self._purchase((self.gadget, 5))
        self.env.invalidate_all()
        self.assertEqual((purchase.backorder_line_count, purchase.backorder_value), (1, 50))
        row = self._rows("freed", purchase_id=purchase.id)
        self.assertEqual(row.move_id, order.order_line.move_ids)
        self.assertEqual(self._rows("receipt", picking_id=purchase.picking_ids.id).value, 50)

    def test_what_is_ahead_is_freed_first_marked_or_not(self):
        behind = self._waiting(5, promised=9)
        ahead = self._order(
            (self.gadget, 5), commitment_date=fields.Datetime.now() + timedelta(days=2)
        )
        purchase = self._purchase((self.gadget, 7), days=1)
        rows = self._rows("freed", purchase_id=purchase.id)
        quantities = {row.order_id: row.quantity for row in rows}
        self.assertEqual(quantities, {ahead: 5, behind: 2})

    def test_quotation_line_says_what_all_customers_wait_for(self):
        self._waiting(5), self._order((self.gadget, 3))
        quotation = self._purchase((self.gadget, 1), confirm=False)
        self.assertEqual(quotation.order_line.backorder_to_buy_qty, 8)

    def test_what_no_customer_waits_for_is_left_to_reordering(self):
        shelf = self.env["stock.location"].create(
            {"name": "Counter", "location_id": self.warehouse.view_location_id.id}
        )
        transfer = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.int_type_id.id,
                "location_id": self.stock.id,
                "location_dest_id": shelf.id,
                "move_ids": [
                    fields.Command.create(
                        {
                            "product_id": self.gadget.id,
                            "product_uom_qty": 4,
                            "location_id": self.stock.id,
                            "location_dest_id": shelf.id,
                        }
                    )
                ],
            }
        )
        transfer.action_confirm()
        self.assertIn(transfer.move_ids.id, self._plan())
        self.assertFalse(self._missing())
        quotation = self._purchase((self.gadget, 1), confirm=False)
        self.assertEqual(quotation.order_line.backorder_to_buy_qty, 0)

    def test_delivery_in_two_steps_counts_once(self):
        self.warehouse.delivery_steps = "pick_ship"
        self._order((self.gadget, 5))
        self.assertEqual(self._missing().missing_qty, 5)

    def test_missing_agrees_with_what_the_forecast_lacks(self):
        """What Odoo's own reordering sees of the same demand: once."""
        self._waiting(5), self._order((self.gadget, 3))
        self._stock(self.gizmo, 2), self._order((self.gizmo, 6))
        for product in (self.gadget, self.gizmo):
            self.assertEqual(self._missing(product).missing_qty, -self._forecast(product))

    def test_click_shows_everybody_who_waits(self):
        held, waiting = self._waiting(5), self._order((self.gadget, 3))
        self._stock(self.gizmo, 9)
        self._order((self.gizmo, 3))
        action = self._missing().action_view_lines()
        lines = self.env["stock.move"].with_user(self.manager).search(action["domain"])
        self.assertEqual(lines, (held | waiting).order_line.move_ids)

    def test_switched_off_nothing_is_listed(self):
        self._order((self.gadget, 5))
        self.company.backorder_automation = False
        self.assertFalse(self._missing())
