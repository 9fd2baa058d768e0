from odoo.fields import Command
from odoo.tests import Form, tagged

from ..const import CTX_ASK
from .common_roads import RoadsCommon


class ConfirmCommon(RoadsCommon):
    """A company that decides at confirmation about what is short."""

    at_confirm = "off"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.backorder_at_confirm = cls.at_confirm

    def _open_demand(self, order):
        """Return (quantity, held) of the open moves of an order, in the order of its lines."""
        moves = order.order_line.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
        return [(m.product_uom_qty, m.backorder_held) for m in moves.sorted("backorder_held")]


@tagged("post_install", "-at_install")
class TestConfirmOff(ConfirmCommon):
    """A company that decides nothing at confirmation has Odoo's own confirmation."""

    def test_off_is_what_a_new_company_has(self):
        company = self.env["res.company"].create({"name": "New"})
        self.assertEqual(company.backorder_at_confirm, "off")

    def test_off_waits_for_the_shipment(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8), confirm=False)
        action = order.with_context(**{CTX_ASK: True}).action_confirm()
        self.assertEqual(action["tag"], "display_notification", "nobody is asked")
        self.assertEqual(self._open_demand(order), [(8, False)])
        self.assertFalse(order.is_backordered)

    def test_settings_write_the_company(self):
        with Form(self.env["res.config.settings"]) as form:
            form.backorder_at_confirm = "always"
        form.record.execute()
        self.assertEqual(self.company.backorder_at_confirm, "always")

    def test_without_the_feature_nothing_is_held(self):
        self.company.write({"backorder_automation": False, "backorder_at_confirm": "always"})
        order = self._order((self.gadget, 8))
        self.assertEqual(self._open_demand(order), [(8, False)])


@tagged("post_install", "-at_install")
class TestConfirmAlways(ConfirmCommon):
    """Only what can ship gets a transfer; the rest is held at once."""

    at_confirm = "always"

    def test_short_part_is_held_and_the_rest_is_ready(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8))
        self.assertHeld(order, 3)
        self.assertRecordValues(order.picking_ids, [{"state": "assigned"}])
        self.assertEqual(order.picking_ids.move_ids.product_uom_qty, 5)
        self.assertEqual(self._forecast(self.gadget), -3)
        self.assertWhole(order)

    def test_what_is_reserved_is_no_back_order(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8))
        self.assertEqual(order.order_line.qty_backordered, 3)
        self.assertFalse(order.picking_ids.move_ids.backorder_date)

    def test_order_in_stock_has_no_back_order(self):
        self._stock(self.gadget, 8)
        order = self._order((self.gadget, 8))
        self.assertFalse(order.is_backordered)
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_no_open_transfer_without_goods(self):
        order = self._order((self.gadget, 8))
        self.assertHeld(order, 8)
        self.assertFalse(self._released(order))
        self.assertEqual(order.delivery_status, "pending")

    def test_held_part_ships_when_it_arrives(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8))
        first = self._released(order)
        first.button_validate()
        second = self._arrive(order, 3)
        self.assertRecordValues(second, [{"state": "assigned", "backorder_id": first.id}])
        second.button_validate()
        self.assertComplete(order)

    def test_those_ahead_keep_their_stock(self):
        """The guard counts: stock that somebody waits for is not available to a new order."""
        waiting = self._order((self.gadget, 5))
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 5))
        self.assertHeld(order, 5)
        self._release()
        self.assertEqual(self._released(waiting).state, "assigned")
        self.assertHeld(order, 5)

    def test_several_orders_confirmed_together(self):
        self._stock(self.gadget, 5)
        orders = self._order((self.gadget, 4), confirm=False)
        orders |= self._order((self.gadget, 4), confirm=False)
        self.assertIs(orders.with_context(**{CTX_ASK: True}).action_confirm(), True)
        self.assertEqual([sum(self._held(o).mapped("product_qty")) for o in orders], [0, 3])

    def test_salesperson_without_inventory_rights_confirms(self):
        order = self._order((self.gadget, 8), confirm=False)
        order.with_user(self.salesperson).action_confirm()
        self.assertHeld(order, 8)

    # Ships complete

    def test_order_shipping_complete_is_held_whole(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 5), (self.gizmo, 5), picking_policy="one")
        self.assertHeld(order, 10)
        self.assertFalse(self._released(order))
        self.assertEqual(self.gadget.with_context(location=self.stock.id).free_qty, 5)

    def test_order_shipping_complete_wakes_those_who_can_use_its_stock(self):
        self._stock(self.gadget, 5)
        woken = self._triggers(self.secondary)
        self._order((self.gizmo, 5))
        self.assertEqual(self._triggers(self.secondary), woken)
        self._order((self.gadget, 5), (self.gizmo, 5), picking_policy="one")
        self.assertGreater(self._triggers(self.secondary), woken)

    def test_order_shipping_complete_in_stock_keeps_its_transfer(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 5), picking_policy="one")
        self.assertEqual(self._released(order).state, "assigned")
        self.assertFalse(order.is_backordered)

    def test_order_shipping_complete_stays_whole_beside_untracked_goods(self):
        untracked = self._product("Leaflet", is_storable=False)
        order = self._order((untracked, 1), (self.gadget, 5), picking_policy="one")
        self.assertEqual(self._open_demand(order), [(1, False), (5, False)])

    # What stays with Odoo

    def test_reserved_by_hand_is_not_short_yet(self):
        self.warehouse.out_type_id.reservation_method = "manual"
        order = self._order((self.gadget, 8))
        self.assertEqual(self._open_demand(order), [(8, False)])

    def test_reserved_some_days_before_is_short_only_then(self):
        self.warehouse.out_type_id.write(
            {"reservation_method": "by_date", "reservation_days_before": 2}
        )
        self.gadget.sale_delay = 10
        later = self._order((self.gadget, 8))
        self.assertEqual(self._open_demand(later), [(8, False)])
        self.gadget.sale_delay = 0
        self.assertHeld(self._order((self.gadget, 8)), 8)

    def test_made_to_order_is_never_held(self):
        route = self.warehouse.mto_pull_id.route_id
        route.active = True
        supplier = self.env["res.partner"].create({"name": "Supplier"})
        self.gadget.seller_ids = [Command.create({"partner_id": supplier.id})]
        buy = self.warehouse.route_ids.rule_ids.filtered(lambda rule: rule.action == "buy")
        self.gadget.route_ids = route | buy.route_id
        order = self._order((self.gadget, 8), (self.gizmo, 2))
        self.assertEqual(self._held(order).product_id, self.gizmo)

    def test_service_is_nothing_to_wait_for(self):
        service = self._product("Advice", type="service", is_storable=False)
        order = self._order((service, 2))
        self.assertFalse(order.order_line.move_ids)

    def test_two_steps_hold_the_pick(self):
        self.warehouse.delivery_steps = "pick_ship"
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8))
        self.assertHeld(order, 3)
        self.assertEqual(self._released(order).picking_type_id, self.warehouse.pick_type_id)
        self._walk_to_customer(order)
        self.assertEqual(order.order_line.qty_delivered, 5)
        self._arrive(order, 3)
        self._walk_to_customer(order)
        self.assertComplete(order)

    def test_reordering_sees_the_demand_once(self):
        def to_order(at_confirm):
            self.company.backorder_at_confirm = at_confirm
            product = self._product(f"Bought {at_confirm}")
            self._stock(product, 5)
            orderpoint = self.env["stock.warehouse.orderpoint"].create(
                {"product_id": product.id, "location_id": self.stock.id, "trigger": "manual"}
            )
            self._order((product, 8))
            orderpoint.invalidate_recordset()
            return orderpoint.qty_forecast, orderpoint.qty_to_order

        self.assertEqual(to_order("always"), (-3, 3))
        self.assertEqual(to_order("always"), to_order("off"))

    def test_lowered_before_anything_arrives(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8))
        order.order_line.product_uom_qty = 6
        self.assertHeld(order, 1)
        self.assertWhole(order)

    def test_cancelled_order_leaves_nothing(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8))
        order._action_cancel()
        self.assertFalse(self._open_demand(order))
        self.assertFalse(order.is_backordered)
