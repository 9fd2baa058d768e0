import os
from datetime import timedelta
from random import Random

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from ..const import QUEUE_ORDERS
from .common import QueueCommon

WORLDS = int(os.environ.get("BACKORDER_WORLDS", "12"))
NOON = "2024-02-26 12:00:00"


@tagged("post_install", "-at_install")
class TestReplay(QueueCommon):
    """Random worlds, replayed day by day through the real receipts and jobs.

    Scenario: held orders, orders that ship complete and may keep what is there, deliveries nobody
    marked, pauses, packs, shelves and receipts at random. Nothing happens but what was known on
    the first day.
    Expected: each line has all its goods on the very day that was said, or never where none was.
    """

    @classmethod
    def setUpClass(cls):
        cls.startClassPatcher(freeze_time(NOON))
        super().setUpClass()
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.packed = cls._product("Packed", uom_ids=[Command.link(cls.dozen.id)])
        cls.packed.categ_id = cls.env["product.category"].create(
            {"name": "Packed", "packaging_reserve_method": "full"}
        )
        cls.products = [cls.gadget, cls.gizmo, cls._product("Lots", tracking="lot"), cls.packed]

    def _some_order(self, rnd):
        """Confirm an order of one to three lines; hold it, or leave it in its transfer."""
        lines = [(rnd.choice(self.products), rnd.randint(1, 9)) for _n in range(rnd.randint(1, 3))]
        promised = rnd.choice([None, *range(-2, 9)])
        values = {"picking_policy": rnd.choice(["direct", "direct", "one"])}
        if promised is not None:
            values["commitment_date"] = fields.Datetime.now() + timedelta(days=promised)
        order = self._order(*lines, confirm=False, **values)
        for line in order.order_line.filtered(lambda line: line.product_id == self.packed):
            line.write({"product_uom_id": self.dozen.id, "product_uom_qty": rnd.randint(1, 2)})
        order.action_confirm()
        order.order_line.move_ids.priority = rnd.choice("0001")
        if rnd.random() < 0.7 and order.backorder_can_mark:
            order.action_mark_backordered()
        for move in self._held(order):
            if rnd.random() < 0.1:
                until = fields.Datetime.now() + timedelta(days=rnd.randint(1, 6))
                move.backorder_not_before = until
        return order

    def _some_receipt(self, rnd, number):
        """Make a receipt that comes alone.

        What comes at one moment comes one after the other all the same, and a transfer that waits
        is reserved in between.
        """
        product, days = rnd.choice(self.products), rnd.randint(1, 8)
        quantity = rnd.randint(1, 30 if product == self.packed else 12)
        receipt = self._incoming(product, quantity, rnd.choice([None, None, self.shelf]))
        receipt.move_ids.date = fields.Datetime.now() + timedelta(days=days, minutes=number)
        return receipt

    def _some_world(self, rnd):
        """Return the order lines that wait, and the receipts."""
        self.company.backorder_queue_order = rnd.choice(QUEUE_ORDERS)[0]
        self.company.backorder_keep_days = Random(rnd.random()).choice([0, 2, 4])
        for product in self.products:
            if product.tracking == "none" and rnd.random() < 0.5:
                self._stock(product, rnd.randint(1, 9))
        orders = self.env["sale.order"].union(*(self._some_order(rnd) for _n in range(7)))
        receipts = [self._some_receipt(rnd, number) for number in range(rnd.randint(2, 6))]
        return orders.order_line, receipts

    def _arrive(self, receipt):
        move = receipt.move_ids
        if move.product_id.tracking == "lot":
            move.move_line_ids.lot_name = f"L{receipt.id}"
        move.write({"quantity": move.product_uom_qty, "picked": True})
        receipt.button_validate()
        self.assertEqual(receipt.state, "done")

    def _is_full(self, line):
        """Return whether all of the line is reserved."""
        moves = line.move_ids.filtered(lambda move: move.state != "cancel")
        return all(move.state == "assigned" for move in moves)

    def _get_said(self, lines):
        """Return by line when the plan says that all of it is there; None where nobody knows."""
        now, plan, said = fields.Datetime.now(), self._plan(), {}
        for line in lines:
            dates = []
            for move in line.move_ids.filtered(lambda move: move.id in plan):
                place = plan[move.id]
                is_served = place.served > place.need - 1e-6
                dates.append(now if is_served else place.expected_date)
            said[line] = (max(dates) if all(dates) else None) if dates else now
        return said

    def _replay(self, lines, receipts):
        """Go from day to day; return by line when it had all its goods."""
        moves = lines.move_ids
        wakes = {move.backorder_not_before for move in moves if move.backorder_not_before}
        arrivals = {receipt.move_ids.date for receipt in receipts}
        full = {}
        for date in [fields.Datetime.now(), *sorted(arrivals | wakes)]:
            with freeze_time(date):
                for receipt in receipts:
                    if receipt.move_ids.date == date and receipt.state != "done":
                        self._arrive(receipt)
                self._run()
                for line in lines:
                    if line not in full and self._is_full(line):
                        full[line] = date
        return full

    def test_every_expected_date_comes_true(self):
        for number in range(WORLDS):
            savepoint = self.env.cr.savepoint()
            rnd = Random(number)
            lines, receipts = self._some_world(rnd)
            said = self._get_said(lines)
            full = self._replay(lines, receipts)
            for line in lines:
                self.assertEqual(full.get(line), said[line], (number, line.display_name))
            savepoint.close(rollback=True)
            self.env.invalidate_all()
