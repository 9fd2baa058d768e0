from odoo.tests import Form, tagged
from odoo.tools import html2plaintext

from .common import FreightCommon


@tagged("post_install", "-at_install")
class TestFreight(FreightCommon):
    """Who pays for the second shipment of an order."""

    def _ship_rest(self, order, quantity=3):
        """Receive and ship what is missing; return its transfer."""
        rest = self._arrive(order, quantity)
        rest.button_validate()
        self.assertEqual(rest.state, "done")
        return rest

    def assertKeptOut(self, picking, kept_out=True):
        notes = [note for note in self._notes(picking) if "charged once" in note]
        self.assertEqual(len(notes), int(kept_out))
        if kept_out:
            amount = picking.sale_id.currency_id.format(picking.carrier_price)
            self.assertIn(amount, html2plaintext(notes[0]))
            self.assertIn(picking.sale_id.name, notes[0])

    def test_once_charges_the_first_shipment_only(self):
        order = self._carried_short()
        self.assertEqual(self._freight(order), [40])
        rest = self._ship_rest(order)
        self.assertEqual(self._freight(order), [40])
        self.assertEqual(rest.carrier_price, 40)
        self.assertKeptOut(rest)
        self.assertKeptOut(rest.backorder_id, kept_out=False)

    def test_once_holds_for_a_third_shipment_too(self):
        order = self._carried_short()
        self._ship_rest(order, 1)
        self.assertKeptOut(self._ship_rest(order, 2))
        self.assertEqual(self._freight(order), [40])

    def test_each_charges_every_shipment(self):
        self.company.backorder_freight = "each"
        order = self._carried_short()
        rest = self._ship_rest(order)
        self.assertEqual(self._freight(order), [40, 40])
        self.assertKeptOut(rest, kept_out=False)

    def test_wholly_held_order_pays_for_its_first_shipment(self):
        order = self._carried_order(8)
        order.action_mark_backordered()
        self.assertKeptOut(self._ship_rest(order, 5), kept_out=False)
        self.assertEqual(self._freight(order), [40])
        self.assertKeptOut(self._ship_rest(order, 3))
        self.assertEqual(self._freight(order), [40])

    def test_first_shipment_pays_though_no_line_waits_for_its_cost(self):
        """The delivery method was chosen on the transfer, not on the order."""
        order = self._order((self.gadget, 8))
        order.picking_ids.carrier_id = self.carrier
        order.action_mark_backordered()
        self.assertEqual(self._ship_rest(order, 5).carrier_id, self.carrier)
        self.assertEqual(self._freight(order), [40])
        self.assertKeptOut(self._ship_rest(order, 3))
        self.assertEqual(self._freight(order), [40])

    def test_standard_backorder_is_charged_as_in_odoo(self):
        order = self._carried_short(decision="native")
        rest = self._released(order)
        self._stock(self.gadget, 3)
        rest.action_assign()
        rest.button_validate()
        self.assertEqual(self._freight(order), [40, 40])
        self.assertKeptOut(rest, kept_out=False)

    def test_feature_off_is_charged_as_in_odoo(self):
        order = self._carried_short()
        rest = self._arrive(order, 3)
        self.company.backorder_automation = False
        rest.button_validate()
        self.assertEqual(self._freight(order), [40, 40])
        self.assertKeptOut(rest, kept_out=False)

    def test_shipment_that_carries_more_than_back_orders_is_charged(self):
        """Only the Ship step of several mixes: there what was sold since rides along."""
        self.warehouse.delivery_steps = "pick_ship"
        self._stock(self.gadget, 5)
        order = self._carried_order(8)
        self._ship(order.picking_ids, 5).process()
        self._released(order).button_validate()
        self.assertEqual(self._freight(order), [40])
        self._arrive(order, 3).button_validate()
        self._stock(self.gadget, 2)
        self._add(order, 2)
        self._released(order).filtered(
            lambda p: p.picking_type_id == self.warehouse.pick_type_id
        ).button_validate()
        ship = self._released(order)
        self.assertEqual(set(map(bool, ship.move_ids.mapped("backorder_date"))), {True, False})
        ship.button_validate()
        self.assertEqual(self._freight(order), [40, 40])

    def test_once_holds_in_two_steps(self):
        self.warehouse.delivery_steps = "pick_ship"
        self._stock(self.gadget, 5)
        order = self._carried_order(8)
        self._ship(order.picking_ids, 5).process()
        self._released(order).button_validate()
        self._arrive(order, 3)
        self._walk_to_customer(order)
        self.assertEqual(order.order_line[:1].qty_delivered, 8)
        self.assertEqual(self._freight(order), [40])

    def test_line_that_waits_for_its_cost_is_filled(self):
        """Another delivery method chosen for the rest: its line is there already, at zero."""
        order = self._carried_short()
        order.order_line.filtered("is_delivery").is_delivery = False
        order.set_delivery_line(self.other_carrier, 15)
        self.assertEqual(self._freight(order), [0])
        rest = self._ship_rest(order)
        self.assertEqual(rest.carrier_id, self.other_carrier)
        self.assertEqual(self._freight(order), [15])
        self.assertKeptOut(rest, kept_out=False)

    def test_estimated_cost_has_nothing_to_keep_out(self):
        estimated = self._carrier("Estimated", 40, "estimated")
        order = self._carried_short(carrier=estimated)
        rest = self._ship_rest(order)
        self.assertEqual(self._freight(order), [40])
        self.assertKeptOut(rest, kept_out=False)

    def test_setting_is_per_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        with Form(self.env["res.config.settings"]) as form:
            form.backorder_freight = "each"
        form.record.execute()
        self.assertEqual(self.company.backorder_freight, "each")
        self.assertEqual(other.backorder_freight, "once")
