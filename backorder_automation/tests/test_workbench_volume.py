from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from .common import QueueCommon

PAGE = 80
LIST_ORDER = "backorder_is_late desc, priority desc, date_deadline, backorder_date, id"
ORDERS = 12
COPIES = 200


@tagged("post_install", "-at_install")
class TestWorkbenchVolume(QueueCommon):
    """Thousands of lines page like a dozen: what the list and the kanban ask of the database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.moves = cls.env["stock.move"]
        products = [cls.gadget, cls.gizmo, cls._product("Late Gadget")]
        for number in range(ORDERS):
            order = cls._order(
                cls,
                (products[number % 3], 5),
                partner=cls.env["res.partner"].create({"name": f"Customer {number}"}),
                confirm=False,
            )
            order.commitment_date = f"2099-01-{number + 1:02}"
            order.action_confirm()
            order.action_mark_backordered()
        cls._stock(cls, products[0], 50)
        cls._incoming(cls, products[1], 100)

    def _multiply(self, copies=COPIES):
        """Copy the held lines in SQL: no business logic, this is for volume only.

        In a fixed order, so that the first pages show the same whatever the database prefers.
        """
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
                WHERE table_name = 'stock_move' AND is_generated = 'NEVER'
                  AND column_name <> 'id'"""
        )
        columns = SQL(self.env.cr.fetchone()[0].replace("%", "%%"))
        self.env.cr.execute(
            SQL(
                """INSERT INTO stock_move (%s)
                   SELECT %s FROM stock_move CROSS JOIN generate_series(1, %s) copy
                    WHERE backorder_held ORDER BY copy, stock_move.id""",
                columns,
                columns,
                copies,
            )
        )
        self.env.invalidate_all()

    def _specification(self, view_type):
        """Return what the web client reads for a view."""
        view = self.env.ref(f"backorder_automation.backorder_move_view_{view_type}")
        names = self.moves.get_view(view.id, view_type)["models"]["stock.move"]
        relational = {name for name in names if self.moves._fields[name].relational}
        return {
            name: {"fields": {"display_name": {}}} if name in relational else {} for name in names
        }

    def _cost(self, work):
        """Return the queries that the second page load of a user takes, and its result."""
        for _round in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            result = work()
        return self.env.cr.sql_log_count - before, result

    def _page(self, *conditions, limit=PAGE, offset=0, order=LIST_ORDER):
        domain = [*self.moves._backorder_open_domain(), *conditions]
        specification = self._specification("list")
        lines = self.moves.with_user(self.manager)
        return self._cost(
            lambda: lines.web_search_read(
                domain,
                specification,
                offset=offset,
                limit=limit,
                order=order,
                count_limit=10001,
            )
        )

    def _columns(self):
        domain = [*self.moves._backorder_open_domain()]
        specification = self._specification("kanban")
        lines = self.moves.with_user(self.manager).with_context(read_group_expand=True)
        return self._cost(
            lambda: lines.web_read_group(
                domain,
                ["backorder_stage"],
                auto_unfold=True,
                unfold_read_specification=specification,
                unfold_read_default_limit=PAGE,
            )
        )

    def test_a_page_costs_the_same_whatever_the_number_of_lines_and_rows(self):
        few, result = self._page()
        self.assertEqual(len(result["records"]), ORDERS)
        self._multiply()
        many, result = self._page()
        self.assertEqual((len(result["records"]), result["length"]), (PAGE, ORDERS * (COPIES + 1)))
        self.assertLessEqual(many, few + 1)  # the length, where there is a next page
        self.assertLessEqual(many, self._page(limit=8)[0])
        # Other reasons name other documents: a read for their orders, one for their receipts.
        self.assertLessEqual(self._page(offset=20 * PAGE)[0], many + 4)
        self.assertTrue(all(line["backorder_reason"] for line in result["records"]))

    def test_late_lines_come_first_as_long_as_that_is_cheap_to_know(self):
        self.assertEqual(self.moves._get_backorder_page_order(LIST_ORDER), LIST_ORDER)
        with patch("odoo.addons.backorder_automation.models.backorder_query_mixin.MANY_LINES", 5):
            self.assertEqual(
                self.moves._get_backorder_page_order(LIST_ORDER),
                "priority desc, date_deadline, backorder_date, id",
            )
            self.assertEqual(self.moves._get_backorder_page_order("id desc"), "id desc")
            self.assertFalse(self.moves._get_backorder_page_order(None))

    def test_a_filter_by_the_plan_pages_too(self):
        conditions = (
            ("backorder_served_qty", ">", 0),
            ("backorder_expected_date", "!=", False),
            ("backorder_is_late", "=", False),
            ("backorder_stage", "=", "waiting"),
            ("backorder_reason_code", "in", ["nothing", "ahead"]),
        )
        few = [self._page(condition)[0] for condition in conditions]
        self._multiply()
        for condition, queries in zip(conditions, few, strict=True):
            many, first = self._page(condition)
            # The length, where there is a next page, and the texts of other reasons.
            self.assertLessEqual(many, queries + 5, condition)
            if first["length"] > PAGE:
                second = self._page(condition, offset=PAGE)[1]
                both = [line["id"] for page in (first, second) for line in page["records"]]
                self.assertEqual(len(set(both)), len(both))

    def test_a_read_of_the_web_client_plans_once(self):
        plans = []
        plan = type(self.moves)._backorder_walk

        def count(model, *args, moves=None, **kwargs):
            plans.append(args)
            if moves:  # only of the lines on the page, for their reasons
                plans.pop()
            return plan(model, *args, moves=moves, **kwargs)

        self.patch(self.registry["stock.move"], "_backorder_walk", count)
        self._multiply()
        for read in (lambda: self._page(("backorder_stage", "=", "waiting")), self._columns):
            plans.clear()
            self.assertTrue(read()[1]["length"])
            self.assertEqual(len(plans), 2, "one for each of the two reads")

    def test_columns_cost_the_same_whatever_the_number_of_lines(self):
        """From 252 to 5 292 lines: the columns are full of the same reasons at both sizes.

        Where there is more to give the heads of the queues are read once more.
        """
        self._multiply(20)
        few, _result = self._columns()
        self._multiply(20)
        many, result = self._columns()
        self.assertLessEqual(many, few + 4)
        counts = {group["backorder_stage"]: group["__count"] for group in result["groups"]}
        self.assertEqual(sum(counts.values()), ORDERS * 21 * 21)
        self.assertEqual((counts["ready"], counts["expected"]), (10, 20))
