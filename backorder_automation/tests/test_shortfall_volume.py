from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command, Domain
from odoo.tests import Form, tagged

from .common import BackorderCommon

FEW, MANY = 4, 24


@tagged("post_install", "-at_install")
class TestShortfallVolume(BackorderCommon):
    """A delivery of many short lines: the dialog opens at once, and is no dearer to process."""

    def _many(self, count, shelves=False, ordered=2, **values):
        """Order two of so many products, of which one is there; return the transfer.

        :param shelves: each line takes from a shelf of its own
        """
        lines, places = [], []
        for number in range(count):
            product = self._product(f"Good {number}")
            place = self.stock
            if shelves:
                place = self.stock.create({"name": f"Place {number}", "location_id": place.id})
            self._stock(product, ordered - 1, place)
            lines.append((product, ordered))
            places.append(place)
        picking = self._order(*lines, **values).picking_ids
        if shelves:
            picking.do_unreserve()
            for move, place in zip(picking.move_ids, places, strict=True):
                move.location_id = place
            picking.action_assign()
        picking.move_ids.write({"quantity": 1, "picked": True})
        return picking

    def _queries(self, work):
        """Return how many queries some work takes, and its result."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        result = work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before, result

    def _open(self, picking):
        """Press Validate and open the dialog as the web client does; return the form."""
        action = picking.button_validate()
        dialog = self.env[action["res_model"]].with_context(**action["context"])
        return self._queries(lambda: Form(dialog))

    def _counts(self, **options):
        """Return the queries that opening the dialog takes with few lines, and with many."""
        counts = []
        for number in (FEW, FEW, MANY):  # the first one loads what is kept: views, templates
            queries, form = self._open(self._many(number, **options))
            self.assertEqual(len(form.shortfall_line_ids), number)
            counts.append(queries)
        return counts[1:]

    def test_opening_takes_as_many_queries_for_many_lines_as_for_few(self):
        few, many = self._counts()
        self.assertEqual(many, few)

    def test_opening_takes_as_many_queries_for_many_places_as_for_few(self):
        few, many = self._counts(shelves=True)
        self.assertEqual(many, few)

    def test_opening_with_the_mail_takes_as_many_queries_for_many_lines_as_for_few(self):
        self.customer.email = "customer@example.com"
        self.company.backorder_mail_held = True
        few, many = self._counts()
        self.assertEqual(many, few)
        self.assertIn("Good 23", self._open(self._many(MANY))[1].backorder_mail_preview)

    def test_opening_looks_at_each_line_as_often_with_many_lines_as_with_few(self):
        """Not at all lines for each line: that is what took the time of many lines."""
        calls = []
        eligible = type(self.env["stock.move"])._is_backorder_eligible

        def count(move):
            calls[-1] += 1
            return eligible(move)

        for number in (FEW, MANY):
            picking = self._many(number)
            calls.append(0)
            with patch.object(type(self.env["stock.move"]), "_is_backorder_eligible", count):
                self._open(picking)
        few, many = calls
        self.assertTrue(few)
        self.assertEqual(many / MANY, few / FEW)

    # What the lines say

    def _vary(self):
        """Sell what is of several units, places, lots, and on its way in several ways."""
        far = self.shelf.copy({"name": "Bin", "location_id": self.shelf.id})
        lots = self._product("Lots", tracking="lot")
        dozens = self._product("Dozens")
        nothing = self._product("Nothing")
        lot = self.env["stock.lot"].create({"name": "L1", "product_id": lots.id})
        quant = self.env["stock.quant"]
        quant._update_available_quantity(lots, far, 3, lot_id=lot)
        quant._update_available_quantity(lots, self.shelf, -2)  # another lot, shipped unknown
        self._stock(self.gadget, 7, self.shelf)
        self._stock(self.gadget, 4, far)
        self._stock(self.gadget, -2)
        self._stock(self.gizmo, 5, self.env["stock.warehouse"].create({"code": "O"}).lot_stock_id)
        self._stock(dozens, 30, far)
        order = self._order(
            *[(product, 6) for product in (self.gadget, lots, dozens, nothing, self.gizmo)],
            (self.gadget, 3),
        )
        order.order_line[2].product_uom_id = self.env.ref("uom.product_uom_dozen")
        for days, product, place in (
            (9, self.gadget, far),
            (4, self.gadget, self.stock),
            (6, lots, self.shelf),
            (2, dozens, self.stock),
        ):
            receipt = self._incoming(product, 10, place)
            receipt.move_ids.date = fields.Datetime.now() + timedelta(days=days)
        return order.picking_ids

    def _get_next_receipt(self, move):
        """Return the date of the next receipt of one line, the plain way."""
        inside = Domain("location_final_id", "child_of", move.location_id.id) | (
            Domain("location_final_id", "=", False)
            & Domain("location_dest_id", "child_of", move.location_id.id)
        )
        return (
            self.env["stock.move"]
            .search(
                Domain("product_id", "=", move.product_id.id)
                & Domain("state", "in", ("waiting", "confirmed", "partially_available", "assigned"))
                & Domain("location_id.usage", "!=", "internal")
                & inside,
                order="date, id",
                limit=1,
            )
            .date
        )

    def test_each_line_says_what_odoo_says_of_it_alone(self):
        picking = self._vary()
        moves = picking.move_ids
        moves[-1].location_id = self.shelf  # the same product from somewhere else
        moves[0].write({"quantity": 1, "picked": True})
        lines = self._validate(picking).shortfall_line_ids
        self.assertEqual(lines.move_id, moves)
        for line in lines:
            move = line.move_id
            free = self.env["stock.quant"]._get_available_quantity(
                move.product_id, move.location_id
            )
            self.assertAlmostEqual(
                line.free_now,
                move.product_id.uom_id._compute_quantity(free, move.product_uom),
            )
            self.assertEqual(line.next_expected_date, self._get_next_receipt(move))
        self.assertGreater(len(set(lines.mapped("free_now"))), 2)
        self.assertGreater(len(set(lines.mapped("next_expected_date"))), 3)

    def _next_date(self):
        """Ship one of two gadgets; return what the dialog says of the next receipt."""
        self._stock(self.gadget, 1)
        picking = self._order((self.gadget, 2)).picking_ids
        return self._ship(picking, 1).shortfall_line_ids.next_expected_date

    def test_next_receipt_is_the_first_that_is_to_come_below_the_place(self):
        receipts = [self._incoming(self.gadget, 5, self.shelf) for _number in range(2)]
        for days, receipt in zip((9, 5), receipts, strict=True):
            receipt.move_ids.date = fields.Datetime.now() + timedelta(days=days)
        self.assertEqual(self._next_date(), receipts[1].move_ids.date)
        receipts[1].action_cancel()
        self.assertEqual(self._next_date(), receipts[0].move_ids.date)

    def test_what_comes_elsewhere_or_from_ourselves_is_no_next_receipt(self):
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        self._incoming(self.gadget, 5, warehouse=other)
        self._incoming(self.gizmo, 5)
        self._stock(self.gadget, 5, other.lot_stock_id)
        transfer = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.int_type_id.id,
                "location_id": other.lot_stock_id.id,
                "location_dest_id": self.stock.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.gadget.id,
                            "product_uom_qty": 5,
                            "location_id": other.lot_stock_id.id,
                            "location_dest_id": self.stock.id,
                        }
                    )
                ],
            }
        )
        transfer.action_confirm()
        self.assertFalse(self._next_date())

    def test_receipt_in_two_steps_comes_to_stock(self):
        self.warehouse.reception_steps = "two_steps"
        receipt = self._incoming(self.gadget, 5)
        self.assertEqual(receipt.move_ids.location_dest_id, self.warehouse.wh_input_stock_loc_id)
        receipt.move_ids.location_final_id = self.stock
        self.assertEqual(self._next_date(), receipt.move_ids.date)

    # Process and release

    def _cost_of_a_line(self, work):
        """Return the queries that a line more takes."""
        few, many = work(FEW), work(MANY)
        return (many - few) / (MANY - FEW)

    def _process(self, count, decision="backorder", **options):
        """Return the queries of a decision about so many lines; natively where it is off."""
        form = self._open(self._many(count, **options))[1]
        dialog = form.save()
        dialog.shortfall_line_ids.decision = decision
        return self._queries(dialog.process)[0]

    def test_a_line_more_is_not_dearer_to_process_than_in_odoo(self):
        ours = self._cost_of_a_line(self._process)
        cancelled = self._cost_of_a_line(lambda count: self._process(count, "cancel"))
        self.company.backorder_automation = False
        native = self._cost_of_a_line(self._process)
        self.assertLessEqual(ours, native)
        self.assertLessEqual(cancelled, native)

    def test_a_line_with_a_reserved_rest_is_split_and_little_more(self):
        """Two are there and one is shipped: the other stays reserved, the rest is held."""
        ours = self._cost_of_a_line(lambda count: self._process(count, ordered=3))
        self.company.backorder_automation = False
        native = self._cost_of_a_line(lambda count: self._process(count, ordered=3))
        self.assertLessEqual(ours, native + 5)

    def _release(self, count):
        """Return the queries of the release of one order of so many lines."""
        picking = self._many(count)
        self._open(picking)[1].save().process()
        for product in picking.move_ids.product_id:
            self._stock(product, 1)
        queries, _plan = self._queries(self.env["stock.move"]._cron_backorder_secondary)
        self.assertEqual(len(self._released(picking.sale_id).move_ids), count)
        return queries

    def test_a_line_more_takes_few_queries_to_release(self):
        # 3 with sale_stock alone; the neighbours of the host read for themselves.
        self.assertLessEqual(self._cost_of_a_line(self._release), 5)
