from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command


class BackorderDemo(models.AbstractModel):
    """Build the demo story through the methods people use.

    The documents get no external ids: they are not the addon's to delete at uninstall.
    """

    _name = "backorder.demo"
    _description = "Back Order Demo Data"

    @api.model
    def _load(self):
        """Make 500 gadgets in stock, 533 ordered and 33 on their way. Does so only once."""
        if self.env["product.product"].search_count([("default_code", "=", "GADGET")], limit=1):
            return
        gadget = self._make_product("Gadget", "GADGET", 12.5)
        self._put_in_stock(gadget, 500)
        hotel = self.env["res.partner"].create(
            {
                "name": "Grand Hotel Gadget",
                "email": "purchasing@grandhotel.example.com",
                "street": "1 Promenade",
                "city": "Ostend",
                "country_id": self.env.ref("base.be").id,
            }
        )
        self._sell(hotel, gadget, 533)
        self._expect(gadget, 33, days=3)

    def _make_product(self, name, code, price):
        return self.env["product.product"].create(
            {
                "name": name,
                "default_code": code,
                "type": "consu",
                "is_storable": True,
                "list_price": price,
            }
        )

    def _put_in_stock(self, product, quantity):
        """Count `quantity` (unit of the product) in the main stock."""
        self.env["stock.quant"].with_context(inventory_mode=True).create(
            {
                "product_id": product.id,
                "location_id": self.env.ref("stock.stock_location_stock").id,
                "inventory_quantity": quantity,
            }
        ).action_apply_inventory()

    def _sell(self, partner, product, quantity):
        """Sell `quantity` (unit of the product) and confirm; return the order."""
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": self.env.ref("base.user_admin").id,
                "warehouse_id": self.env.ref("stock.warehouse0").id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity})
                ],
            }
        )
        order.action_confirm()
        return order

    def _expect(self, product, quantity, days):
        """Expect `quantity` (unit of the product) from a supplier in some days."""
        receipt_type = self.env.ref("stock.picking_type_in")
        locations = {
            "location_id": self.env.ref("stock.stock_location_suppliers").id,
            "location_dest_id": receipt_type.default_location_dest_id.id,
        }
        line = {"product_id": product.id, "product_uom_qty": quantity, **locations}
        receipt = self.env["stock.picking"].create(
            {
                "picking_type_id": receipt_type.id,
                "scheduled_date": fields.Datetime.now() + timedelta(days=days),
                "move_ids": [Command.create(line)],
                **locations,
            }
        )
        receipt.action_confirm()
        return receipt
