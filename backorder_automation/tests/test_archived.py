from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import QueueCommon


@tagged("post_install", "-at_install")
class TestArchived(QueueCommon):
    """What held demand needs is archived: it waits, nothing is lost, and it goes on afterwards."""

    def assertGoesOn(self, order, quantity):
        """Assert that the held demand of the order ships by itself."""
        self._run()
        self.assertHeld(order, 0)
        moves = self._released(order).move_ids
        self.assertEqual(sum(moves.mapped("quantity")), quantity)

    def _other_company(self):
        """Return an order that waits in another company, and what it waits for."""
        company = self.env["res.company"].create({"name": "Other", "backorder_automation": True})
        self.env.user.company_ids += company
        env = self.env(context={**self.env.context, "allowed_company_ids": company.ids})
        warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        if not warehouse:
            warehouse = env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        order = self._order(
            (self.gadget, 5),
            warehouse_id=warehouse.id,
            company_id=company.id,
            user_id=False,
            confirm=False,
        ).with_env(env)
        order.action_confirm()
        order.action_mark_backordered()
        self._stock(self.gadget, 5, warehouse.lot_stock_id)
        return company, order

    def _archive_company(self, company):
        self.env["res.users"].search([("company_id", "=", company.id)]).active = False
        company.action_archive()

    def test_demand_of_an_archived_company_waits(self):
        company, order = self._other_company()
        here = self._waiting(3)
        self._stock(self.gadget, 3)
        self._archive_company(company)
        self._run()
        self.assertHeld(order, 5)
        self.assertHeld(here, 0)
        company.action_unarchive()
        self.assertGoesOn(order, 5)

    def test_archived_company_switched_off_gets_its_demand_back(self):
        company, order = self._other_company()
        self._archive_company(company)
        company.backorder_automation = False
        self.assertHeld(order, 0)
        self.assertEqual(self._released(order).move_ids.product_uom_qty, 5)

    def test_warehouse_somebody_waits_in_is_not_archived(self):
        order = self._waiting(5)
        with self.assertRaisesRegex(UserError, "ongoing operations"), self.env.cr.savepoint():
            self.warehouse.action_archive()
        order._action_cancel()
        self.warehouse.action_archive()
        self.assertFalse(self.warehouse.active)

    def test_warehouse_archived_in_more_steps(self):
        self.warehouse.delivery_steps = "pick_ship"
        self._waiting(5)
        with self.assertRaisesRegex(UserError, "ongoing operations"), self.env.cr.savepoint():
            self.warehouse.action_archive()

    def test_stock_location_of_a_warehouse_is_not_archived(self):
        self._waiting(5)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.stock.action_archive()

    def test_archived_operation_type_lets_demand_wait_and_says_why(self):
        order, picking_type = self._waiting(5), self.warehouse.out_type_id
        picking_type.action_archive()
        self._stock(self.gadget, 5)
        self._run()
        self.assertHeld(order, 5)
        self.assertIn("No rule with an active operation type", self._held(order).backorder_reason)
        picking_type.action_unarchive()
        self._held(order).sudo().backorder_retry_date = False
        self.assertGoesOn(order, 5)

    def test_archived_route_lets_demand_wait_and_says_why(self):
        order, route = self._waiting(5), self.warehouse.delivery_route_id
        route.action_archive()
        self._stock(self.gadget, 5)
        self._run()
        self.assertHeld(order, 5)
        self.assertIn("No rule with an active operation type", self._held(order).backorder_reason)
        route.action_unarchive()
        self._held(order).sudo().backorder_retry_date = False
        self.assertGoesOn(order, 5)

    def test_archived_shelf_does_not_strand_demand(self):
        """Held demand takes from wherever its rule takes, also where it was short on one shelf."""
        self._stock(self.gadget, 2, self.shelf)
        order = self._order((self.gadget, 5))
        order.picking_ids.move_ids.location_id = self.shelf
        self._ship(order.picking_ids, 2).process()
        self.env["stock.quant"]._unlink_zero_quants()
        self.shelf.action_archive()
        self._stock(self.gadget, 3)
        self.assertGoesOn(order, 3)

    def test_archived_customer_still_gets_the_rest(self):
        order = self._waiting(5)
        self.customer.action_archive()
        self._stock(self.gadget, 5)
        self.assertGoesOn(order, 5)

    def test_archived_product_is_still_shipped(self):
        order = self._waiting(5)
        self.gadget.action_archive()
        self._stock(self.gadget, 5)
        self.assertGoesOn(order, 5)

    def test_archived_salesperson_stops_nobody(self):
        order = self._waiting(5)
        self.salesperson.action_archive()
        self._stock(self.gadget, 5)
        self.assertGoesOn(order, 5)
