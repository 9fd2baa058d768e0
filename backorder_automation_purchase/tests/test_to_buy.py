from odoo.tests import Form, tagged

from .common import PurchaseCommon


@tagged("post_install", "-at_install")
class TestToBuy(PurchaseCommon):
    """What a quotation line says about customers who wait."""

    def _to_buy(self, purchase):
        self.env.invalidate_all()
        return purchase.order_line.mapped("backorder_to_buy_qty")

    def test_quotation_shows_what_nobody_has_ordered(self):
        self._waiting(5), self._waiting(8)
        self._stock(self.gadget, 2)
        self._purchase((self.gadget, 4))
        quotation = self._purchase((self.gadget, 1), (self.gizmo, 1), confirm=False)
        self.assertEqual(self._to_buy(quotation), [7, 0])
        self.assertTrue(quotation.backorder_has_to_buy)

    def test_confirmed_order_has_bought(self):
        self._waiting(5)
        quotation = self._purchase((self.gadget, 2), confirm=False)
        self.assertEqual(self._to_buy(quotation), [5])
        quotation.button_confirm()
        self.assertEqual(self._to_buy(quotation), [0])
        self.assertFalse(quotation.backorder_has_to_buy)
        self.assertEqual(self._to_buy(self._purchase((self.gadget, 1), confirm=False)), [3])

    def test_another_warehouse_has_its_own(self):
        self._waiting(5)
        quotation = self._purchase((self.gadget, 5), confirm=False, warehouse=self.other_warehouse)
        self.assertEqual(self._to_buy(quotation), [0])

    def test_in_the_unit_of_the_line(self):
        self._waiting(18)
        quotation = self._purchase((self.gadget, 1), confirm=False)
        quotation.order_line.product_uom_id = self.dozen
        self.assertEqual(self._to_buy(quotation), [1.5])

    def test_shown_while_the_line_is_typed(self):
        self._waiting(5)
        with Form(self.env["purchase.order"].with_user(self.buyer)) as form:
            form.partner_id = self.vendor
            form.picking_type_id = self.warehouse.in_type_id
            self.assertFalse(form.backorder_has_to_buy)
            with form.order_line.new() as line:
                line.product_id = self.gadget
                self.assertEqual(line.backorder_to_buy_qty, 5)
            self.assertTrue(form.backorder_has_to_buy)

    def test_feature_off_shows_nothing(self):
        self._waiting(5)
        quotation = self._purchase((self.gadget, 1), confirm=False)
        self.company.backorder_automation = False
        self.assertEqual(self._to_buy(quotation), [0])
        self.assertFalse(quotation.backorder_has_to_buy)

    def test_sections_are_left_alone(self):
        quotation = self._purchase((self.gadget, 1), confirm=False)
        quotation.order_line.create(
            {
                "order_id": quotation.id,
                "display_type": "line_section",
                "name": "Section",
                "product_qty": 0,
            }
        )
        self.assertEqual(self._to_buy(quotation), [0, 0])
