from odoo.fields import Command
from odoo.tests import Form

from .common import BackorderCommon


class RoadsCommon(BackorderCommon):
    """The roads people take through Odoo, and what must be true at the end of each."""

    def _arrive(self, order, quantity, product=None):
        """Receive, release, and return the open transfers of the order."""
        self._receive(product or self.gadget, quantity)
        self._release()
        return self._released(order)

    def _release(self):
        """Run both processes inside this transaction."""
        moves = self.env["stock.move"]
        moves._cron_backorder_primary()
        moves._cron_backorder_secondary()

    def _return(self, picking, quantity, to_refund=True, exchange=False):
        """Take goods back through the wizard; return the validated return."""
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
            )
        ).save()
        wizard.product_return_moves[:1].write({"quantity": quantity, "to_refund": to_refund})
        action = wizard.action_create_exchanges() if exchange else wizard.action_create_returns()
        back = self.env["stock.picking"].browse(action["res_id"])
        back.move_ids.picked = True
        back.button_validate()
        self.assertEqual(back.state, "done")
        return back

    def _walk_to_customer(self, order):
        """Validate whatever is open for the order, step by step, as far as it goes."""
        for _step in range(9):
            ready = self._released(order).filtered(lambda picking: picking.state == "assigned")
            if not ready:
                return
            for picking in ready:
                picking.button_validate()

    def _other_warehouse(self):
        return self.env["stock.warehouse"].create({"name": "Other", "code": "OWH"})

    def _address(self, name="Home"):
        return self.env["res.partner"].create({"name": name, "parent_id": self.customer.id})

    def _open_quantity(self, line):
        """Return the open demand of an order line, in the unit of the line."""
        open_moves = line.move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and move.location_id.usage != "customer"
                and (move.location_final_id or move.location_dest_id).usage == "customer"
            )
        )
        return sum(open_moves.mapped("product_qty")) / line.product_uom_id.factor

    def assertWhole(self, order, given_up=0.0):
        """Assert that nothing of a confirmed order vanished and nothing doubled.

        :param given_up: what was returned for a refund or cancelled by a decision, over all lines
        """
        missing = 0.0
        for line in order.order_line:
            covered = line.qty_delivered + self._open_quantity(line)
            missing += line.product_uom_qty - covered
        self.assertAlmostEqual(
            missing, given_up, places=1, msg="the quantities of the order are not true"
        )
        self.assertEqual(
            order.is_backordered,
            any(move._is_backorder_open() for move in order.order_line.move_ids),
        )
        self.assertNothingInvented(order)
        held = self._held(order)
        self.assertFalse(held.picking_id)
        self.assertFalse(held.move_line_ids)
        orphans = order.order_line.move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and not move.picking_id
                and not move.backorder_held
            )
        )
        self.assertFalse(orphans, "open demand that no transfer carries and nobody holds")

    def assertNothingInvented(self, order):
        """Assert that no goods are asked back from the customer by themselves."""
        invented = self.env["stock.move"].search(
            [
                ("product_id", "in", order.order_line.product_id.ids),
                ("location_id.usage", "=", "customer"),
                ("origin_returned_move_id", "=", False),
                ("state", "!=", "cancel"),
            ]
        )
        self.assertFalse(invented, "a customer return was invented")

    def assertComplete(self, order):
        """Assert that the customer has everything and nothing of the order is open."""
        for line in order.order_line:
            self.assertAlmostEqual(line.qty_delivered, line.product_uom_qty, places=1)
            self.assertEqual(self._open_quantity(line), 0)
        self.assertFalse(order.is_backordered)
        self.assertEqual(order.delivery_status, "full")

    def _allocate(self, receipt, moves, quantities):
        """Press Assign in the reception report."""
        self.env["report.stock.report_reception"].action_assign(
            moves.ids, quantities, [receipt.move_ids.ids] * len(moves)
        )

    def _line(self, product, quantity, **values):
        return Command.create({"product_id": product.id, "product_uom_qty": quantity, **values})
