import ast

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_access import AccessCommon


@tagged("post_install", "-at_install")
class TestAccessOrders(AccessCommon):
    """The record rules of sales orders decide whose back orders somebody sees, in every place."""

    def setUp(self):
        super().setUp()
        self.mine = self._short(8, 5, user_id=self.owner.id)
        self.theirs = self._short(7, 5, user_id=self.other_owner.id)
        self.nobodys = self._short(4, 3, user_id=False)
        self.nobodys.user_id = False
        self.all = self.mine | self.theirs | self.nobodys
        self.env.flush_all()
        self.env.invalidate_all()

    def _action(self, xmlid="backorder_automation.action_backorder_moves"):
        return self.env["ir.actions.actions"]._for_xml_id(xmlid)

    def _listed(self, user, domain=None):
        """Return the orders whose lines the Back Orders list shows a user, by every way to read."""
        moves = self.env["stock.move"].with_user(user)
        if domain is None:
            domain = ast.literal_eval(self._action()["domain"])
        ours = [*domain, ("sale_line_id.order_id", "in", self.all.ids)]
        self.env.invalidate_all()
        found = moves.sudo().browse(moves.search(domain).ids).sale_line_id.order_id & self.all
        rows = moves.web_search_read(domain, {"reference": {}})["records"]
        names = {row["reference"] for row in rows} & set(self.all.mapped("name"))
        self.assertEqual(names, set(found.mapped("name")))
        groups = moves.web_read_group(domain, ["backorder_stage"], ["__count"])["groups"]
        self.assertEqual(sum(group["__count"] for group in groups), moves.search_count(domain))
        self.assertEqual(moves.sudo().search_count(ours) >= len(found), True)
        return found

    def test_list_shows_the_lines_of_orders_one_may_read(self):
        own = self.mine | self.nobodys
        for user, orders in (
            (self.owner, own),
            (self.clerk, self.nobodys),
            (self.salesperson, self.all),
            (self.boss, self.all),
            (self.shipper, self.all),
            (self.manager, self.all),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self._listed(user), orders)

    def test_record_rules_of_others_count_too(self):
        """Whatever rule there is, not the salesperson alone."""
        self.env["ir.rule"].create(
            {
                "name": "Small orders",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "domain_force": [("order_line.product_uom_qty", "<", 8)],
            }
        )
        self.assertEqual(self._listed(self.manager), self.theirs | self.nobodys)
        self.assertEqual(self._rows("backorder.report", self.manager), self.theirs | self.nobodys)

    def test_field_says_whether_a_line_is_shown(self):
        held = self._held(self.all).with_user(self.owner)
        own = self._held(self.mine | self.nobodys)
        self.assertEqual(held.filtered("backorder_is_visible"), own)
        moves = self.env["stock.move"].with_user(self.owner)
        hidden = moves.search([("id", "in", held.ids), ("backorder_is_visible", "=", False)])
        self.assertEqual(hidden, held - own)
        self.assertEqual(held.filtered_domain([("backorder_is_visible", "!=", True)]), hidden)

    def test_buttons_of_operation_types_and_transfers_count_what_they_show(self):
        out = self.warehouse.out_type_id
        for user, count in ((self.clerk, 1), (self.shipper, 3), (self.manager, 3)):
            self.env.invalidate_all()
            kind = out.with_user(user)
            self.assertEqual(kind.count_backorder_waiting, count, user.login)
            action = kind.action_view_backorders_waiting()
            self.assertEqual(
                self.env["stock.move"].with_user(user).search_count(action["domain"]), count
            )
            delivery = self.theirs.picking_ids[:1].with_user(user)
            expected = 0 if user == self.clerk else 1
            self.assertEqual(delivery.backorder_move_count, expected, user.login)
            action = delivery.action_view_backorders()
            self.assertEqual(
                self.env["stock.move"].with_user(user).search_count(action["domain"]), expected
            )

    def test_smart_button_is_for_those_who_may_read_the_order(self):
        mine = self.mine.with_user(self.owner)
        self.assertEqual(mine.backorder_move_count, 1)
        self.assertEqual(
            self._listed(self.owner, ast.literal_eval(mine.action_view_backorders()["domain"])),
            self.mine,
        )
        with self.assertRaises(AccessError):
            self.theirs.with_user(self.owner).action_view_backorders()

    # Reports and the dashboard

    def _rows(self, model, user):
        """Return the orders a user finds in a report."""
        report = self.env[model].with_user(user)
        self.env.invalidate_all()
        rows = report.search([])
        self.assertEqual(report.search_count([]), len(rows))
        [[count, orders]] = report._read_group([], aggregates=["__count", "order_id:recordset"])
        self.assertEqual(count, len(rows))
        self.assertEqual(orders, rows.order_id)
        return rows.sudo().order_id & self.all

    def test_reports_show_the_orders_one_may_read(self):
        for model in ("backorder.report", "backorder.fill.report"):
            for user, orders in (
                (self.clerk, self.nobodys),
                (self.boss, self.all),
                (self.shipper, self.all),
                (self.manager, self.all),
            ):
                with self.subTest(model=model, user=user.login):
                    self.assertEqual(self._rows(model, user), orders)
            with self.assertRaises(AccessError):
                self._rows(model, self.owner)

    def test_dashboard_counts_the_orders_one_may_read(self):
        figures = {
            user: {
                figure["key"]: figure["value"]
                for figure in self.env["backorder.dashboard"].with_user(user).get_figures()["open"]
            }
            for user in (self.clerk, self.shipper, self.boss)
        }
        before = int(figures[self.clerk]["count"].replace(",", ""))
        self.assertEqual(int(figures[self.shipper]["count"].replace(",", "")), before + 2)
        self.assertEqual(figures[self.boss], figures[self.shipper])

    def test_check_shows_orders_one_may_read(self):
        self.clerk.group_ids += self.env.ref("stock.group_stock_manager")
        self._held(self.all).sudo().product_uom_qty = 0.5
        for user, orders in ((self.clerk, self.nobodys), (self.manager, self.all)):
            action = self.env["backorder.check"].with_user(user).action_check()
            findings = self.env["backorder.check"].with_user(user).search(action["domain"])
            self.assertEqual(findings.sudo().order_id & self.all, orders)

    def test_forecast_names_no_customer_of_a_hidden_order(self):
        for user, orders in ((self.owner, self.mine | self.nobodys), (self.shipper, self.all)):
            report = self.env["stock.forecasted_product_product"].with_user(user)
            for order in self.all:
                move = self._held(order).with_user(user)
                self.env.invalidate_all()
                line = report._prepare_report_line(1.0, move_out=move, read=False)
                self.assertEqual(bool(line.get("backorder_customer")), order in orders)

    def test_reason_names_no_order_of_others(self):
        ahead = [
            self._short(6, 0, product=self.gizmo, user_id=user.id)
            for user in (self.other_owner, self.owner)
        ]
        last = self._short(6, 0, product=self.gizmo, user_id=self.owner.id)
        self._stock(self.gizmo, 6)
        self.assertIn("queue: others.", self._reason(last, self.owner))
        self.assertNotIn(ahead[0].name, self._reason(last, self.owner))
        self._stock(self.gizmo, 6)
        self.assertIn(f"queue: {ahead[1].name}, others.", self._reason(last, self.owner))
        for user in (self.salesperson, self.shipper, self.env.user):
            names = ", ".join(order.name for order in ahead)
            self.assertIn(names, self._reason(last, user))

    def _reason(self, order, user):
        self.env.invalidate_all()
        line = order.order_line.with_user(user)
        move = self._held(order).with_user(user)
        self.assertEqual(line.backorder_reason, move.backorder_reason)
        return move.backorder_reason

    # Dialogs

    def test_dialogs_name_no_line_of_a_hidden_order(self):
        self.clerk.group_ids += self.env.ref("stock.group_stock_manager")
        hidden, known = self._held(self.theirs), self._held(self.nobodys)
        for user, model in (
            (self.owner, "backorder.confirm.line"),
            (self.clerk, "backorder.reallocation"),
            (self.clerk, "backorder.simulation.line"),
        ):
            dialog = self.env[model].with_user(user)
            values = {"move_id": hidden.id}
            if model == "backorder.confirm.line":
                order = self.nobodys.id
                values["wizard_id"] = self._dialog_of(user, "confirm", order_id=order).id
            elif model == "backorder.simulation.line":
                values["simulation_id"] = self._dialog_of(user, "simulation").id
            with self.subTest(model=model), self.assertRaises(AccessError):
                dialog.create(values)
            with self.subTest(model=model), self.assertRaises(AccessError):
                dialog.onchange({"move_id": hidden.id}, ["move_id"], {"product_id": {}})
            self.assertEqual(dialog.create({**values, "move_id": known.id}).move_id, known)
        with self.assertRaises(AccessError):
            self._dialog_of(self.owner, "confirm", order_id=self.theirs.id)

    def _dialog_of(self, user, name, **values):
        return self.env[f"backorder.{name}"].with_user(user).create(values)

    def test_plan_of_a_manager_with_own_orders_is_whole(self):
        """Who manages stock applies exactly what is shown."""
        self.clerk.group_ids += self.env.ref("stock.group_stock_manager")
        self._stock(self.gadget, 6)
        simulation = self._dialog_of(self.clerk, "simulation", product_ids=self.gadget.ids)
        simulation.action_simulate()
        simulation.invalidate_recordset()
        self.assertEqual(sum(simulation.line_ids.mapped("served_then")), 6)
        simulation.action_apply()
        self.assertEqual(sum(self._released(self.all).move_ids.mapped("quantity")), 6)

    # A click on a row

    def _click(self, move, user):
        """Click a row of the list; return the model of what opened."""
        action = move.with_user(user).action_open_backorder_document()
        values = self._walk(action, user)
        self.assertEqual(values["id"], action["res_id"])
        return action["res_model"]

    def _opens(self, record, user):
        """Return whether Odoo opens the form of a record for a user."""
        action = {"res_model": record._name, "res_id": record.id}
        try:
            return bool(self._walk(action, user))
        except AccessError:
            return False

    def test_click_opens_the_order_for_salespeople(self):
        held = self._held(self.mine)
        for user in (self.owner, self.salesperson, self.boss):
            self.assertEqual(self._click(held, user), "sale.order", user.login)

    def test_click_opens_what_the_user_may_open(self):
        """Whoever it is, and whatever is in the way: something opens, the best there is."""
        released = self._released_line()
        for move in (*self._held(self.all), released):
            order, transfer = (
                move.sale_line_id.order_id,
                move.picking_id or move.backorder_origin_id,
            )
            for user in (self.shipper, self.manager, self.clerk, self.owner, self.boss):
                with self.subTest(order=order.name, user=user.login):
                    opens = [doc._name for doc in (order, transfer) if self._opens(doc, user)]
                    self.assertEqual(self._click(move, user), [*opens, "stock.move"][0])

    def _released_line(self):
        self._stock(self.gizmo, 2)
        order = self._short(4, 2, product=self.gizmo)
        self._stock(self.gizmo, 2)
        self._held(order).action_backorder_release()
        return self._released(order).move_ids

    def test_stock_user_is_not_sent_to_invoices(self):
        for move in self._held(self.mine) | self._released_line():
            for user in (self.shipper, self.manager):
                self.assertEqual(self._click(move, user), "stock.picking", user.login)

    def test_line_opens_where_nothing_else_does(self):
        held = self._held(self.theirs)
        held.sudo().backorder_origin_id = False
        self.assertEqual(self._click(held, self.shipper), "stock.move")
        action = held.with_user(self.shipper).action_open_backorder_document()
        self.assertIn("Nothing", self._walk(action, self.shipper)["backorder_reason"])

    def test_rows_of_reports_open_too(self):
        for model in ("backorder.report", "backorder.fill.report"):
            for user in (self.shipper, self.manager, self.boss):
                row = self.env[model].with_user(user).search([("order_id", "=", self.mine.id)])
                action = row.action_open_order()
                self._walk(action, user)
                self.assertEqual(action["res_model"] == "sale.order", user == self.boss)
