from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.backorder_automation.tests.common import QueueCommon


@tagged("post_install", "-at_install")
class TestShopPage(QueueCommon, HttpCase):
    """What a visitor reads on the page of a product, who is nobody we know."""

    def test_variants_say_when_they_ship(self):
        website = self.env["website"].search([], limit=1)
        website.write({"company_id": self.company.id, "warehouse_id": self.warehouse.id})
        attribute = self.env["product.attribute"].create(
            {
                "name": "When",
                "display_type": "radio",
                "value_ids": [Command.create({"name": name}) for name in ("Late", "Here")],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Shop Gadget",
                "type": "consu",
                "is_storable": True,
                "is_published": True,
                "list_price": 9,
                "allow_out_of_stock_order": True,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        late, here = template.product_variant_ids
        self._stock(here, 10)
        self._waiting(4, product=late)
        moves = self._incoming(late, 9).move_ids
        moves.date = fields.Datetime.now() + timedelta(days=9)
        self.start_tour(template.website_url, "backorder_shop", login=None)
