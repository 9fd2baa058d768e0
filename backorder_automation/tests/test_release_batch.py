from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import tagged

from ..work import at_work
from .common import QueueCommon


@tagged("post_install", "-at_install")
class TestReleaseBatch(QueueCommon):
    """What a batch does together is what Odoo does one by one."""

    def _sold(self, quantity, product=None):
        """Return what is held of a new order."""
        return self._held(self._waiting(quantity, product=product))

    def _cron(self):
        self.env["stock.move"]._cron_backorder_secondary()

    def _statements(self, work):
        """Return the SQL that some work sends."""
        statements, execute = [], Cursor.execute

        def remember(cursor, *args, **kwargs):
            result = execute(cursor, *args, **kwargs)
            statements.append(cursor._obj.query.decode())
            return result

        self.env.flush_all()
        with patch.object(Cursor, "execute", remember):
            work()
            self.env.flush_all()
        return statements

    def assertReservedOnce(self, *products):
        """What is reserved on the stock is what the lines say."""
        for product in products:
            quants = self.env["stock.quant"].search(
                [("product_id", "=", product.id), ("location_id", "child_of", self.stock.id)]
            )
            lines = self.env["stock.move.line"].search([("product_id", "=", product.id)])
            for quant in quants:
                taking = lines.filtered(
                    lambda line, quant=quant: (
                        line.location_id == quant.location_id
                        and line.lot_id == quant.lot_id
                        and line.package_id == quant.package_id
                        and line.owner_id == quant.owner_id
                    )
                )
                reserved = sum(taking.mapped("quantity_product_uom"))
                self.assertAlmostEqual(quant.reserved_quantity, reserved, msg=product.name)
            self.assertAlmostEqual(
                sum(quants.mapped("reserved_quantity")),
                sum(lines.mapped("quantity_product_uom")),
            )

    def test_who_comes_next_in_a_batch_finds_what_is_left(self):
        """Also where more was promised than there is."""
        first, second = self._sold(3), self._sold(3)
        self._stock(self.gadget, 2, self.shelf)
        self._stock(self.gadget, 2)
        moves = first | second
        moves._backorder_lock()._backorder_carry_out(dict.fromkeys(moves.ids, 3.0))
        self.assertEqual(moves.mapped("quantity"), [3, 1])
        self.assertEqual(moves.mapped("state"), ["assigned", "assigned"])
        self.assertHeld(second.sale_line_id.order_id, 2)
        self.assertReservedOnce(self.gadget)

    def test_stock_of_every_kind_is_reserved_once(self):
        lots = self._product("Of lots", tracking="lot")
        serials = self._product("Of serials", tracking="serial")
        packed, owned = self._product("Packed"), self._product("Owned")
        dozens = self._product("By the dozen")
        goods = (lots, serials, packed, owned, dozens)
        for _number in range(2):
            for product in goods[:-1]:
                self._sold(2, product)
            order = self._order((dozens, 1), confirm=False)
            order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
            order.action_confirm()
            order.action_mark_backordered()
        put = self.env["stock.quant"]._update_available_quantity
        for number in range(4):
            for product in (lots, serials):
                lot = self.env["stock.lot"].create({"name": f"L{number}", "product_id": product.id})
                put(product, self.stock, 1, lot_id=lot)
        for name in ("P1", "P2"):
            put(packed, self.shelf, 2, package_id=self.env["stock.package"].create({"name": name}))
        put(owned, self.stock, 1, owner_id=self.customer)
        put(owned, self.stock, 3)
        put(dozens, self.stock, 24)
        self._cron()
        self.assertFalse(self.env["stock.move"].search([("backorder_held", "=", True)]))
        self.assertReservedOnce(*goods)
        self.env["stock.quant"]._clean_reservations()
        self.assertReservedOnce(*goods)
        for product in goods:
            lines = self.env["stock.move.line"].search([("product_id", "=", product.id)])
            self.assertEqual(len(lines.picking_id), 2, product.name)

    def test_line_of_a_batch_is_like_a_line_of_odoo(self):
        moves = self._sold(3)
        self._stock(self.gadget, 3, self.shelf)

        def line():
            fields = ("location_id", "location_dest_id", "quantity", "product_uom_id", "picked")
            return moves.move_line_ids.read([*fields, "company_id", "lot_id", "owner_id", "state"])

        with self.env.cr.savepoint() as savepoint:
            moves.sudo().write({"backorder_held": False})
            at_work(moves, allowance={})._action_assign()
            [expected] = line()
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        self._cron()
        [made] = line()
        del expected["id"], made["id"]
        self.assertEqual(made, expected)

    def test_lines_locks_and_notes_do_not_cost_by_the_order(self):
        """The INSERTs and the locks of a batch are as many for twelve orders as for two."""

        def cost(count):
            for _number in range(count):
                self._sold(1)
            self._stock(self.gadget, count)
            statements = self._statements(self._cron)
            return [
                sum(text.startswith(start) and end in text for text in statements)
                for start, end in (
                    ('INSERT INTO "stock_move_line"', ""),
                    ('INSERT INTO "stock_picking"', ""),
                    ('INSERT INTO "mail_message"', ""),
                    ('SELECT "stock_quant"', "UPDATE"),
                )
            ]

        cost(1)
        few, many = cost(2), cost(12)
        self.assertEqual(few, many)
        self.assertEqual(few[0], 1, "lines")

    def test_new_transfer_says_where_it_comes_from_in_the_words_of_odoo(self):
        moves = self._sold(3)
        self._stock(self.gadget, 3)
        note = self.env.ref("mail.mt_note")

        def notes():
            messages = moves.picking_id.message_ids.filtered(lambda m: m.subtype_id == note)
            return messages.filtered("body").mapped("body")

        with self.env.cr.savepoint() as savepoint:
            moves.sudo().write({"backorder_held": False})
            moves._assign_picking()
            expected = [body for body in notes() if "data-oe-id" in body]
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        self._cron()
        self.assertEqual(len(expected), 1)
        [note_of_ours] = notes()
        self.assertTrue(note_of_ours.startswith(expected[0]), note_of_ours)

    def test_other_notes_on_a_new_transfer_are_posted(self):
        """Of an addon that has something to say when a transfer is assigned."""
        moves, order = self._sold(3), self._order((self.gizmo, 1))
        self._stock(self.gadget, 3)
        assign = type(moves)._assign_picking_post_process

        def assign_and_say(records, new=False):
            assign(records, new=new)
            records.picking_id.message_post(body="Handle with care")

        with patch.object(type(moves), "_assign_picking_post_process", assign_and_say):
            self._cron()
        bodies = " ".join(moves.picking_id.message_ids.mapped("body"))
        self.assertIn("Handle with care", bodies)
        self.assertIn(moves.sale_line_id.order_id.name, bodies)
        self.assertIn(order.name, " ".join(order.picking_ids.message_ids.mapped("body")))

    def test_size_of_the_whole_is_noted_where_something_is_split_off(self):
        whole, part = self._sold(3), self._sold(3)
        self._stock(self.gadget, 4)
        self._cron()
        self.assertFalse(whole.backorder_queue_qty)
        self.assertEqual(part.product_uom_qty, 1)
        rest = self._held(part.sale_line_id.order_id)
        self.assertEqual(rest.product_uom_qty, 2)
        self.assertEqual((part | rest).mapped("backorder_queue_qty"), [3, 3])

    def test_transfer_ships_as_its_order_says(self):
        """As soon as possible, or all at once: whatever the operation type says."""
        orders = self._waiting(3) | self._complete((self.gizmo, 3))
        self.warehouse.out_type_id.move_type = "one"
        self._stock(self.gadget, 3)
        self._stock(self.gizmo, 3)
        self._cron()
        policies = [order.picking_ids.move_ids.picking_id.move_type for order in orders]
        self.assertEqual(policies, ["direct", "one"])
