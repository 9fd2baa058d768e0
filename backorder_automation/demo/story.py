from datetime import timedelta

from odoo import fields
from odoo.fields import Command

CITIES = (
    *("Antwerp", "Bruges", "Calais", "Delft", "Essen", "Florence"),
    *("Ghent", "Hasselt", "Ieper", "Jena", "Kortrijk", "Lille"),
)


class Story:
    """The demo story, told through the methods people use.

    The documents get no external ids: they are not the addon's to delete at uninstall.
    """

    def __init__(self, env):
        self.env = env

    def tell(self):
        """Tell the whole story, once, and open the Back Orders list at the admin's login."""
        if self.env["product.product"].search_count([("default_code", "=", "GADGET")], limit=1):
            return
        self._tell_the_walk()
        self._tell_the_competition()
        self._tell_the_late_promise()
        self._tell_the_complete_pair()
        self._tell_what_was_not_found()
        # As the first run of the secondary process would: the activities belong to the story.
        self.env["sale.order"]._backorder_update_alerts()
        workbench = self.env.ref("backorder_automation.action_backorder_moves")
        self.env.ref("base.user_admin").action_id = workbench.id

    def _tell_the_walk(self):
        """Show the walk at each stage.

        Gadgets: 500 in stock, 533 ordered, 33 on their way. Gizmos: shipped short, 33 held.
        Doodads: the missing 5 came in, the job gives them their transfer.
        """
        gadget = self._make_product("Gadget", "GADGET", 12.5)
        self._put_in_stock(gadget, 500)
        self._sell(self._make_customer("Grand Hotel Gadget", "Ostend"), (gadget, 533))
        self._expect(gadget, 33, days=3)
        gizmo = self._make_product("Gizmo", "GIZMO", 18.0)
        self._put_in_stock(gizmo, 60)
        bellevue = self._make_customer("Hotel Bellevue", "Ghent")
        self._ship(self._sell(bellevue, (gizmo, 93)), 60)
        self._give_portal_access(bellevue, "bellevue")
        self._expect(gizmo, 33, days=5)
        doodad = self._make_product("Doodad", "DOODAD", 7.0)
        self._put_in_stock(doodad, 20)
        self._ship(self._sell(self._make_customer("Hotel Astoria", "Brussels"), (doodad, 25)), 20)
        self._put_in_stock(doodad, 5)

    def _tell_what_was_not_found(self):
        """The system has twelve bulbs; the shipper finds seven, and says so."""
        bulb = self._make_product("Spare Bulb", "BULB", 4.0)
        self._put_in_stock(bulb, 12)
        self._ship(
            self._sell(self._make_customer("Cinema Rex", "Leuven"), (bulb, 12)), 7, "not_found"
        )

    def _tell_the_competition(self):
        """Twelve shops want the same lamp; ten come in next week."""
        lamp = self._make_product("Festoon Lamp", "LAMP", 39.0)
        for number, city in enumerate(CITIES):
            shop = self._make_customer(f"Light & Co {city}", city)
            order = self._sell(shop, (lamp, 2 + number % 3), promised=4 + number)
            order.action_mark_backordered()
        order.order_line.move_ids.filtered("backorder_held").priority = "1"
        self._expect(lamp, 10, days=7)

    def _tell_the_late_promise(self):
        """Promised last week, and nothing is ordered."""
        clock = self._make_product("Station Clock", "CLOCK", 149.0)
        museum = self._make_customer("Railway Museum", "Mechelen")
        self._sell(museum, (clock, 3), promised=-6).action_mark_backordered()

    def _tell_the_complete_pair(self):
        """Two orders that ship complete want the same table and chairs: one can be served."""
        table = self._make_product("Terrace Table", "TABLE", 89.0)
        chair = self._make_product("Terrace Chair", "CHAIR", 29.0)
        for name in ("Café Central", "Café du Port"):
            cafe = self._make_customer(name, "Ostend")
            order = self._sell(cafe, (table, 4), (chair, 16), picking_policy="one")
            order.action_mark_backordered()
        self._put_in_stock(table, 4)

    # The verbs

    def _make_customer(self, name, city):
        address = name.lower().replace(" ", ".").replace("é", "e").replace("&", "and")
        return self.env["res.partner"].create(
            {
                "name": name,
                "email": f"{address}@example.com",
                "city": city,
                "country_id": self.env.ref("base.be").id,
            }
        )

    def _give_portal_access(self, customer, login):
        """Let a customer see her orders; the password is the login."""
        self.env["res.users"].with_context(no_reset_password=True).create(
            {
                "partner_id": customer.id,
                "login": login,
                "password": login,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )

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

    def _sell(self, partner, *lines, promised=None, **values):
        """Sell (product, quantity) pairs, promised in so many days; return the order."""
        if promised is not None:
            values["commitment_date"] = fields.Datetime.now() + timedelta(days=promised)
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": self.env.ref("base.user_admin").id,
                "warehouse_id": self.env.ref("stock.warehouse0").id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity})
                    for product, quantity in lines
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    def _ship(self, order, quantity, decision=False):
        """Ship `quantity` of the order and keep the rest, as decided else by default."""
        transfer = order.picking_ids
        transfer.move_ids.write(
            {"quantity": quantity, "picked": True, "backorder_decision": decision}
        )
        transfer.with_context(skip_backorder=True).button_validate()

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
