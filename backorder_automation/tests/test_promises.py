from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo import fields
from odoo.tests import Form, tagged
from odoo.tools import SQL

from ..promise import get_late_days, get_zone, is_late, make_late_sql
from .common import QueueCommon

# The ends of the world: 26 hours apart.
FIRST, LAST = "Pacific/Kiritimati", "Etc/GMT+12"


class PromiseCommon(QueueCommon):
    """A line that waits, and everybody who has an opinion about its promise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"backorder_activity_promise": True, "backorder_activity_nothing": True})

    def _expect(self, days, quantity=5):
        receipt = self._incoming(self.gadget, quantity)
        receipt.move_ids.date = fields.Datetime.now() + timedelta(days=days)
        return receipt

    def _open(self, order):
        return order.order_line.move_ids.filtered(lambda move: move._is_backorder_open())

    def _opinions(self, order, user=None):
        """Return who says late: {place: answer}, as a user reads it."""
        self.env.flush_all()
        self.env.invalidate_all()
        env = self.env(user=user) if user else self.env
        moves = self._open(order).with_env(env)
        found = env["stock.move"].search(
            [("id", "in", moves.ids), ("backorder_is_late", "=", True)]
        )
        rows = env["backorder.report"].search([("order_id", "=", order.id)])
        behind = [("order_id", "=", order.id), ("on_time", "=", "no")]
        return {
            "list": all(moves.mapped("backorder_is_late")),
            "search": found == moves,
            "line": order.order_line.with_env(env).backorder_is_late,
            "order": order.with_env(env).backorder_is_late,
            "report": rows.on_time == "no",
            "report search": env["backorder.report"].search(behind) == rows,
        }

    def assertLate(self, order, expected, user=None):
        """Assert that all opinions are the expected one."""
        opinions = self._opinions(order, user)
        self.assertEqual(opinions, dict.fromkeys(opinions, expected))

    def _told(self, order):
        """Sweep and return the summaries of the activities on the order."""
        self.env["sale.order"]._backorder_update_alerts()
        self.env.invalidate_all()
        types = order.activity_ids.activity_type_id.mapped("name")
        return {name.removeprefix("Back Order: ") for name in types}


@tagged("post_install", "-at_install")
class TestPromises(PromiseCommon):
    """What is a promise, and what is late: one answer, whoever is asked."""

    # What is a promise

    def test_without_a_delivery_date_nothing_is_promised(self):
        order = self._waiting(5)
        held = self._held(order)
        self.assertTrue(held.date_deadline)  # Odoo's, by which the queue ranks
        self.assertFalse(order.order_line.backorder_promised_date)
        self.assertFalse(held.backorder_promise_date)
        self.assertFalse(held.backorder_promised_date)
        self.assertFalse(self._rows(order).promised_date)
        self.assertLate(order, False)
        self.assertEqual(held.backorder_stage, "waiting")
        self.assertEqual(self._told(order), {"Nothing Ordered"})

    def _rows(self, order, model="backorder.report"):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env[model].search([("order_id", "=", order.id)])

    def test_without_a_promise_a_far_receipt_is_not_late(self):
        order = self._waiting(5)
        self._expect(90)
        self.assertLate(order, False)
        self.assertEqual(self._held(order).backorder_stage, "expected")
        self.assertEqual(self._told(order), set())

    def test_without_a_promise_nothing_gets_late_with_time(self):
        order = self._waiting(5)
        with freeze_time(fields.Datetime.now() + timedelta(days=40)):
            self.assertLate(order, False)

    def test_delivery_date_is_a_promise(self):
        order = self._waiting(5, promised=7)
        held = self._held(order)
        for promise in (
            order.order_line.backorder_promised_date,
            held.backorder_promise_date,
            held.backorder_promised_date,
            self._rows(order).promised_date,
        ):
            self.assertEqual(promise, order.commitment_date)

    def test_lead_time_is_a_promise_where_the_company_says_so(self):
        self.gadget.sale_delay = 4
        order = self._waiting(5)
        self.assertFalse(self._held(order).backorder_promise_date)
        self.company.backorder_promise_by_lead = True
        promise = order.date_order + timedelta(days=4)
        self.assertEqual(order.order_line.backorder_promised_date, promise)
        self.assertEqual(self._held(order).backorder_promise_date, promise)
        self.assertEqual(self._rows(order).promised_date, promise)
        self._expect(9)
        self.assertLate(order, True)

    def test_delivery_date_goes_before_the_lead_time(self):
        self.company.backorder_promise_by_lead = True
        order = self._waiting(5, promised=7)
        self.assertEqual(self._held(order).backorder_promise_date, order.commitment_date)

    def test_lead_time_setting_is_off_at_first_and_saved(self):
        self.assertFalse(self.env["res.company"].create({"name": "New"}).backorder_promise_by_lead)
        with Form(self.env["res.config.settings"]) as form:
            form.backorder_promise_by_lead = True
        form.record.execute()
        self.assertTrue(self.company.backorder_promise_by_lead)

    def test_promise_is_the_same_in_python_and_in_sql(self):
        self.gadget.sale_delay = 3.5
        orders = self._waiting(5) | self._waiting(5, promised=7) | self._waiting(5, promised=-2)
        moves = self._held(orders[0]) | self._held(orders[1]) | self._held(orders[2])
        for by_lead in (False, True):
            self.company.backorder_promise_by_lead = by_lead
            for move in moves:
                same = ("backorder_promise_date", "=", move.backorder_promise_date)
                self.assertEqual(moves.search([("id", "=", move.id), same]), move)
        groups = moves._read_group(
            [("id", "in", moves.ids)], ["backorder_promise_date:year"], ["__count"]
        )
        self.assertEqual(sum(count for _year, count in groups), 3)

    def test_promise_taken_back_is_none(self):
        order = self._waiting(5, promised=-6)
        self.assertLate(order, True)
        order.commitment_date = False
        self.assertLate(order, False)

    # What is late

    def test_promised_six_days_ago_and_nothing_ordered_is_late_everywhere(self):
        order = self._waiting(5, promised=-6)
        self.assertLate(order, True)
        self.assertEqual(self._held(order).backorder_stage, "late")
        self.assertEqual(self._told(order), {"Promise Not Covered", "Nothing Ordered"})

    def test_promised_in_six_days_and_nothing_ordered_is_not_late(self):
        order = self._waiting(5, promised=6)
        self.assertLate(order, False)
        self.assertEqual(self._held(order).backorder_stage, "waiting")

    def test_expected_after_the_promise_is_late_everywhere(self):
        order = self._waiting(5, promised=6)
        receipt = self._expect(9)
        self.assertLate(order, True)
        self.assertEqual(self._told(order), {"Promise Not Covered"})
        receipt.move_ids.date -= timedelta(days=5)
        self.assertLate(order, False)
        self.assertEqual(self._told(order), set())

    def test_receipt_that_is_overdue_does_not_hide_a_promise_that_has_passed(self):
        order = self._waiting(5, promised=-2)
        self._expect(-4)
        self.assertLate(order, True)
        self.assertEqual(self._told(order), {"Promise Not Covered"})

    def test_ready_past_its_promise_is_late_and_in_stage_ready(self):
        order = self._waiting(5, promised=-1)
        self._stock(self.gadget, 5)
        self.assertLate(order, True)
        self.assertEqual(self._held(order).backorder_stage, "ready")

    def test_released_and_not_shipped_past_its_promise_is_late(self):
        order = self._waiting(5, promised=2)
        self._stock(self.gadget, 5)
        self._run(self.secondary)
        self.assertHeld(order, 0)
        self.assertLate(order, False)
        with freeze_time(fields.Datetime.now() + timedelta(days=3)):
            self.assertLate(order, True)
            self.assertEqual(self._open(order).backorder_stage, "ready")
            self.assertEqual(order.order_line.backorder_promised_date, order.commitment_date)

    def test_shipped_is_late_no_more(self):
        order = self._waiting(5, promised=-1)
        self._stock(self.gadget, 5)
        self._run(self.secondary)
        self._ship(self._released(order), 5)
        self.env.invalidate_all()
        self.assertFalse(order.backorder_is_late)
        self.assertFalse(order.order_line.backorder_promised_date)

    def test_one_line_that_is_late_makes_the_order_late(self):
        order = self._order(
            (self.gadget, 5),
            (self.gizmo, 5),
            commitment_date=fields.Datetime.now() + timedelta(days=3),
        )
        order.action_mark_backordered()
        self._expect(9)
        self.env.invalidate_all()
        self.assertEqual(order.order_line.mapped("backorder_is_late"), [True, False])
        self.assertTrue(order.backorder_is_late)

    def test_part_that_is_not_ordered_does_not_hide_a_part_that_is_late(self):
        order = self._waiting(5, promised=3)
        order.order_line.product_uom_qty = 7
        order.action_mark_backordered()
        self._expect(9)
        moves = self._held(order)
        self.env.invalidate_all()
        self.assertEqual(sorted(moves.mapped("backorder_is_late")), [False, True])
        self.assertTrue(order.order_line.backorder_is_late)
        self.assertFalse(order.order_line.backorder_expected_date)

    def test_promise_that_moved_counts_while_open_and_the_first_one_in_the_figures(self):
        order = self._waiting(5, promised=2)
        first = order.commitment_date
        order.commitment_date = first + timedelta(days=30)
        with freeze_time(first + timedelta(days=5)):
            self.assertLate(order, False)
            self._stock(self.gadget, 5)
            self._run(self.secondary)
            self._ship(self._released(order), 5)
            row = self._rows(order)
            self.assertEqual((row.promised_date, row.on_time), (first, "no"))

    def test_delivered_without_a_promise_kept_none_and_broke_none(self):
        order = self._waiting(5)
        self._stock(self.gadget, 5)
        self._run(self.secondary)
        self._ship(self._released(order), 5)
        row = self._rows(order)
        self.assertEqual(row.state, "delivered")
        self.assertFalse(row.on_time)
        known = [("order_id", "=", order.id), ("on_time", "!=", False)]
        self.assertFalse(self.env["backorder.report"].search(known))

    def test_dashboard_counts_what_the_list_calls_late(self):
        def count():
            self.env.invalidate_all()
            figures = self.env["backorder.dashboard"].get_figures()["open"]
            [overdue] = [figure for figure in figures if figure["key"] == "overdue"]
            return self.env["backorder.report"].search(overdue["domain"]), overdue["value"]

        before = int(count()[1].replace(",", ""))
        late = self._waiting(5, promised=-6) | self._waiting(5, product=self.gizmo, promised=3)
        self._incoming(self.gizmo, 5).move_ids.date = fields.Datetime.now() + timedelta(days=9)
        calm = self._waiting(5) | self._waiting(5, promised=6)
        rows, value = count()
        self.assertEqual(int(value.replace(",", "")), before + 2)
        self.assertEqual(rows.order_id & (late | calm), late)

    def test_dashboard_plans_once(self):
        self._waiting(5, promised=-6)
        plans = []
        plan = self.registry["stock.move"]._backorder_walk

        def count(moves, *args, **kwargs):
            plans.append(moves)
            return plan(moves, *args, **kwargs)

        self.patch(self.registry["stock.move"], "_backorder_walk", count)
        self.env["backorder.dashboard"].get_figures()
        self.assertEqual(len(plans), 1)
        self.env["backorder.report"]._read_group([], ["age"], ["open_quantity:sum"])
        self.assertEqual(len(plans), 1)

    # The fill rate

    def test_in_full_without_a_promise_is_on_time(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 5))
        with freeze_time(fields.Datetime.now() + timedelta(days=9)):
            self._ship(order.picking_ids, 5)
            row = self._rows(order, "backorder.fill.report")
        self.assertFalse(row.promised_date)
        self.assertEqual(row.otif_rate, 100)

    def test_promise_given_for_the_rest_does_not_judge_what_had_none(self):
        self._stock(self.gadget, 5)
        order = self._order((self.gadget, 5), (self.gizmo, 5))
        now = fields.Datetime.now()
        with freeze_time(now + timedelta(days=9)):
            self._ship(order.picking_ids, 5, self.gadget).process()
            order.commitment_date = now + timedelta(days=20)
            rows = self._rows(order, "backorder.fill.report")
        shipped = rows.filtered(lambda row: row.product_id == self.gadget)
        self.assertEqual(shipped.otif_rate, 100)

    def test_promise_that_moved_for_the_rest_does_not_excuse_what_was_late(self):
        self._stock(self.gadget, 5)
        now = fields.Datetime.now().replace(microsecond=0)
        order = self._order(
            (self.gadget, 5), (self.gizmo, 5), commitment_date=now + timedelta(days=5)
        )
        with freeze_time(now + timedelta(days=9)):
            self._ship(order.picking_ids, 5, self.gadget).process()
            order.commitment_date = now + timedelta(days=20)
            rows = self._rows(order, "backorder.fill.report")
        shipped = rows.filtered(lambda row: row.product_id == self.gadget)
        self.assertEqual(shipped.promised_date, now + timedelta(days=5))
        self.assertEqual(shipped.otif_rate, 0)

    # Find Stock

    def test_donor_without_a_promise_is_not_late(self):
        self._stock(self.gadget, 5)
        donor = self._order((self.gadget, 5))
        order = self._waiting(5, urgent=True)
        self._expect(30)
        dialog = self._dialog(self._held(order).action_backorder_find_stock())
        self.assertEqual(dialog.line_ids.picking_id, donor.picking_ids)
        self.assertFalse(dialog.line_ids.promised_date)
        self.assertEqual(dialog.line_ids.late_days, 0)

    def test_donor_past_its_promise_is_late_by_the_days_until_then(self):
        self._stock(self.gadget, 5)
        now = fields.Datetime.now()
        self._order((self.gadget, 5), commitment_date=now - timedelta(days=4))
        order = self._waiting(5, promised=-5, urgent=True)
        self._expect(-6)  # overdue: today at the earliest
        dialog = self._dialog(self._held(order).action_backorder_find_stock())
        self.assertEqual(dialog.line_ids.late_days, 4)


@tagged("post_install", "-at_install")
class TestPromiseDays(PromiseCommon):
    """Late is by the day, and the day is the reader's: on all screens the same."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.readers = {
            zone: cls._user(f"bo_{number}", "stock.group_stock_manager")
            for number, zone in enumerate((FIRST, LAST, "UTC", "Europe/Brussels"))
        }
        for zone, user in cls.readers.items():
            user.tz = zone
            user.group_ids += cls.env.ref("sales_team.group_sale_manager")

    def _day(self, moment, zone):
        return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).date()

    def test_list_and_order_agree_at_the_ends_of_the_day_and_of_the_world(self):
        promise = datetime(2031, 3, 14, 12, 0)
        order = self._waiting(5)
        order.commitment_date = promise
        for day, (hour, minute), zone in product(
            (13, 14, 15), ((0, 5), (11, 30), (23, 55)), self.readers
        ):
            now = datetime(2031, 3, day, hour, minute)
            late = self._day(now, zone) > self._day(promise, zone)
            with self.subTest(now=now, zone=zone), freeze_time(now):
                self.assertLate(order, late, self.readers[zone])

    def test_expected_day_is_the_readers_too(self):
        order = self._waiting(5)
        order.commitment_date = datetime(2031, 3, 14, 9, 0)
        receipt = self._incoming(self.gadget, 5)
        with freeze_time("2031-03-01 12:00:00"):
            for day, hour in ((14, 11), (14, 23), (15, 1), (15, 13)):
                receipt.move_ids.date = datetime(2031, 3, day, hour, 0)
                for zone, user in self.readers.items():
                    late = self._day(receipt.move_ids.date, zone) > self._day(
                        order.commitment_date, zone
                    )
                    with self.subTest(date=receipt.move_ids.date, zone=zone):
                        self.assertLate(order, late, user)

    def test_two_readers_in_one_transaction_each_see_their_day(self):
        order = self._waiting(5)
        order.commitment_date = datetime(2031, 3, 14, 12, 0)
        with freeze_time("2031-03-15 09:00:00"):
            for zone, late in ((FIRST, False), (LAST, False), ("UTC", True)):
                user = self.readers[zone]
                self.assertIs(order.with_user(user).backorder_is_late, late, zone)
                self.assertIs(self._held(order).with_user(user).backorder_is_late, late, zone)

    def test_activity_takes_the_day_of_the_salesperson(self):
        order = self._waiting(5)
        order.commitment_date = datetime(2031, 3, 14, 12, 0)
        self._incoming(self.gadget, 5).move_ids.date = datetime(2031, 3, 15, 11, 0)
        late = {"Promise Not Covered"}
        with freeze_time("2031-03-01 12:00:00"):
            for zone, told in ((LAST, set()), ("UTC", late), (LAST, set()), (False, late)):
                self.salesperson.tz = zone
                self.assertEqual(self._told(order), told)

    def test_late_is_the_same_in_python_and_in_sql(self):
        moments = [None] + [
            datetime(2031, 3, day, hour, minute)
            for day in (13, 14, 15)
            for hour, minute in ((0, 5), (10, 0), (23, 55))
        ]
        zones = [get_zone(name) for name in (FIRST, LAST, "America/St_Johns", "UTC", "no such")]
        for now in (datetime(2031, 3, 14, 0, 5), datetime(2031, 3, 14, 23, 55)):
            with freeze_time(now):
                for zone in zones:
                    pairs = list(product(moments, moments))
                    row = self.env.execute_query(
                        SQL(
                            "SELECT %s",
                            SQL(", ").join(
                                make_late_sql(
                                    SQL("%s::timestamp", promised),
                                    SQL("%s::timestamp", expected),
                                    zone,
                                )
                                for promised, expected in pairs
                            ),
                        )
                    )[0]
                    self.assertEqual(list(row), [is_late(*pair, zone) for pair in pairs])

    def test_late_days_by_hand(self):
        utc, first = get_zone("UTC"), get_zone(FIRST)
        with freeze_time("2031-03-14 23:55:00"):
            promised = datetime(2031, 3, 14, 0, 5)
            self.assertEqual(get_late_days(promised, None, utc), 0)
            self.assertEqual(get_late_days(promised, datetime(2031, 3, 15, 0, 5), utc), 1)
            self.assertEqual(get_late_days(promised, None, first), 1)
            self.assertEqual(get_late_days(None, datetime(2031, 9, 1), utc), 0)
            self.assertEqual(get_late_days(datetime(2031, 3, 10), datetime(2031, 1, 1), utc), 4)

    def test_customer_reads_a_date_until_its_day_is_over(self):
        self.company.partner_id.tz = "UTC"
        order = self._waiting(5)
        self._incoming(self.gadget, 5).move_ids.date = datetime(2031, 3, 14, 12, 0)
        for moment, zone, is_shown in (
            ("2031-03-14 23:00:00", "UTC", True),
            ("2031-03-15 01:00:00", "UTC", False),
            # Overdue where the company is: nobody knows, wherever one reads.
            ("2031-03-15 01:00:00", FIRST, False),
            ("2031-03-15 11:00:00", LAST, False),
        ):
            with freeze_time(moment), self.subTest(moment=moment, zone=zone):
                self.env.invalidate_all()
                line = order.order_line.with_context(tz=zone)
                shown = line._get_backorder_customer_text() != "No date known yet"
                self.assertIs(shown, is_shown)


@tagged("post_install", "-at_install")
class TestReady(QueueCommon):
    """The order and the list say the same of what is ready."""

    def _line(self, order):
        self.env.invalidate_all()
        line = order.order_line
        return line.qty_ready, line.qty_waiting

    def _progress(self, order):
        self.env.invalidate_all()
        [row] = order._get_backorder_progress()
        self.assertEqual(row["ordered"], row["delivered"] + row["ready"] + row["waiting"])
        return row["delivered"], row["ready"], row["waiting"]

    def test_stock_there_and_the_schedules_off(self):
        (self.primary | self.secondary).active = False
        order = self._short(8, 5)
        self._stock(self.gadget, 3)
        self.env.invalidate_all()
        self.assertEqual(self._held(order).backorder_stage, "ready")
        self.assertEqual(self._progress(order), (5, 3, 0))
        self.assertIn("3.00 ready", str(order.backorder_progress).replace("</span>", ""))

    def test_stock_there_and_the_schedules_on(self):
        order = self._short(8, 5)
        self._stock(self.gadget, 2)
        self.assertEqual(self._progress(order), (5, 2, 1))
        self._run(self.secondary)
        self.assertEqual(self._progress(order), (5, 2, 1))

    def test_nothing_there_is_not_ready(self):
        order = self._short(8, 5)
        self.assertEqual(self._held(order).backorder_stage, "waiting")
        self.assertEqual(self._progress(order), (5, 0, 3))

    def test_stock_of_those_ahead_is_not_ready_for_who_comes_behind(self):
        first, second = self._waiting(5, promised=1), self._waiting(5, promised=9)
        self._stock(self.gadget, 7)
        self.assertEqual(self._line(first), (5, 0))
        self.assertEqual(self._line(second), (2, 3))
        self.assertEqual(self._held(second).backorder_served_qty, 2)

    def test_paused_is_not_ready(self):
        order = self._waiting(5)
        self._stock(self.gadget, 5)
        self._held(order).backorder_paused = True
        self.assertEqual(self._line(order), (0, 5))
        self.assertEqual(self._held(order).backorder_stage, "waiting")

    def test_order_that_ships_complete_is_ready_when_all_of_it_is(self):
        order = self._complete((self.gadget, 5), (self.gizmo, 5))
        self._stock(self.gadget, 5)
        self.assertEqual(self._progress(order), (0, 0, 10))
        self._stock(self.gizmo, 5)
        self.assertEqual(self._progress(order), (0, 10, 0))

    def test_released_and_robbed_of_its_goods_waits(self):
        order = self._short(8, 5)
        self._stock(self.gadget, 3)
        self._run(self.secondary)
        self._count(self.gadget, 0)
        self.assertEqual(self._open_stage(order), "waiting")
        self.assertEqual(self._progress(order), (5, 0, 3))

    def _open_stage(self, order):
        self.env.invalidate_all()
        return self._released(order).move_ids.backorder_stage

    def test_dozens_that_are_ready_in_part(self):
        order = self._order((self.gadget, 2), confirm=False)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        order.action_confirm()
        order.action_mark_backordered()
        self._stock(self.gadget, 12)
        self.assertEqual(self._line(order), (1, 1))

    def test_two_steps(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._waiting(5)
        self._stock(self.gadget, 3)
        self.assertEqual(self._progress(order), (0, 3, 2))
        self._run(self.secondary)
        self.assertEqual(self._progress(order), (0, 3, 2))
        self._ship(self._released(order), 3)
        self.assertEqual(self._progress(order), (0, 3, 2))
