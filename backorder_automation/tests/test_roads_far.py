"""Roads that leave the ordinary delivery from stock: dropshipping, another company, by hand."""

from odoo.fields import Command
from odoo.tests import tagged

from .common_roads import RoadsCommon
from .test_roads_neighbours import NeighbourCommon


@tagged("post_install", "-at_install", "-standard", "neighbours")
class TestRoadsDropship(NeighbourCommon):
    """The vendor ships to the customer: nothing is taken from stock, nothing is held."""

    neighbour = "stock_dropshipping"

    def test_short_dropship_stays_native(self):
        product = self._product(
            "Dropshipped",
            route_ids=[Command.link(self.env.ref("stock_dropshipping.route_drop_shipping").id)],
            seller_ids=[Command.create({"partner_id": self._address("Vendor").id})],
        )
        order = self._order((product, 5))
        purchase = order.order_line.purchase_line_ids.order_id
        purchase.button_confirm()
        transfer = order.picking_ids
        self._ship(transfer, 3).process()
        self.assertHeld(order, 0)
        self.assertFalse(order.is_backordered)
        self.assertEqual(transfer.backorder_ids.move_ids.product_uom_qty, 2)


@tagged("post_install", "-at_install")
class TestRoadsInterCompany(RoadsCommon):
    """The customer is another company of ours: the goods go through its transit location."""

    def test_short_delivery_to_another_company_is_held_and_completed(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        transit = self.env.ref("stock.stock_location_inter_company")
        sister.partner_id.property_stock_customer = transit
        order = self._short(8, 5, partner=sister.partner_id)
        self.assertEqual(self._held(order).location_dest_id, transit)
        self.assertHeld(order, 3)
        transfer = self._arrive(order, 3)
        self.assertEqual(transfer.state, "assigned")
        self.assertEqual(transfer.location_dest_id, transit)
        transfer.button_validate()
        self.assertEqual(order.order_line.qty_delivered, 8)
        self.assertFalse(order.is_backordered)


@tagged("post_install", "-at_install")
class TestRoadsByHand(RoadsCommon):
    """Where Odoo reserves nothing by itself the jobs do all the same."""

    def test_transfers_reserved_by_hand(self):
        self.warehouse.out_type_id.reservation_method = "manual"
        order = self._order((self.gadget, 8))
        self._stock(self.gadget, 5)
        order.picking_ids.action_assign()
        self._ship(order.picking_ids, 5).process()
        self.assertHeld(order, 3)
        self.assertEqual(self._arrive(order, 3).state, "assigned")

    def test_transfers_reserved_some_days_before(self):
        self.warehouse.out_type_id.write(
            {"reservation_method": "by_date", "reservation_days_before": 1}
        )
        order = self._short(8, 5)
        self.assertHeld(order, 3)
        self.assertEqual(self._arrive(order, 3).state, "assigned")

    def test_receipts_that_reserve_nothing(self):
        self.env["ir.config_parameter"].set_param("stock.picking_no_auto_reserve", "1")
        order = self._short(8, 5)
        self._receive(self.gadget, 3)
        self._run(self.primary)
        self.assertEqual(self._released(order).state, "assigned")
