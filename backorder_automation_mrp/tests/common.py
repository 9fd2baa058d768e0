from odoo.fields import Command

from odoo.addons.backorder_automation.tests.common_roads import RoadsCommon


class KitCommon(RoadsCommon):
    """A kit of two gadgets (A) and one gizmo (B), and the verbs about it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kit = cls._product("Kit", is_storable=False, invoice_policy="delivery")
        cls.bom = cls._bom(cls.kit, (cls.gadget, 2), (cls.gizmo, 1))

    @classmethod
    def _bom(cls, product, *components, **values):
        """Make a product a kit of (component, quantity) pairs."""
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": component.id, "product_qty": quantity})
                    for component, quantity in components
                ],
                **values,
            }
        )

    def _stock_kits(self, quantity):
        """Put the components of so many kits in stock."""
        self._stock(self.gadget, 2 * quantity)
        self._stock(self.gizmo, quantity)

    def _ship_components(self, picking, **quantities):
        """Ship (product attribute name: quantity) and return the dialog if any."""
        for name, quantity in quantities.items():
            product = getattr(self, name)
            move = picking.move_ids.filtered(lambda move, p=product: move.product_id == p)
            move.write({"quantity": quantity, "picked": True})
        return self._validate(picking)

    def _short_kits(self, ordered=10, gadget=14, gizmo=7, **values):
        """Order kits, ship so many components, mark the rest as back ordered."""
        self._stock(self.gadget, gadget)
        self._stock(self.gizmo, gizmo)
        order = self._order((self.kit, ordered), **values)
        self._ship_components(order.picking_ids, gadget=gadget, gizmo=gizmo).process()
        return order

    def _quantities(self, moves):
        """Return what the moves ask for of the gadget and the gizmo."""
        return tuple(
            sum(moves.filtered(lambda move, p=product: move.product_id == p).mapped("product_qty"))
            for product in (self.gadget, self.gizmo)
        )

    def _released_quantities(self, order):
        moves = self._released(order).move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        return self._quantities(moves)

    def assertKitsHeld(self, order, gadget, gizmo):
        """Assert what is held of each component, and that it waits properly."""
        held = self._held(order)
        self.assertEqual(self._quantities(held), (gadget, gizmo))
        self.assertFalse(held.picking_id)
        self.assertFalse(held.move_line_ids)
        self.assertLessEqual(set(held.mapped("state")), {"confirmed"})
        self.assertEqual(order.is_backordered, self._is_open(order))

    def _is_open(self, order):
        return any(move._is_backorder_open() for move in order.order_line.move_ids)

    def assertKitsWhole(self, order):
        """Assert for each component that delivered and open demand is what was ordered."""
        line = order.order_line
        for part in line._get_backorder_parts():
            self.assertAlmostEqual(line._get_backorder_balance(part), 0.0)
        self.assertNoReturn()
        findings = self.env["backorder.check"]._check()
        self.assertFalse(findings, findings.mapped("detail"))

    def assertNoReturn(self):
        """Assert that no goods are asked back from the customer by themselves."""
        invented = self.env["stock.move"].search(
            [
                ("product_id", "in", (self.gadget | self.gizmo).ids),
                ("location_id.usage", "=", "customer"),
                ("origin_returned_move_id", "=", False),
                ("state", "!=", "cancel"),
            ]
        )
        self.assertFalse(invented, "a customer return was invented")

    def assertKitsComplete(self, order):
        """Assert that the customer has everything and nothing of the order is open."""
        line = order.order_line
        self.assertEqual(line.qty_delivered, line.product_uom_qty)
        self.assertEqual(line.qty_backordered, 0)
        self.assertFalse(order.is_backordered)
        self.assertEqual(order.delivery_status, "full")
        self.assertKitsWhole(order)
