import os
from contextlib import nullcontext
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import Form, HttpCase, TransactionCase
from odoo.tools import mute_logger

# Where everybody of a test lives: `make test-hours` sends them round the world.
TIME_ZONE = os.environ.get("BACKORDER_TEST_TZ") or False


class BackorderCommon(TransactionCase):
    """A warehouse of its own, a product, customers, and the verbs people use."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("stock.group_stock_manager")
        cls.company = cls.env.company
        cls.company.backorder_automation = True
        if TIME_ZONE:
            (cls.env.user.partner_id | cls.company.partner_id).tz = TIME_ZONE
        cls.warehouse = cls.env["stock.warehouse"].create({"name": "Test", "code": "TWH"})
        cls.stock = cls.warehouse.lot_stock_id
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Shelf 1", "location_id": cls.stock.id, "usage": "internal"}
        )
        cls.supplier_location = cls.env.ref("stock.stock_location_suppliers")
        cls.salesperson = cls._user("bo_sales", "sales_team.group_sale_salesman_all_leads")
        cls.shipper = cls._user("bo_shipper", "stock.group_stock_user")
        cls.manager = cls._user("bo_manager", "stock.group_stock_manager")
        cls.customer = cls.env["res.partner"].create({"name": "Customer"})
        cls.gadget = cls._product("Gadget")
        cls.gizmo = cls._product("Gizmo")
        cls.primary = cls.env.ref("backorder_automation.ir_cron_primary_incoming")
        cls.secondary = cls.env.ref("backorder_automation.ir_cron_secondary_available")
        (cls.primary | cls.secondary).active = True

    @classmethod
    def _user(cls, login, group):
        return cls.env["res.users"].create(
            {
                "name": login,
                "login": login,
                "email": f"{login}@example.com",
                "tz": TIME_ZONE,
                "group_ids": [Command.link(cls.env.ref(group).id)],
            }
        )

    @classmethod
    def _product(cls, name, **values):
        return cls.env["product.product"].create(
            {"name": name, "type": "consu", "is_storable": True, **values}
        )

    def _count(self, product, quantity, location=None):
        """Count `quantity` of the product (its unit) in a location."""
        self.env["stock.quant"].with_context(inventory_mode=True).create(
            {
                "product_id": product.id,
                "location_id": (location or self.stock).id,
                "inventory_quantity": quantity,
            }
        ).action_apply_inventory()

    def _stock(self, product, quantity, location=None):
        """Put stock there without a stock move."""
        self.env["stock.quant"]._update_available_quantity(
            product, location or self.stock, quantity
        )

    def _order(self, *lines, partner=None, confirm=True, **values):
        """Order (product, quantity) pairs."""
        order = self.env["sale.order"].create(
            {
                "partner_id": (partner or self.customer).id,
                "user_id": self.salesperson.id,
                "warehouse_id": self.warehouse.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity})
                    for product, quantity in lines
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    def _validate(self, picking, **quantities):
        """Press Validate; return the dialog's record or the result."""
        result = picking.button_validate()
        if isinstance(result, dict) and result.get("res_model") == "stock.backorder.confirmation":
            return Form(
                self.env["stock.backorder.confirmation"].with_context(**result["context"])
            ).save()
        return result

    def _ship(self, picking, quantity, product=None):
        """Ship `quantity` of the first line, or of the product; return the dialog if any."""
        moves = picking.move_ids
        move = moves.filtered(lambda move: move.product_id == product) if product else moves[:1]
        move.quantity = quantity
        move.picked = True
        return self._validate(picking)

    def _short(self, ordered=533, shipped=500, product=None, **values):
        """Order, ship less, mark as back ordered; return the order."""
        product = product or self.gadget
        if shipped:
            self._stock(product, shipped)
        order = self._order((product, ordered), **values)
        if shipped:
            self._ship(order.picking_ids, shipped).process()
        else:
            order.action_mark_backordered()
        return order

    def _receive(self, product, quantity, location=None, warehouse=None):
        """Receive `quantity` (unit of the product) and validate the receipt."""
        receipt = self._incoming(product, quantity, location, warehouse)
        receipt.move_ids.quantity = quantity
        receipt.move_ids.picked = True
        receipt.button_validate()
        self.assertEqual(receipt.state, "done")
        return receipt

    def _incoming(self, product, quantity, location=None, warehouse=None):
        """Confirm a receipt that is still to come."""
        warehouse = warehouse or self.warehouse
        receipt = self.env["stock.picking"].create(
            {
                "picking_type_id": warehouse.in_type_id.id,
                "location_id": self.supplier_location.id,
                "location_dest_id": (location or warehouse.in_type_id.default_location_dest_id).id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "location_id": self.supplier_location.id,
                            "location_dest_id": (
                                location or warehouse.in_type_id.default_location_dest_id
                            ).id,
                        }
                    )
                ],
            }
        )
        receipt.action_confirm()
        return receipt

    def _run(self, cron=None):
        """Run one process, or both, as the scheduler does."""
        # A test with a browser is in this mode already, and warns.
        mode = nullcontext if isinstance(self, HttpCase) else self.enter_registry_test_mode
        for job in cron or (self.primary, self.secondary):
            with mode(), mute_logger("odoo.addons.base.models.ir_cron"):
                self.assertIs(job.method_direct_trigger(), True)
        self.env.invalidate_all()

    def _held(self, order):
        return order.order_line.move_ids.filtered("backorder_held")

    def _released(self, order):
        """Return the open transfers of the order."""
        return order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))

    def _triggers(self, cron):
        """Return how often a job was woken."""
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])

    def _flush_tracking(self):
        """Write the tracked changes into the chatter, as the end of a request does."""
        self.env.flush_all()
        self.env.cr.flush()
        self.env.invalidate_all()

    def _forecast(self, product):
        return product.with_context(warehouse_id=self.warehouse.id).virtual_available

    def assertHeld(self, order, quantity):
        """Assert what is held for an order: one truth, seen from every side."""
        held = self._held(order)
        self.assertEqual(sum(held.mapped("product_uom_qty")), quantity)
        self.assertFalse(held.picking_id)
        self.assertFalse(held.move_line_ids)
        self.assertLessEqual(set(held.mapped("state")), {"confirmed"})
        if quantity:
            self.assertTrue(order.is_backordered)


class QueueCommon(BackorderCommon):
    """Orders that wait, and the plan that serves them."""

    def _waiting(self, quantity, product=None, promised=None, urgent=False, **values):
        """Hold a whole order; promised in so many days."""
        if promised is not None:
            values["commitment_date"] = fields.Datetime.now() + timedelta(days=promised)
        order = self._short(quantity, 0, product=product, **values)
        if urgent:
            self._held(order).priority = "1"
        return order

    def _complete(self, *lines, promised=None):
        """Hold (product, quantity) pairs that ship complete, promised in so many days."""
        values = {"picking_policy": "one"}
        if promised is not None:
            values["commitment_date"] = fields.Datetime.now() + timedelta(days=promised)
        order = self._order(*lines, **values)
        order.action_mark_backordered()
        return order

    def _held_of(self, order, product):
        """Return what is held of a product for an order."""
        return self._held(order).filtered(lambda move: move.product_id == product)

    def _dialog(self, action):
        """Return the record of a dialog that a button opened."""
        return self.env[action["res_model"]].browse(action["res_id"])

    def _plan(self, products=None, **options):
        return self.env["stock.move"]._backorder_plan(products, **options)

    def _places(self, *orders, **options):
        plan = self._plan(**options)
        return [plan[self._held(order).id].place for order in orders]

    def _served(self, *orders):
        plan = self._plan()
        return [plan[self._held(order).id].served for order in orders]
