from datetime import timedelta

import pytz
from lxml import etree

from odoo import fields
from odoo.tests import tagged

from .common import QueueCommon


class WorkbenchCommon(QueueCommon):
    """Lines in every stage, and what the list, the kanban and the filters read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods = {
            stage: cls._product(f"Gadget {stage}")
            for stage in ("waiting", "expected", "ready", "late", "overdue")
        }

    def _stages(self):
        """Hold one line for each stage, `late` for two reasons; return {stage: order}."""
        orders = {
            stage: self._waiting(5, product=product, promised=-1 if stage == "overdue" else 20)
            for stage, product in self.goods.items()
        }
        self._stock(self.goods["ready"], 2)
        for stage, days in (("expected", 10), ("late", 30)):
            self._incoming(self.goods[stage], 5).move_ids.date = self._in_days(days)
        return orders

    def _in_days(self, days):
        return fields.Datetime.now() + timedelta(days=days)

    @property
    def lines(self):
        """The lines of the list, of the products of the test."""
        return self.env["stock.move"].with_context(active_test=False)

    def _domain(self, *conditions):
        products = [product.id for product in self.goods.values()]
        return [
            *self.env["stock.move"]._backorder_open_domain(),
            ("product_id", "in", products),
            *conditions,
        ]

    def _find(self, *conditions, user=None):
        """Return the orders of the lines a filter finds."""
        lines = self.lines.with_user(user) if user else self.lines
        return lines.search(self._domain(*conditions)).sudo().sale_line_id.order_id

    def _columns(self):
        groups = self.lines.with_context(read_group_expand=True).web_read_group(
            self._domain(),
            ["backorder_stage"],
            auto_unfold=True,
            unfold_read_specification={"backorder_reason": {}},
        )["groups"]
        return {group["backorder_stage"]: group["__count"] for group in groups}


@tagged("post_install", "-at_install")
class TestWorkbench(WorkbenchCommon):
    """The stages, filters and groups of the Back Orders list."""

    def test_stages(self):
        orders = self._stages()
        stages = {stage: self._held(order).backorder_stage for stage, order in orders.items()}
        self.assertEqual(stages.pop("overdue"), "late")
        self.assertEqual(stages, {stage: stage for stage in stages})

    def test_columns_count_and_show_the_empty_ones(self):
        self.assertEqual(
            list(self._columns().items()),
            [("late", 0), ("ready", 0), ("expected", 0), ("waiting", 0)],
        )
        self._stages()
        self.assertEqual(
            list(self._columns().items()),
            [("late", 2), ("ready", 1), ("expected", 1), ("waiting", 1)],
        )

    def test_columns_are_right_at_once_after_a_receipt(self):
        self._stages()
        self._receive(self.goods["waiting"], 5)
        self.assertEqual(self._columns(), {"waiting": 0, "expected": 1, "ready": 2, "late": 2})

    def test_columns_hold_what_they_count(self):
        orders = self._stages()
        for stage in ("waiting", "expected", "ready"):
            self.assertEqual(self._find(("backorder_stage", "=", stage)), orders[stage])
        self.assertEqual(
            self._find(("backorder_stage", "=", "late")), orders["late"] | orders["overdue"]
        )
        self.assertEqual(
            self._find(("backorder_stage", "not in", ("late", "waiting"))),
            orders["expected"] | orders["ready"],
        )

    def test_released_is_ready_until_it_is_shipped(self):
        order = self._stages()["ready"]
        self._run(self.secondary)
        moves = self._released(order).move_ids
        self.assertEqual(moves.backorder_stage, "ready")
        self.assertIn(order, self._find(("backorder_stage", "=", "ready")))
        moves.picked = True
        moves.picking_id.button_validate()
        self.assertFalse(moves.backorder_stage)

    def test_released_that_lost_its_stock_is_not_ready(self):
        order = self._stages()["ready"]
        self._run(self.secondary)
        transfer = self._released(order)
        transfer.do_unreserve()
        self.assertEqual(transfer.move_ids.backorder_stage, "ready", "it gets them again")
        self._count(transfer.move_ids.product_id, 0)
        self.env.invalidate_all()
        self.assertEqual(transfer.move_ids.backorder_stage, "waiting")

    def test_paused_waits_whatever_is_on_its_way(self):
        order = self._stages()["expected"]
        self._held(order).backorder_paused = True
        self.assertEqual(self._held(order).backorder_stage, "waiting")
        self.assertIn(order, self._find(("backorder_stage", "=", "waiting")))

    def test_other_moves_have_no_stage(self):
        self._stock(self.gadget, 5)
        move = self._order((self.gadget, 5)).picking_ids.move_ids
        self.assertFalse(move.backorder_stage)
        self.assertFalse(
            self.lines.search([("id", "=", move.id), ("backorder_stage", "!=", False)])
        )

    def test_filter_ready_to_release(self):
        orders = self._stages()
        self.assertEqual(self._find(("backorder_served_qty", ">", 0)), orders["ready"])
        self.assertEqual(self._held(orders["ready"]).backorder_served_qty, 2)

    def test_filter_late(self):
        orders = self._stages()
        late = orders["late"] | orders["overdue"]
        self.assertEqual(self._find(("backorder_is_late", "=", True)), late)
        self.assertEqual(self._find(("backorder_is_late", "!=", True)), self._find() - late)

    def test_promised_today_is_not_late_today(self):
        order = self._waiting(5, product=self.goods["waiting"], promised=0)
        here = pytz.utc.localize(fields.Datetime.now()).astimezone(self.env.tz)
        moment = here.replace(hour=23, minute=59).astimezone(pytz.utc).replace(tzinfo=None)
        self.assertFalse(self._held(order).backorder_is_late)
        self._incoming(self.goods["waiting"], 5).move_ids.date = moment
        self._held(order).invalidate_recordset()
        self.assertFalse(self._held(order).backorder_is_late)

    def test_filter_nothing_ordered(self):
        orders = self._stages()
        unordered = orders["waiting"] | orders["overdue"] | orders["ready"]
        self.assertEqual(self._find(("backorder_is_unordered", "=", True)), unordered)

    def test_filter_expected_date(self):
        orders = self._stages()
        soon = ("backorder_expected_date", "<", self._in_days(15))
        self.assertEqual(self._find(soon), orders["expected"])
        never = ("backorder_expected_date", "=", False)
        self.assertEqual(self._find(never), self._find() - orders["expected"] - orders["late"])

    def test_filter_reason(self):
        orders = self._stages()
        self.assertEqual(
            self._find(("backorder_reason_code", "=", "expected")),
            orders["expected"] | orders["late"],
        )
        self.assertEqual(
            self._find(("backorder_reason_code", "in", ["nothing", "paused"])),
            orders["waiting"] | orders["overdue"],
        )

    def test_filter_age(self):
        order = self._stages()["waiting"]
        self._held(order).sudo().backorder_date = self._in_days(-31)
        self.assertEqual(self._held(order).backorder_age, 31)
        self.assertEqual(self._find(("backorder_age", ">", 30)), order)

    def test_only_sales_opens_with_the_own_back_orders(self):
        """The same list from both menus; the filter can be taken off."""
        actions = {
            app: self.env.ref(f"backorder_automation.menu_backorder_{app}").action
            for app in ("sale", "stock")
        }
        self.assertIn("'search_default_mine'", actions["sale"].context)
        self.assertNotIn("search_default", actions["stock"].context)
        for name in ("domain", "search_view_id", "views"):
            self.assertEqual(actions["sale"][name], actions["stock"][name])

    def test_filters_combine_with_each_other_and_with_groups(self):
        orders = self._stages()
        domain = self._domain(
            ("backorder_is_unordered", "=", True), ("backorder_is_late", "=", True)
        )
        groups = self.lines.formatted_read_group(domain, ["backorder_order_id"], ["__count"])
        self.assertEqual(
            [group["backorder_order_id"][0] for group in groups], orders["overdue"].ids
        )

    def test_groups_by_order_and_salesperson(self):
        self._stages()
        for user in (self.salesperson, self.shipper):
            lines = self.lines.with_user(user)
            orders = lines.formatted_read_group(self._domain(), ["backorder_order_id"], ["__count"])
            self.assertEqual([group["__count"] for group in orders], [1] * 5)
            people = lines.formatted_read_group(
                self._domain(), ["backorder_user_id"], ["product_uom_qty:sum"]
            )
            self.assertEqual(
                [(group["backorder_user_id"][0], group["product_uom_qty:sum"]) for group in people],
                [(self.salesperson.id, 25)],
            )

    def test_groups_by_reason(self):
        self._stages()
        groups = self.lines._read_group(self._domain(), ["backorder_reason_code"], ["__count"])
        self.assertEqual(dict(groups), {"expected": 2, "nothing": 2, "served": 1})

    def test_list_sorts_by_what_the_plan_says(self):
        orders = self._stages()
        lines = self.lines.search(
            self._domain(("backorder_expected_date", "!=", False)),
            order="backorder_expected_date desc",
        )
        self.assertEqual(lines.sale_line_id.order_id.ids, (orders["late"] | orders["expected"]).ids)
        described = self.lines.fields_get(
            ["backorder_place", "backorder_stage"], ["sortable", "groupable"]
        )
        self.assertTrue(all(field["sortable"] for field in described.values()))

    def test_views_show_late_lines_first(self):
        """Scenario: open list and cards.

        Expected: the late ones are the first rows, and the first column.
        """
        orders = self._stages()
        late = (orders["late"] | orders["overdue"]).order_line.move_ids
        for view_type in ("list", "kanban"):
            view = self.env.ref(f"backorder_automation.backorder_move_view_{view_type}")
            order = etree.fromstring(view.arch).get("default_order")
            page = self.lines.web_search_read(self._domain(), {}, order=order, limit=80)
            ids = [line["id"] for line in page["records"]]
            self.assertEqual(set(ids[: len(late)]), set(late.ids))
            self.assertEqual(len(ids), len(orders))
        self.assertEqual(next(iter(self._columns())), "late")

    def test_nobody_waits_in_no_queue(self):
        self.assertFalse(self.lines._fetch_backorder_queues([]))

    def test_asking_whether_a_field_sorts_plans_nothing(self):
        def refuse(*args, **kwargs):
            self.fail("the plan was made")

        self.patch(self.registry["stock.move"], "_backorder_plan", refuse)
        self.lines.fields_get(attributes=["sortable", "groupable", "aggregator"])

    def test_other_companies_stay_out(self):
        self._stages()
        other = self.env["res.company"].create({"name": "Other", "backorder_automation": True})
        stranger = self._user("bo_stranger", "stock.group_stock_manager")
        stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertFalse(self._find(("backorder_is_late", "=", True), user=stranger))
        self.assertTrue(self._find(("backorder_is_late", "=", True), user=self.manager))
