"""Back-ordered demand that nobody decided about."""

from datetime import datetime

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..const import PAUSE_FIELDS
from ..models.stock_move import PROTECTED_FIELDS
from ..work import HISTORY
from .common import QueueCommon

DATE = datetime(2020, 1, 1)


@tagged("post_install", "-at_install")
class TestForged(QueueCommon):
    """Being a back order is something a process says: no value and no default proves it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.shipper | cls.salesperson | cls.manager

    def setUp(self):
        super().setUp()
        self.order = self._short(8, 5)
        self.held = self._held(self.order)

    def _values(self, **forged):
        """Return the values of a move like the real one, of a thousand, starred."""
        return {
            "product_id": self.gadget.id,
            "product_uom_qty": 1000,
            "location_id": self.stock.id,
            "location_dest_id": self.held.location_dest_id.id,
            "sale_line_id": self.order.order_line.id,
            "priority": "1",
            "state": "confirmed",
            **forged,
        }

    def _history(self):
        """Return what each protected field of the real one says."""
        held = self.held
        return {
            "backorder_held": True,
            "backorder_date": held.backorder_date,
            "backorder_announced_date": DATE,
            "backorder_doubt_id": held.backorder_origin_id.id,
            "backorder_promised_date": DATE,
            "backorder_origin_id": held.backorder_origin_id.id,
            "backorder_release_date": DATE,
            "backorder_error": "error",
            "backorder_retry_date": DATE,
            "backorder_try_count": 5,
            "backorder_queue_id": 1,
            "backorder_queue_qty": 1.0,
        }

    def _each(self):
        """Yield each person with the forged values: one by one, and together."""
        history = self._history()
        self.assertEqual(history.keys(), PROTECTED_FIELDS)
        released = {name: history[name] for name in history if name != "backorder_held"}
        for user in self.people:
            for forged in (*({name: history[name]} for name in history), history, released):
                with self.subTest(user=user.login, forged=list(forged)):
                    yield user, forged

    def _assert_nothing_forged(self):
        self.env.invalidate_all()
        self.assertHeld(self.order, 3)
        self.assertEqual(self.order.order_line.qty_backordered, 3)
        self.assertEqual(self._forecast(self.gadget), -3)

    def test_created(self):
        for user, forged in self._each():
            with self.assertRaises(AccessError):
                self.env["stock.move"].with_user(user).create(self._values(**forged))
        self._assert_nothing_forged()

    def test_created_beside_honest_ones(self):
        with self.assertRaises(AccessError):
            self.env["stock.move"].with_user(self.manager).create(
                [self._values(), self._values(backorder_date=DATE)]
            )

    def test_copied(self):
        for user, forged in self._each():
            with self.assertRaises(AccessError):
                self.held.with_user(user).copy({"product_uom_qty": 1000, **forged})
        self._assert_nothing_forged()

    def test_written(self):
        move = self._order((self.gizmo, 3)).picking_ids.move_ids
        for user, forged in self._each():
            with self.assertRaises(AccessError):
                move.with_user(user).write(forged)

    def test_made_and_changed_through_documents(self):
        picking = self._order((self.gizmo, 3)).picking_ids
        for user, forged in self._each():
            made = Command.create(self._values(**forged))
            changed = Command.update(picking.move_ids.id, forged)
            for record in (picking, self.order.order_line):
                with self.assertRaises(AccessError):
                    record.with_user(user).write({"move_ids": [made]})
            with self.assertRaises(AccessError):
                picking.with_user(user).write({"move_ids": [changed]})

    def test_held_demand_is_no_other_demand(self):
        """Nobody makes it larger, or another order's, or puts it into a transfer."""
        other = self._order((self.gizmo, 3))
        for user in self.people:
            held = self.held.with_user(user)
            for forged in (
                {"product_uom_qty": 1000},
                {"sale_line_id": other.order_line.id},
                {"product_id": self.gizmo.id},
                {"picking_id": other.picking_ids.id},
                {"location_id": self.shelf.id},
                {"quantity": 3},
            ):
                with self.subTest(user=user.login, forged=forged):
                    with self.assertRaises(AccessError):
                        held.write(forged)
                    with self.assertRaises(AccessError):
                        held.with_context(do_not_unreserve=True).write(forged)
            for record in (other.picking_ids, other.order_line):
                with self.assertRaises(AccessError):
                    record.with_user(user).write({"move_ids": [Command.link(held.id)]})
        self._assert_nothing_forged()

    def test_held_demand_is_starred(self):
        self.held.with_user(self.shipper).priority = "1"
        self.assertEqual(self.held.priority, "1")

    def test_imported(self):
        names = ["product_id/.id", "product_uom_qty", "location_id/.id", "location_dest_id/.id"]
        rows = [[str(self._values()[name.split("/")[0]]) for name in names]]
        for name, value in (("backorder_held", "1"), ("backorder_date", "2020-01-01 00:00:00")):
            moves = self.env["stock.move"].with_user(self.manager)
            result = moves.load([*names, name], [[*row, value] for row in rows])
            self.assertFalse(result["ids"])
            self.assertIn("not by hand", result["messages"][0]["message"])
        self.assertTrue(moves.load(names, rows)["ids"])

    def test_defaults_say_nothing(self):
        """Neither of the context, nor those anybody may store for himself."""
        history = {**self._history(), "backorder_paused": True, "backorder_decision": "cancel"}
        defaults = {f"default_{name}": value for name, value in history.items()}
        for user in self.people:
            moves = self.env["stock.move"].with_user(user).with_context(**defaults)
            self.env["ir.default"].set("stock.move", "backorder_held", True, user_id=user.id)
            move = moves.create(self._values())
            self.assertFalse(any(move[name] for name in history))
            self.assertFalse(history.keys() & moves.default_get(list(history)).keys())
            move._action_cancel()
        self._assert_nothing_forged()

    def test_confirmed_with_defaults(self):
        defaults = {f"default_{name}": value for name, value in self._history().items()}
        quotation = self._order((self.gizmo, 3), confirm=False).with_user(self.salesperson)
        quotation.with_context(**defaults, default_is_backordered=True).action_confirm()
        self.assertFalse(quotation.is_backordered)
        self.assertHeld(quotation, 0)
        self.assertTrue(quotation.picking_ids.sudo().move_ids.picking_id)

    def test_history_that_a_client_could_send(self):
        """The key of what a split hands on, with values instead of the object."""
        for junk in (self._history(), [], True):
            with self.assertRaises(ValueError):
                self.env["stock.move"].with_user(self.manager).create(
                    self._values(**{HISTORY: junk})
                )

    def test_nothing_said_is_nothing_forged(self):
        """A form that sends back empty fields creates an ordinary move."""
        empty = dict.fromkeys(PROTECTED_FIELDS, False)
        move = self.env["stock.move"].with_user(self.shipper).create(self._values(**empty))
        self.assertFalse(move.backorder_held or move.backorder_date)

    def test_flags_of_documents(self):
        picking = self._order((self.gizmo, 3)).picking_ids
        for user, record, forged in (
            (self.salesperson, self.order, {"is_backordered": False}),
            (self.salesperson, self.order, {"backorder_alerts": "promise"}),
            (self.shipper, picking, {"is_backordered": True}),
            (self.shipper, picking, {"backorder_mail_skip": True}),
        ):
            record = record.with_user(user)
            with self.assertRaises(AccessError):
                record.write(forged)
            with self.assertRaises(AccessError):
                record.copy({name: value or True for name, value in forged.items()})
            defaults = {f"default_{name}": value or "promise" for name, value in forged.items()}
            made = record.with_context(**defaults).copy()
            self.assertFalse(any(made[name] for name in forged))
        self.assertTrue(self.order.is_backordered)

    # Pauses

    def test_only_managers_create_paused_demand(self):
        values = {
            "backorder_paused": True,
            "backorder_pause_reason": "x",
            "backorder_not_before": DATE,
        }
        self.assertEqual(values.keys(), set(PAUSE_FIELDS))
        for name, value in values.items():
            for user in (self.shipper, self.salesperson):
                with self.assertRaises(AccessError):
                    self.env["stock.move"].with_user(user).create(self._values(**{name: value}))
            paused = self._values(**{name: value})
            self.assertTrue(self.env["stock.move"].with_user(self.manager).create(paused)[name])

    # What Odoo splits as whoever acts

    def test_part_of_held_demand_is_held_and_paused(self):
        """The reception report allocates a part of it, as a shipper."""
        self.held.with_user(self.manager).backorder_paused = True
        receipt = self._incoming(self.gadget, 2)
        report = self.env["report.stock.report_reception"].with_user(self.shipper)
        history = self.held._prepare_backorder_history_vals()
        report.action_assign(self.held.ids, [2], [receipt.move_ids.ids])
        parts = self._held(self.order)
        self.assertEqual(sorted(parts.mapped("product_uom_qty")), [1, 2])
        self.assertEqual(parts.mapped("backorder_paused"), [True, True])
        for part in parts:
            self.assertEqual(part._prepare_backorder_history_vals(), history)

    def test_allocation_of_held_demand_is_taken_back(self):
        """By a shipper, in the reception report."""
        receipts = self._incoming(self.gadget, 1) | self._incoming(self.gadget, 2)
        report = self.env["report.stock.report_reception"].with_user(self.shipper)
        for receipt in receipts:
            quantity = receipt.move_ids.product_uom_qty
            report.action_assign(self.held.ids, [3], [receipt.move_ids.ids])
            report.action_unassign(self.held.id, quantity, receipt.move_ids.ids)
        self.env.invalidate_all()
        self.assertHeld(self.order, 3)
        self.assertFalse(self._held(self.order).move_orig_ids)

    def test_history_follows_into_the_standard_backorder(self):
        """Somebody ships a released transfer short, and chooses Odoo's own backorder."""
        self._stock(self.gadget, 3)
        self._run()
        released = self._released(self.order)
        history = released.move_ids._prepare_backorder_history_vals()
        picking = released.with_user(self.shipper)
        picking.move_ids.write({"quantity": 2, "picked": True})
        dialog = self.env["stock.backorder.confirmation"].with_user(self.shipper)
        dialog = Form(dialog.with_context(**picking.button_validate()["context"])).save()
        dialog.process_native()
        rest = self._released(self.order)
        self.assertEqual(rest.backorder_id, released)
        self.assertEqual(rest.move_ids.product_uom_qty, 1)
        self.assertEqual(rest.move_ids._prepare_backorder_history_vals(), history)
        self.assertTrue(self.order.is_backordered)

    def test_history_follows_the_split_button(self):
        self._stock(self.gadget, 3)
        self._run()
        released = self._released(self.order)
        history = released.move_ids._prepare_backorder_history_vals()
        picking = released.with_user(self.shipper)
        picking.move_ids.quantity = 2
        picking.action_split_transfer()
        moves = self._released(self.order).move_ids
        self.assertEqual(sorted(moves.mapped("product_uom_qty")), [1, 2])
        for move in moves:
            self.assertEqual(move._prepare_backorder_history_vals(), history)

    def test_part_of_ordinary_demand_has_no_history(self):
        order = self._order((self.gizmo, 5))
        move = order.picking_ids.move_ids.with_user(self.shipper)
        part = move.create(move._split(2))
        self.assertEqual(part.product_uom_qty, 2)
        self.assertFalse(part.backorder_held or part.backorder_date)
