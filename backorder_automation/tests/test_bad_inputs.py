from datetime import date, datetime
from math import inf, nan

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..const import CTX_ASK
from ..models.backorder_query_mixin import EXPRESSIONS
from ..work import CTX_WORK
from .test_who_may import RolesCommon

QUOTE = "'; DROP TABLE stock_move; -- %s %(x)s \\ \" \x01"
ANYTHING = (None, False, True, 0, -1, 10**30, "", QUOTE, [], {}, [[]], "9" * 400)
BAD = {
    "float": (-5, 0, 1e-9, 1e308, nan, inf, -inf, "nan", "1,5", "many", 10**400, QUOTE),
    "integer": (-5, 2**31, -(2**40), nan, "x", 1.5, 10**400, QUOTE),
    "datetime": (
        "0001-01-01 00:00:00",
        "9999-12-31 23:59:59",
        "10000-01-01",
        "2026-02-30",
        datetime(1, 1, 1),
        date(9999, 12, 31),
        "soon",
        7,
        QUOTE,
    ),
    "many2one": (0, -1, 10**9, 2**40, "x", [1, 2], {}, QUOTE),
    "many2many": ([[6, 0, [10**9]]], [[4, -1]], [[9, 9, 9]], "x", 5, [[6, 0, ["x"]]], [[]]),
    "selection": ("nothing", 5, QUOTE, ["backorder"]),
    "char": (QUOTE, "x" * 10000, 5, [1], "\x00"),
    "boolean": ("x", 5, QUOTE, []),
}
BAD["one2many"] = BAD["many2many"]
BAD["monetary"], BAD["date"], BAD["text"], BAD["html"] = (
    BAD["float"],
    BAD["datetime"],
    BAD["char"],
    BAD["char"],
)
# A field of Odoo's own for each type: what it does with the same value is Odoo's.
PLAIN = {
    "float": ("stock.move", "product_uom_qty"),
    "integer": ("stock.picking.type", "color"),
    "datetime": ("sale.order", "commitment_date"),
    "many2one": ("sale.order", "partner_shipping_id"),
    "many2many": ("sale.order", "tag_ids"),
    "one2many": ("sale.order", "order_line"),
    "selection": ("sale.order", "picking_policy"),
    "char": ("sale.order", "client_order_ref"),
    "boolean": ("sale.order", "require_payment"),
    "monetary": ("sale.order", "amount_total"),
}
OPERATORS = ("=", "!=", "in", "not in", "ilike", "<", "any", "?")
DIALOGS = (
    "backorder.confirm",
    "backorder.drop",
    "backorder.pause",
    "backorder.reallocation",
    "backorder.simulation",
)


class BadCommon(RolesCommon):
    """Whatever comes in: it is done, or a sentence says why not, as Odoo does with its own."""

    def setUp(self):
        super().setUp()
        self.boss = self.roles["stock_manager"]
        self.boss.group_ids += self.env.ref("sales_team.group_sale_manager")
        self.count, self.faults = 0, []

    def _error(self, work):
        """Do something and undo it; return what was raised, None where it went well."""
        error = None
        savepoint = self.env.cr.savepoint()
        try:
            with mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model"):
                work()
                self.env.flush_all()
        except Exception as raised:  # noqa: BLE001 pylint: disable=broad-except
            error = raised
        self.env.cr.precommit.clear()
        self.env.clear()
        savepoint.rollback()
        savepoint.close(rollback=False)
        return error

    def _try_bad(self, what, work, plain=None):
        """Note a fault unless it went well, said why not, or Odoo fails alike by itself.

        :param plain: the same with a field of Odoo's own
        """
        self.count += 1
        error = self._error(work)
        if error is None:
            return
        if isinstance(error, IntegrityError):
            return  # a required field, a constraint: Odoo says so in a sentence
        if isinstance(error, UserError):
            self._check_sentence(error)
            return
        if plain and type(self._error(plain)) is type(error):
            return
        self.faults.append(f"{what}: {type(error).__name__}: {error}"[:300])

    def _end(self, least):
        """Nothing is lost, nothing failed, and there were cases enough."""
        self.assertFalse(
            self.faults, f"{len(self.faults)} of {self.count}\n" + "\n".join(self.faults)
        )
        self.assertGreaterEqual(self.count, least)
        self.env.invalidate_all()
        self.assertHeld(self.order, 3)
        self.assertEqual(self.order.order_line.qty_backordered, 3)
        self.assertEqual(self.released.state, "assigned")
        self.assertEqual(self.waiting.picking_ids.move_ids.product_uom_qty, 4)
        self.assertFalse(self.env["backorder.check"]._find(self.company))

    def _plain(self, field, is_listed=False):
        """Return a record and a field of Odoo's own of the same type."""
        if is_listed and not field.store and field.name not in EXPRESSIONS:
            return self.order, "display_name"  # nobody sorts or groups by it
        model, name = PLAIN.get(field.type, PLAIN["char"])
        records = {"sale.order": self.order, "stock.move": self.shipping.move_ids}
        return records.get(model, self.warehouse.out_type_id), name


@tagged("post_install", "-at_install")
class TestBadInputs(BadCommon):
    """Dialogs, settings and documents with values that make no sense."""

    def _written(self, record):
        """Yield (field, bad value) for what a client may write of ours on a record."""
        for name, field in record._fields.items():
            if not (name in self._ours_of(record) and field.type in BAD):
                continue
            for value in (*BAD[field.type], False, None):
                yield field, value

    def _ours_of(self, record):
        return {
            name
            for name, field in record._fields.items()
            if field.store
            and name not in MAGIC_COLUMNS
            and any(module.startswith("backorder_automation") for module in field._modules)
            and "backorder" in f"{record._name} {name}"
        }

    def _write_all(self, record):
        for field, value in self._written(record):
            plain, name = self._plain(field)
            self._try_bad(
                f"{field} = {value!r:.40}",
                lambda f=field, v=value: record.write({f.name: v}),
                lambda p=plain, n=name, v=value: p.write({n: v}),
            )

    def test_values_of_dialogs(self):
        for model in DIALOGS:
            dialog = self._open(model, self.boss)
            self._write_all(dialog)
            lines = dialog._fields.get("line_ids") and dialog.line_ids
            if lines:
                self._write_all(lines)
        self._end(200)

    def test_values_of_documents_and_companies(self):
        admin = self.env.ref("base.user_admin")
        for record in (self.order, self.held, self.released):
            self._write_all(record.with_user(self.boss))
        for record in (self.company, self.env["res.config.settings"].create({}), self.customer):
            self._write_all(record.with_user(admin))
        self._end(300)

    def test_forms_that_are_filled_in(self):
        for model in DIALOGS:
            form = self.env[model].with_user(self.boss)
            names = {n: {} for n, f in form._fields.items() if f.store and f.type in BAD}
            for name in names.keys() - {"id", "create_uid", "write_uid", "create_date"}:
                field = form._fields[name]
                plain, plain_name = self._plain(field)
                for value in BAD[field.type]:
                    self._try_bad(
                        f"onchange {field} {value!r:.40}",
                        lambda f=form, n=name, v=value, s=names: f.onchange({n: v}, [n], s),
                        lambda p=plain, n=plain_name, v=value: p.browse().onchange(
                            {n: v}, [n], {n: {}}
                        ),
                    )
                    self._try_bad(
                        f"default {field} {value!r:.40}",
                        lambda f=form, n=name, v=value: f.with_context(
                            **{f"default_{n}": v}
                        ).default_get([n]),
                        lambda p=plain, n=plain_name, v=value: (
                            p.browse().with_context(**{f"default_{n}": v}).default_get([n])
                        ),
                    )
        self._end(200)

    def test_buttons_without_anything_and_twice(self):
        """Of nothing, of what is not there, and the same button once more."""
        methods = [(m, n) for m, n, own in self._methods() if own]
        for model, name in methods:
            for ids in ([], [10**9]):
                records = self.env[model].with_user(self.boss).browse(ids)
                self._try_bad(
                    f"{model}.{name} of {ids}",
                    getattr(records, name),
                    # What is not there, and one record where there is none, is told by Odoo.
                    self.order.browse().ensure_one if not ids else None,
                )

            def twice(model=model, name=name):
                records = self._subject(model, name, self.boss)
                getattr(records, name)()
                self.env.flush_all()
                getattr(records, name)()

            if not self.env[model]._abstract or model == "backorder.dashboard":
                self._try_bad(f"{model}.{name} twice", twice)
        self._end(100)

    def _methods(self):
        from .who_may import BUTTONS

        return [
            (model, name, True)
            for model, names in BUTTONS.items()
            if model in self.env and model != "res.config.settings"
            for name in names
        ]


@tagged("post_install", "-at_install")
class TestBadQueries(BadCommon):
    """Searches, groups, orders, contexts and figures asked for with anything."""

    def _searched(self):
        for model in ("stock.move", "sale.order", "backorder.report", "backorder.run"):
            records = self.env[model].with_user(self.boss)
            for name, field in records._fields.items():
                if "backorder" in f"{model} {name}" and (field.store or field.search):
                    if name in MAGIC_COLUMNS:
                        continue
                    yield records, field

    def test_domains(self):
        for records, field in self._searched():
            if field.name == "backorder_is_visible":
                continue  # Odoo answers for a boolean whose search takes `in` alone
            plain, name = self._plain(field)
            inside = [[], "x"] if field.relational else []
            for operator in OPERATORS:
                for value in (QUOTE, 10**30, nan, [1, "x", None], *inside):
                    self._try_bad(
                        f"{field} {operator} {value!r:.40}",
                        lambda f=field, o=operator, v=value, r=records: r.search(
                            [(f.name, o, v)], limit=1
                        ),
                        lambda p=plain, n=name, o=operator, v=value: p.search([(n, o, v)], limit=1),
                    )
        self._end(500)

    def test_groups_and_orders(self):
        for records, field in self._searched():
            name = field.name
            for suffix in ("", ":month", ":x", QUOTE, ".id", ":sum"):
                plain, plain_name = self._plain(field, is_listed=True)
                self._try_bad(
                    f"group {field}{suffix}",
                    lambda r=records, g=name + suffix: r.web_read_group([], [g], ["__count"]),
                    lambda p=plain, g=plain_name + suffix: p.web_read_group([], [g], ["__count"]),
                )
            for suffix in (" desc", " asc nulls first", " ; DROP TABLE x", " x y", ",", QUOTE):
                self._try_bad(
                    f"order {field}{suffix}",
                    lambda r=records, o=name + suffix: r.web_search_read([], {}, order=o, limit=2),
                    lambda p=plain, o=plain_name + suffix: p.web_search_read(
                        [], {}, order=o, limit=2
                    ),
                )
        self._end(200)

    def test_figures(self):
        dashboard = self.env["backorder.dashboard"].with_user(self.boss)
        for days in (*ANYTHING, nan, inf, 10**9, -(10**9), 10**400, 1.5):
            self._try_bad(f"days {days!r:.40}", lambda d=days: dashboard.get_figures(d))
        self._end(15)

    def test_contexts(self):
        """A context of a client carries no power, whatever stands in it."""
        for value in ANYTHING:
            for key in (CTX_WORK, CTX_ASK, "default_backorder_held", "button_validate_picking_ids"):
                held = self.held.with_user(self.boss).with_context(**{key: value})
                self._try_bad(f"{key} {value!r:.40}", lambda h=held: h.web_search_read([], {}))
                waiting = self.waiting.with_user(self.boss).with_context(**{key: value})
                self._try_bad(f"{key} {value!r:.40}", waiting.action_mark_backordered)
                self._try_bad(f"{key} {value!r:.40}", held.action_backorder_pause)
            picks = self.env["stock.backorder.confirmation"].with_user(self.boss)
            self._try_bad(
                f"default_pick_ids {value!r:.40}",
                lambda p=picks, v=value: p.with_context(default_pick_ids=v).default_get(
                    ["pick_ids", "shortfall_line_ids"]
                ),
                lambda v=value: (
                    self.order.browse().with_context(default_tag_ids=v).default_get(["tag_ids"])
                ),
            )
        self._end(100)

    def test_dialogs_of_others(self):
        """Nobody reads, changes or answers what somebody else opened."""
        other = self._user("bo_other_boss", "stock.group_stock_manager")
        for model in DIALOGS:
            dialog = self._open(model, other).with_user(self.boss)
            self.assertFalse(dialog.search([("id", "=", dialog.id)]), model)
            for work in (
                lambda d=dialog: d.read(["id", "create_date"]),
                lambda d=dialog: d.write({"display_name": "mine"}),
                dialog.unlink,
            ):
                self.assertFalse(self._try(work), model)
