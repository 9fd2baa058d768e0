from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.fields import Command

from odoo.addons.backorder_automation.tests.common import QueueCommon


class PurchaseCommon(QueueCommon):
    """Customers who wait, a vendor, and a buyer with no other rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("purchase.group_purchase_manager")
        cls.buyer = cls._user("bo_buyer", "purchase.group_purchase_user")
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor"})
        cls.other_warehouse = cls.env["stock.warehouse"].create({"name": "Other", "code": "OWH"})
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        for product in (cls.gadget, cls.gizmo):
            product.write({"list_price": 10, "taxes_id": False, "uom_ids": cls.dozen})

    def _purchase(self, *lines, days=5, confirm=True, warehouse=None, **values):
        """Buy (product, quantity) pairs, to arrive in so many days."""
        date = fields.Datetime.now() + timedelta(days=days)
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "picking_type_id": (warehouse or self.warehouse).in_type_id.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_qty": quantity, "date_planned": date}
                    )
                    for product, quantity in lines
                ],
                **values,
            }
        )
        if confirm:
            purchase.button_confirm()
        return purchase

    def _rows(self, model, **domain):
        """Read a report as the buyer."""
        self.env.flush_all()
        self.env.invalidate_all()  # what a report showed before is not what it shows now
        conditions = [(name, "=", value) for name, value in domain.items()]
        return self.env[f"backorder.{model}.report"].with_user(self.buyer).search(conditions)

    def _queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        return self.env.cr.sql_log_count - before

    def _read_view(self, model, user, view=None, view_type="list", domain=()):
        """Read the records a user sees in a view, with every field that is in it."""
        # As the web client does: else each new environment reads the time zone of the user.
        records = self.env[model].with_user(user).with_context(tz="UTC")
        arch = etree.fromstring(records.get_view(view and self.env.ref(view).id, view_type)["arch"])
        names = {
            node.get("name")
            for node in arch.iter("field")
            if not any(parent.tag == "field" for parent in node.iterancestors())
        }
        specification = {
            name: {"fields": {"display_name": {}}} if records._fields[name].relational else {}
            for name in names
        }
        return records.web_search_read(list(domain), specification)["records"], arch
