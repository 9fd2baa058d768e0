import os
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.stock_move import PROTECTED_FIELDS
from .common_access import AccessCommon
from .who_may import (
    BUTTONS,
    FACTS,
    MODELS,
    ROUTES,
    SERVER_ACTIONS,
    TOLD,
    WRITTEN,
    render,
)

GROUPS = {
    "internal": "base.group_user",
    "portal": "base.group_portal",
    "colleague": "sales_team.group_sale_salesman",
    "seller": "sales_team.group_sale_salesman",
    "all_seller": "sales_team.group_sale_salesman_all_leads",
    "sales_manager": "sales_team.group_sale_manager",
    "stock_user": "stock.group_stock_user",
    "stock_manager": "stock.group_stock_manager",
    "buyer": "purchase.group_purchase_user",
    "system": "base.group_system",
}
MAIN = "backorder_automation"
PAGE = Path(__file__).parents[2] / "docs" / "security.md"
DOCUMENTS = ("sale.order", "sale.order.line", "stock.picking", "stock.move")


def is_ours(module):
    return (module or "").startswith("odoo.addons.backorder_automation")


class RolesCommon(AccessCommon):
    """Everybody there is, and something of each kind to ask them about."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roles = {"public": cls.env.ref("base.public_user")}
        for role, group in GROUPS.items():
            if cls.env.ref(group, raise_if_not_found=False):
                cls.roles[role] = cls._user(f"bo_role_{role}", group)
        cls.company.backorder_at_confirm = "ask"

    def setUp(self):
        super().setUp()
        stranger = self._make_other_company()
        stranger.group_ids += self.env.ref("sales_team.group_sale_manager")
        self.roles["stranger"] = stranger
        self.customer = self.roles["portal"].partner_id
        self.salesperson = self.roles["seller"]
        self._make_documents()
        self.env.flush_all()
        self.env.invalidate_all()

    def _make_documents(self):
        """An order with a held line, one that waits, one released, one about to be shipped."""
        self.order = self._short(8, 5)
        self.held = self._held(self.order)
        self.waiting = self._order((self.gizmo, 4))
        thing = self._product("Thing")
        self.released_order = self._short(3, 0, product=thing)
        self._stock(thing, 3)
        self._held(self.released_order).action_backorder_release()
        self.released = self._released(self.released_order)
        self.run = self.env["backorder.run"].search(
            [("line_ids.move_id", "in", self.released.move_ids.ids)], limit=1
        )
        box = self._product("Box")
        self._stock(box, 2)
        self.shipping = self._order((box, 6)).picking_ids
        self.shipping.move_ids.write({"quantity": 2, "picked": True})
        self.purchase = self._make_purchase() if "purchase.order" in self.env else None

    def _make_purchase(self):
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Vendor"}).id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "order_line": [
                    Command.create({"product_id": self.gizmo.id, "product_qty": 9, "price_unit": 1})
                ],
            }
        )
        purchase.button_confirm()
        return purchase

    def _dialog_values(self, model):
        """Return what each dialog is opened with."""
        donor = self.released.move_ids
        return {
            "backorder.confirm": {
                "order_id": self.waiting.id,
                "line_ids": [Command.create({"move_id": self.waiting.picking_ids.move_ids.id})],
            },
            "backorder.drop": {
                "picking_id": self.released.id,
                "move_ids": [Command.set(donor.ids)],
            },
            "backorder.pause": {"move_ids": [Command.set(self.held.ids)]},
            "backorder.reallocation": {
                "move_id": self.held.id,
                "line_ids": [Command.create({"move_id": donor.id, "take": 1})],
            },
            "backorder.simulation": {"company_id": self.company.id},
            "backorder.shortfall.line": {"move_id": self.shipping.move_ids.id},
            "backorder.check": {"kind": "orphan"},
            "backorder.health.line": {
                "health_id": self.env["backorder.health"].create({}).id,
                "key": "free",
            },
        }.get(model, {})

    def _open(self, model, user):
        """Return a dialog that belongs to the user, whoever may open one."""
        dialog = self.env[model].with_user(user).sudo()
        if model == "stock.backorder.confirmation":
            dialog = dialog.with_context(
                default_pick_ids=[Command.link(self.shipping.id)],
                button_validate_picking_ids=self.shipping.ids,
            )
        elif model == "res.config.settings":
            dialog = dialog.with_user(self.env.ref("base.user_admin"))
        return dialog.create(self._dialog_values(model)).with_user(user).sudo(False)

    def _subject(self, model, method, user):
        """Return the records a button is pressed about."""
        if method in ("action_hold_again",):
            dialog = self._open(model, user)
            dialog.sudo().move_ids = self.released.move_ids
            return dialog
        records = {
            ("sale.order", "action_mark_backordered"): self.waiting,
            ("stock.picking", "action_backorder_take_anyway"): self.waiting.picking_ids,
            ("stock.picking", "action_backorder_cancel"): self.released,
            ("stock.move", "action_backorder_hold_again"): self.released.move_ids,
            "sale.order": self.order,
            "sale.order.line": self.order.order_line,
            "stock.picking": self.order.picking_ids[:1],
            "stock.move": self.held,
            "stock.picking.type": self.warehouse.out_type_id,
            "backorder.run": self.run,
            "product.product": self.gadget,
            "product.template": self.gadget.product_tmpl_id,
            "purchase.order": self.purchase,
        }
        found = records.get((model, method)) or records.get(model)
        if found:
            return found.with_user(user)
        if self.env[model]._transient:
            return self._open(model, user)
        return self._row(model).with_user(user)

    def _row(self, model):
        """Return a row of a report about our documents."""
        if self.env[model]._abstract:
            return self.env[model]
        self.env.flush_all()
        mine = {
            "backorder.report": [("order_id", "=", self.order.id)],
            "backorder.fill.report": [("order_id", "=", self.order.id)],
        }
        return self.env[model].sudo().search(mine.get(model, []), limit=1)

    def _try(self, work):
        """Do something and undo it; return whether rights allow it.

        What is refused for another reason than rights is told in a sentence: that is allowed.
        """
        savepoint = self.env.cr.savepoint()
        try:
            with mute_logger("odoo.addons.base.models.ir_model", "odoo.orm.models"):
                work()
                self.env.flush_all()
        except AccessError as error:
            self._check_sentence(error)
            return False
        except UserError as error:
            self._check_sentence(error)
            return True
        finally:
            self.env.cr.precommit.clear()
            self.env.clear()
            savepoint.rollback()
            savepoint.close(rollback=False)
        return True

    def _check_sentence(self, error):
        text = str(error)
        self.assertGreater(len(text.split()), 2, text)
        for word in ("Traceback", "psycopg2", "SELECT ", "object has no", "Expected singleton"):
            self.assertNotIn(word, text)


class MethodsCommon(AccessCommon):
    """What of ours can be called from outside."""

    def _public_methods(self):
        """Yield (model, method, whether nobody but we define it) for all that RPC can call."""
        for model, cls in self.env.registry.items():
            bases = [base for base in cls.__mro__ if base is not cls]
            names = {
                name
                for base in bases
                if is_ours(base.__module__)
                for name in vars(base)
                if not name.startswith("_")
            }
            for name in sorted(names):
                try:
                    get_public_method(self.env[model], name)
                except (AccessError, AttributeError):
                    continue
                own = all(is_ours(base.__module__) for base in bases if name in vars(base))
                yield model, name, own

    def _own_methods(self):
        return {
            (model, name)
            for model, name, own in self._public_methods()
            if own and (not self.env[model]._abstract or model in BUTTONS)
        }

    def _unlisted(self):
        listed = {(model, name) for model, names in BUTTONS.items() for name in names}
        return self._own_methods() - listed


@tagged("post_install", "-at_install")
class TestNothingForgotten(MethodsCommon):
    """Whatever is new is in no table, and found."""

    def test_nothing_is_forgotten(self):
        self.assertFalse(self._unlisted(), "Say in who_may.py who may call it.")
        ours = {
            model
            for model, cls in self.env.registry.items()
            if (cls._original_module or "").startswith("backorder_automation") and not cls._abstract
        }
        self.assertFalse(ours - MODELS.keys(), "Say in who_may.py who may read it.")

    def test_method_that_is_not_listed_is_found(self):
        def action_new(self):
            """Nobody said who may call this."""

        for model, original in (("sale.order", "sale_order"), ("backorder.run", "backorder_run")):
            cls = next(
                base
                for base in self.env.registry[model].__mro__
                if base.__module__ == f"odoo.addons.backorder_automation.models.{original}"
            )
            with patch.object(cls, "action_new", action_new, create=True):
                self.assertEqual(self._unlisted(), {(model, "action_new")})
        self.assertFalse(self._unlisted())

    def test_pages(self):
        """No page of ours beside those of the table, and each as it says."""
        own = {}
        for url, endpoint in self.env["ir.http"]._generate_routing_rules(
            self.env.registry._init_modules, converters=self.env["ir.http"]._get_converters()
        ):
            if is_ours(getattr(endpoint.func, "__module__", "")):
                own[url] = endpoint.routing
        installed = self.env.registry._init_modules
        listed = {url for url, page in ROUTES.items() if page.get("addon", MAIN) in installed}
        self.assertEqual(own.keys(), listed)
        for url, routing in own.items():
            for key in ("auth", "methods", "type"):
                self.assertEqual(routing[key], ROUTES[url][key], url)
            self.assertTrue(routing.get("csrf", True), url)


@tagged("post_install", "-at_install")
class TestWhoMay(MethodsCommon, RolesCommon):
    """Who may do what is what the table says, and the page shows the table."""

    def _measure(self, work):
        """Return the roles for which `work(user)` is allowed."""
        return {role for role, user in self.roles.items() if self._try(lambda u=user: work(u))}

    def _measure_buttons(self):
        measured = {}
        for model, name in sorted(self._own_methods()):

            def press(user, model=model, name=name):
                getattr(self._subject(model, name, user), name)()

            measured[model, name] = self._measure(press)
        return measured

    def _measure_models(self):
        measured = {}
        for model in filter(self.env.registry.__contains__, MODELS):
            read = self._measure(lambda u, m=model: self.env[m].with_user(u).check_access("read"))
            written = {
                operation: self._measure(
                    lambda u, m=model, o=operation: self.env[m].with_user(u).check_access(o)
                )
                for operation in ("write", "create", "unlink")
            }
            self.assertEqual(written["write"], written["create"], model)
            self.assertEqual(written["write"], written["unlink"], model)
            measured[model] = (read, written["write"])
        return measured

    def test_buttons_and_models(self):
        buttons, models = self._measure_buttons(), self._measure_models()
        wrong = []
        for (model, name), may in buttons.items():
            expected = BUTTONS[model][name] & self.roles.keys()
            if may != expected:
                wrong.append((model, name, "too many", may - expected, "too few", expected - may))
        for model, measured in models.items():
            expected = tuple(roles & self.roles.keys() for roles in MODELS[model])
            if measured != expected:
                wrong.append((model, measured, expected))
        self.assertFalse(wrong, "\n".join(map(str, wrong)))
        self._check_page(models, buttons)

    def _check_page(self, models, buttons):
        """Compare the page with what was measured, where everything is installed."""
        if not PAGE.parent.exists() or not BUTTONS.keys() <= self.env.registry.models.keys():
            return
        text = render(models, buttons, self._sort_fields())
        if os.environ.get("BACKORDER_WRITE_SECURITY"):
            PAGE.write_text(text, encoding="utf-8")
        self.assertEqual(PAGE.read_text(encoding="utf-8"), text, "Make docs/security.md anew.")

    def test_mixins_are_no_way_round(self):
        """A button called on the mixin it is made of does nothing for anybody."""
        mixins = {(m, name) for m, name, own in self._public_methods() if self.env[m]._abstract}
        mixins = {(m, name) for m, name in mixins if m not in BUTTONS and name.startswith("action")}
        self.assertTrue(mixins)
        for model, name in mixins:
            if model.startswith("report."):
                continue
            for role, user in self.roles.items():
                records = self.env[model].with_user(user).browse(self.held.id)
                with self.subTest(model=model, method=name, role=role):
                    self.assertFalse(self._try(getattr(records, name)))

    # Fields

    def _ours(self, model):
        return {
            name: field
            for name, field in self.env[model]._fields.items()
            if any(module.startswith("backorder_automation") for module in field._modules)
            and any(part in name for part in ("backorder", "qty_ready", "qty_waiting"))
        }

    def _sort_fields(self):
        """Return the fields of ours on documents by who may read and write them."""
        kinds = {}
        for model in DOCUMENTS:
            ours, written = self._ours(model), WRITTEN.get(model, {})
            told, facts = TOLD.get(model, set()), FACTS if model == "stock.move" else set()
            kinds[model] = {
                "customers": told,
                "facts": facts & ours.keys(),
                "inside": ours.keys() - told - facts,
                **{f"written by {who}": names for who, names in written.items()},
            }
        return kinds

    def test_fields_of_documents(self):
        """Read, searched and grouped by whoever may read the document, unless it is for inside."""
        people = ("public", "portal", "internal", "seller", "stock_user", "stranger", "system")
        count = 0
        for model in DOCUMENTS:
            record = self._subject(model, None, self.env.user)
            open_to_all = TOLD.get(model, set()) | (FACTS if model == "stock.move" else set())
            for role in people:
                mine = record.with_user(self.roles[role])
                inside = role not in ("public", "portal")
                reads = self._try(lambda r=mine: r.read(["id", "create_date"]))
                searches = self._try(lambda r=mine: r.search([("id", "=", r.id)]))
                for name, field in self._ours(model).items():
                    allowed = inside or name in open_to_all
                    with self.subTest(model=model, field=name, role=role):
                        may = self._try(lambda n=name, r=mine: r.read([n]))
                        self.assertEqual(may, reads and allowed, "read")
                        if not (field.store or field.search):
                            continue
                        may = self._try(
                            lambda n=name, r=mine: r.search([("id", "=", r.id), (n, "!=", False)])
                        )
                        self.assertEqual(may, searches and allowed, "search")
                        if name in ("backorder_is_visible",) or not field.column_type:
                            continue  # lists do not offer to group by it
                        may = self._try(
                            lambda n=name, r=mine: r.formatted_read_group(
                                [("id", "=", r.id)], self._group_by(n, r._fields[n]), ["__count"]
                            )
                        )
                        self.assertEqual(may, searches and allowed, "group by")
                        count += 3
        self.assertGreater(count, 300)

    def _group_by(self, name, field):
        return [f"{name}:month" if field.type in ("date", "datetime") else name]

    def test_fields_that_people_write(self):
        for model in DOCUMENTS:
            record = self._subject(model, None, self.env.user)
            protected = (
                record._get_backorder_protected_fields() if model != "sale.order.line" else ()
            )
            written = WRITTEN.get(model, {})
            for role in ("public", "portal", "internal", "seller", "stock_user", "stock_manager"):
                mine = record.with_user(self.roles[role])
                for name, field in self._ours(model).items():
                    if not (field.store and field.column_type) or field.related:
                        continue
                    may = self._try(lambda n=name, r=mine: r.write({n: r.sudo()[n]}))
                    expected = name not in protected and self._try(
                        lambda r=mine: r.check_access("write")
                    )
                    if name in written.get("managers", ()):
                        expected = role == "stock_manager"
                    elif field.groups and role in ("public", "portal"):
                        expected = False
                    with self.subTest(model=model, field=name, role=role):
                        self.assertEqual(may, expected, "write")
        self.assertLessEqual(PROTECTED_FIELDS, self._ours("stock.move").keys())

    # Pages, and what stands in menus

    def test_actions_of_the_menus(self):
        """A server action runs with the rights of whoever starts it; no report is ours alone."""
        data = self.env["ir.model.data"].search([("module", "=like", "backorder_automation%")])
        actions = data.filtered(lambda row: row.model == "ir.actions.server")
        crons = self.env["ir.cron"].with_context(active_test=False).search([])
        own = actions.filtered(lambda row: row.res_id not in crons.ir_actions_server_id.ids)
        self.assertEqual(set(own.mapped("complete_name")), set(SERVER_ACTIONS))
        self.assertFalse(data.filtered(lambda row: row.model == "ir.actions.report"))
        for xml_id, expected in SERVER_ACTIONS.items():
            action = self.env.ref(xml_id)
            may = self._measure(lambda user, action=action: action.with_user(user).run())
            self.assertEqual(may, expected & self.roles.keys())

    def test_administrator_of_the_settings_only_switches_it(self):
        may = self._measure(
            lambda user: self.env["res.config.settings"].with_user(user).create({}).execute()
        )
        self.assertEqual(may, {"system"})
