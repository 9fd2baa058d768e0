from odoo.tests import Form, tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestShortfallDialog(BackorderCommon):
    """The dialog shows each short line and takes a decision about it."""

    def _two_lines(self):
        self._stock(self.gadget, 5)
        self._stock(self.gizmo, 6)
        order = self._order((self.gadget, 8), (self.gizmo, 10))
        order.picking_ids.move_ids.picked = True
        return order, self._validate(order.picking_ids)

    def test_lines_show_the_shortfall(self):
        self._stock(self.gadget, 500)
        order = self._order((self.gadget, 533))
        incoming = self._incoming(self.gadget, 100)
        line = self._ship(order.picking_ids, 500).shortfall_line_ids
        self.assertEqual(line.product_id, self.gadget)
        self.assertEqual(line.demand, 533)
        self.assertEqual(line.shipping_now, 500)
        self.assertEqual(line.short, 33)
        self.assertEqual(line.free_now, 0)
        self.assertEqual(line.next_expected_date, incoming.move_ids.date)
        self.assertEqual(line.decision, "backorder")

    def test_each_line_has_its_decision(self):
        order, dialog = self._two_lines()
        with Form(dialog) as form, form.shortfall_line_ids.edit(1) as line:
            line.decision = "cancel"
        dialog.process()
        self.assertEqual(self._held(order).product_id, self.gadget)
        self.assertEqual(self._held(order).product_uom_qty, 3)
        cancelled = order.order_line.move_ids.filtered(lambda move: move.state == "cancel")
        self.assertEqual(cancelled.product_uom_qty, 4)
        self.assertIn("Gizmo", order.picking_ids.message_ids.mapped("body")[0])
        self.assertEqual(order.activity_ids.user_id, self.salesperson)

    def test_standard_backorder_stays_possible(self):
        order, dialog = self._two_lines()
        dialog.process_native()
        self.assertHeld(order, 0)
        self.assertEqual(len(self._released(order).move_ids), 2)
        self.assertFalse(order.is_backordered)

    def test_no_backorder_leaves_a_message_and_an_activity(self):
        order, dialog = self._two_lines()
        dialog.process_cancel_backorder()
        self.assertHeld(order, 0)
        self.assertFalse(self._released(order))
        self.assertTrue(order.picking_ids.message_ids.filtered(lambda m: "Not shipped" in m.body))
        self.assertEqual(len(order.activity_ids), 1)
        self.assertEqual(order.activity_ids.user_id, self.salesperson)

    def test_dialog_made_by_code_marks_as_back_ordered(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 8))
        order.picking_ids.move_ids.write({"quantity": 5, "picked": True})
        action = order.picking_ids.button_validate()
        self.env[action["res_model"]].with_context(**action["context"]).create({}).process()
        self.assertHeld(order, 3)

    def test_discarded_dialog_forgets_the_decision(self):
        order, dialog = self._two_lines()
        order.picking_ids.move_ids.backorder_decision = "cancel"
        self._validate(order.picking_ids)
        self.assertFalse(any(order.picking_ids.move_ids.mapped("backorder_decision")))

    def test_several_transfers_at_once(self):
        """Two short transfers from the list: each line is decided on its own."""
        self._stock(self.gadget, 10)
        orders = self._order((self.gadget, 8)) | self._order((self.gadget, 8))
        pickings = orders.picking_ids
        for picking, quantity in zip(pickings, (8, 2), strict=True):
            picking.move_ids.write({"quantity": quantity - 1, "picked": True})
        dialog = self._validate(pickings)
        self.assertEqual(len(dialog.shortfall_line_ids), 2)
        by_order = {line.move_id.sale_line_id.order_id: line for line in dialog.shortfall_line_ids}
        by_order[orders[0]].decision = "cancel"
        dialog.process()
        self.assertHeld(orders[0], 0)
        self.assertFalse(orders[0].is_backordered)
        self.assertTrue(orders[1].is_backordered)
        self.assertEqual(orders[1].order_line.qty_backordered, 7)
