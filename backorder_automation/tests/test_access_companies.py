from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common_access import AccessCommon


@tagged("post_install", "-at_install")
class TestAccessCompanies(AccessCommon):
    """Access first, more rights after: nobody works on, or looks at, what another company has."""

    def setUp(self):
        super().setUp()
        self.stranger = self._make_other_company()
        self.order = self._short(8, 5)
        self.held = self._held(self.order)
        self.waiting = self._order((self.gizmo, 4))
        self.env.flush_all()
        self.env.invalidate_all()

    def _refused(self, records, method, *args, **context):
        """Press a button as somebody of the other company: an error, and nothing changed."""
        records = records.with_user(self.stranger).with_context(**context)
        with self.assertRaises(AccessError, msg=f"{records} {method}"):
            getattr(records, method)(*args)
        self.env.invalidate_all()
        self.assertHeld(self.order, 3)
        self.assertEqual(self.waiting.picking_ids.move_ids.product_uom_qty, 4)

    def test_order_of_another_company_is_not_marked(self):
        self._refused(self.waiting, "action_mark_backordered")
        self.assertEqual(self.waiting.picking_ids.state, "confirmed")

    def test_one_order_of_another_company_among_own_ones_stops_all(self):
        """Nothing of the order that is their own is marked either."""
        self.stranger.company_ids += self.company
        mine = self._order((self.gizmo, 2))
        both = (mine | self.waiting).with_user(self.stranger)
        with self.assertRaises(AccessError):
            both.with_context(allowed_company_ids=self.other.ids).action_mark_backordered()
        self.assertHeld(mine, 0)

    def test_allowed_company_is_marked(self):
        self.stranger.company_ids += self.company
        order = self.waiting.with_user(self.stranger)
        order.with_context(
            allowed_company_ids=[self.company.id, self.other.id]
        ).action_mark_backordered()
        self.assertHeld(self.waiting, 4)

    def test_order_of_another_company_is_not_given_back(self):
        self._refused(self.order, "action_unmark_backordered")
        self._refused(self.order, "action_view_backorders")

    def test_lines_of_another_company_have_no_button(self):
        buttons = [name for name in dir(self.held) if name.startswith("action_backorder_")]
        self.assertIn("action_backorder_release", buttons)
        for button in (*buttons, "action_open_backorder_document"):
            with self.subTest(button=button):
                self._refused(self.held, button)

    def test_transfers_of_another_company_have_no_button(self):
        for button in (
            "action_backorder_take_anyway",
            "action_backorder_cancel",
            "action_view_backorders",
        ):
            with self.subTest(button=button):
                self._refused(self.order.picking_ids, button)

    def test_operation_types_of_another_company_have_no_button(self):
        for button in ("action_view_backorders_waiting", "action_view_backorders_ready"):
            self._refused(self.warehouse.out_type_id, button)

    # Dialogs

    def _named(self):
        """Return what a client could name in each of our dialogs: model to values."""
        move, order = {"move_id": self.held.id}, {"order_id": self.order.id}
        moves = {"move_ids": [Command.set(self.held.ids)]}
        return {
            "backorder.confirm": order,
            "backorder.confirm.line": move,
            "backorder.shortfall.line": move,
            "backorder.pause": moves,
            "backorder.drop": {"picking_id": self.order.picking_ids[:1].id},
            "backorder.reallocation": move,
            "backorder.reallocation.line": move,
            "backorder.simulation": {"company_id": self.company.id},
            "backorder.simulation.line": move,
        }

    def _parents(self, user):
        """Return values that lines of the dialogs need besides: a dialog of the user."""
        self.other_order = self._order_of_other()
        own = self._held(self.other_order)
        return {
            "backorder.confirm.line": {
                "wizard_id": self._as(user, "backorder.confirm")
                .create({"order_id": self.other_order.id})
                .id
            },
            "backorder.shortfall.line": {
                "wizard_id": self._as(user, "stock.backorder.confirmation").create({}).id
            },
            "backorder.reallocation.line": {
                "wizard_id": self._as(user, "backorder.reallocation").create({"move_id": own.id}).id
            },
            "backorder.simulation.line": {
                "simulation_id": self._as(user, "backorder.simulation").create({}).id
            },
        }

    def _as(self, user, model):
        return (
            self.env[model].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        )

    def _order_of_other(self):
        """Return an order that waits in the other company."""
        env = self.env(context={**self.env.context, "allowed_company_ids": self.other.ids})
        warehouse = env["stock.warehouse"].search([("company_id", "=", self.other.id)], limit=1)
        order = env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.other.id,
                "warehouse_id": warehouse.id,
                "order_line": [Command.create({"product_id": self.gizmo.id, "product_uom_qty": 6})],
            }
        )
        order.action_confirm()
        order.action_mark_backordered()
        self.env.flush_all()
        return order

    def test_dialogs_do_not_name_what_another_company_has(self):
        parents = self._parents(self.stranger)
        for model, named in self._named().items():
            self.env.invalidate_all()
            values = {**parents.get(model, {}), **named}
            with self.subTest(model=model), self.assertRaises(AccessError):
                self._as(self.stranger, model).create(values)

    def test_dialogs_do_not_name_it_by_default_or_while_they_are_filled_in(self):
        """Nothing is saved: the client asks what a form would show."""
        for model, named in self._named().items():
            dialog = self._as(self.stranger, model)
            fields = {name: {} for name in dialog._fields if name not in ("display_name",)}
            [(name, value)] = named.items()
            with self.subTest(model=model), self.assertRaises(AccessError):
                dialog.onchange(dict(named), [name], fields)
            with self.subTest(model=model, by="default"), self.assertRaises(AccessError):
                dialog.with_context(**{f"default_{name}": value}).onchange({}, [], fields)

    def test_dialogs_do_not_name_it_in_a_line(self):
        for model, lines in {
            "backorder.confirm": "line_ids",
            "backorder.reallocation": "line_ids",
            "backorder.simulation": "line_ids",
            "stock.backorder.confirmation": "shortfall_line_ids",
        }.items():
            values = {lines: [[Command.CREATE, "virtual_1", {"move_id": self.held.id}]]}
            fields = {lines: {"fields": {"move_id": {}}}}
            with self.subTest(model=model), self.assertRaises(AccessError):
                self._as(self.stranger, model).onchange(values, [lines], fields)

    def test_dialogs_are_not_turned_to_it_later(self):
        parents = self._parents(self.stranger)
        own = self._held(self.other_order)
        for model, values in parents.items():
            line = self._as(self.stranger, model).create({**values, "move_id": own.id})
            self.assertEqual(line.move_id, own)
            with self.subTest(model=model), self.assertRaises(AccessError):
                line.move_id = self.held.id

    def test_shortfall_dialog_lists_nothing_of_another_company(self):
        dialog = self._as(self.stranger, "stock.backorder.confirmation")
        picking = self.waiting.picking_ids
        with self.assertRaises(AccessError):
            dialog.with_context(default_pick_ids=[(4, picking.id)]).default_get(
                ["pick_ids", "shortfall_line_ids"]
            )

    def test_dialogs_name_what_is_their_own(self):
        parents = self._parents(self.stranger)
        own = self._held(self.other_order)
        for model, named in self._named().items():
            if model.endswith(".line") or model == "backorder.reallocation":
                self.env.invalidate_all()
                line = self._as(self.stranger, model).create(
                    {**parents.get(model, {}), **named, "move_id": own.id}
                )
                self.assertEqual(line.move_id.product_id, self.gizmo)

    # Runs and the check

    def test_runs_of_another_company_are_not_seen_nor_stopped(self):
        """The processes work for the companies that use them, people for their own."""
        self._stock(self.gadget, 3)
        runs = self.env["backorder.run"]
        self.other.backorder_automation = False
        self._run(self.secondary)
        self._check_hidden_run(runs.search([("line_ids.move_id", "=", self.held.id)]))
        self.other.backorder_automation = True
        first = self._short(4, 0, product=self.gizmo, commitment_date="2020-01-01")
        held = self._held(first)
        self._stock(self.gizmo, 4)
        held.action_backorder_release()
        self._check_hidden_run(runs.search([("line_ids.move_id", "=", held.id)]))
        self._short(4, 0, product=self.gizmo)
        self._run(self.secondary)
        run = runs.search([("process", "=", "secondary")], limit=1)
        self.assertTrue(self._as(self.stranger, "backorder.run").browse(run.id).has_access("read"))

    def _check_hidden_run(self, run):
        """Nobody of the other company sees, or stops, this run; those of its companies do."""
        self.assertEqual(len(run), 1)
        run.date_end = False
        run.action_stop()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self._as(self.stranger, "backorder.run").browse(run.id).action_stop()
        for model in ("backorder.run", "backorder.run.line", "backorder.run.stop"):
            name = "id" if model == "backorder.run" else "run_id"
            of_run = [(name, "=", run.id)]
            self.assertFalse(self._as(self.stranger, model).search(of_run), model)
            self.assertTrue(self._as(self.manager, model).search(of_run), model)

    def test_check_shows_no_order_of_another_company(self):
        self.held.sudo().product_uom_qty = 1
        for user, expected in ((self.stranger, False), (self.manager, True)):
            action = self._as(user, "backorder.check").action_check()
            findings = self._as(user, "backorder.check").search(action["domain"])
            self.assertEqual(self.order in findings.sudo().order_id, expected)

    def test_nobody_without_settings_writes_a_schedule(self):
        settings = self.env["res.config.settings"].with_user(self.salesperson)
        for method in ("set_values", "action_open_backorder_primary"):
            with self.assertRaises(AccessError):
                getattr(settings, method)()
        self.assertTrue(self.primary.active)
        self.assertNotIn("backorder_primary_active", settings.get_values())

    def test_allocation_names_nothing_of_another_company(self):
        report = self._as(self.stranger, "report.stock.report_reception")
        receipt = self._incoming(self.gadget, 3)
        with self.assertRaises(AccessError):
            report.action_assign(self.held.ids, [3], [receipt.move_ids.ids])
