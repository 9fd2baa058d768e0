from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The demo data tell one story, through the buttons people use."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.main_company").backorder_automation = True
        cls.records = cls.env["backorder.records"]
        cls.records._tell_demo()

    def _orders(self):
        products = ("GADGET", "GIZMO", "DOODAD", "LAMP", "CLOCK", "TABLE")
        lines = self.env["sale.order.line"].search([("product_id.default_code", "in", products)])
        return lines.order_id

    def test_walk_and_competition_and_promise_are_there(self):
        orders = self._orders()
        self.assertIn(533, orders.order_line.mapped("product_uom_qty"))
        lamps = orders.order_line.filtered(lambda line: line.product_id.default_code == "LAMP")
        self.assertEqual(len(lamps.order_id), 12)
        held = orders.order_line.move_ids.filtered("backorder_held")
        self.assertEqual(set(held.mapped("state")), {"confirmed"})
        self.assertTrue(all(order.is_backordered for order in held.sale_line_id.order_id))
        self.assertTrue(held.sale_line_id.order_id.activity_ids)

    def test_story_is_told_once(self):
        before = self._orders()
        self.records._tell_demo()
        self.assertEqual(self._orders(), before)

    def test_story_is_no_model(self):
        """It stands in a file that the addon itself never loads, and leaves no external ids."""
        self.assertNotIn("backorder.demo", self.registry)
        names = self.env["ir.model.data"].search(
            [("model", "in", ("sale.order", "stock.picking")), ("res_id", "in", self._orders().ids)]
        )
        self.assertNotIn("backorder_automation", names.mapped("module"))
