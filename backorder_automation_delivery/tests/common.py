from odoo.fields import Command

from odoo.addons.backorder_automation.tests.common_roads import RoadsCommon


class FreightCommon(RoadsCommon):
    """A carrier that charges what a shipment really cost: 40 each time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gadget.weight = 2.0
        cls.carrier = cls._carrier("Real Carrier", 40)
        cls.other_carrier = cls._carrier("Other Carrier", 15)

    @classmethod
    def _carrier(cls, name, price, policy="real"):
        freight = cls.env["product.product"].create({"name": name, "type": "service"})
        return cls.env["delivery.carrier"].create(
            {
                "name": name,
                "delivery_type": "fixed",
                "fixed_price": price,
                "invoice_policy": policy,
                "product_id": freight.id,
            }
        )

    def _carried_order(self, quantity, carrier=None, **values):
        """Order gadgets with a delivery method, as the wizard of the order sets it."""
        order = self._order((self.gadget, quantity), confirm=False, **values)
        order.set_delivery_line(carrier or self.carrier, 40)
        order.action_confirm()
        return order

    def _carried_short(self, ordered=8, shipped=5, carrier=None, decision="backorder"):
        """Ship a part of an order, and decide about the rest."""
        self._stock(self.gadget, shipped)
        order = self._carried_order(ordered, carrier)
        wizard = self._ship(order.picking_ids, shipped)
        wizard.shortfall_line_ids.decision = decision
        wizard.process()
        return order

    def _freight(self, order):
        """Return what the freight lines of the order charge, in the order they were added."""
        return order.order_line.filtered("is_delivery").sorted("id").mapped("price_unit")

    def _notes(self, picking):
        return [str(body) for body in picking.message_ids.mapped("body")]

    def _add(self, order, quantity):
        """Sell more gadgets on a confirmed order."""
        order.order_line = [
            Command.create({"product_id": self.gadget.id, "product_uom_qty": quantity})
        ]
