from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common_access import AccessCommon

# What customers may read of our fields, on whatever model: that they wait, and for how much.
TOLD = {
    "sale.order": {"is_backordered"},
    "sale.order.line": {"qty_backordered"},
    "stock.picking": {"is_backordered"},
    "res.company": {"backorder_automation"},
}
# Facts that Odoo's own verbs read on moves, whoever uses them: they say what the customer knows.
FACTS = {
    "backorder_held",
    "backorder_date",
    "backorder_promised_date",
    "backorder_origin_id",
    "backorder_release_date",
    "backorder_announced_date",
    "backorder_decision",
    "backorder_short_qty",
    "backorder_kit_factor",
    "backorder_kit_id",
    "backorder_carrier_id",
}
SECRET = "does not pay"


@tagged("post_install", "-at_install")
class TestAccessPortal(AccessCommon, HttpCase):
    """The customer reads orders and transfers without a page too: nothing that is for inside."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guest = cls._user("bo_guest", "base.group_portal")
        cls.customer = cls.guest.partner_id

    def setUp(self):
        super().setUp()
        self.order = self._short(8, 5)
        self._held(self.order).write({"backorder_paused": True, "backorder_pause_reason": SECRET})
        self.env.flush_all()
        self.env.invalidate_all()

    def _ours(self, model):
        """Return the names of our fields on a model."""
        return {
            name
            for name, field in self.env[model]._fields.items()
            if any(module.startswith("backorder_automation") for module in field._modules)
        }

    def _read(self, record, name):
        """Read a field over RPC as the customer; None where it is refused."""
        self.env.invalidate_all()
        try:
            return record.with_user(self.guest).read([name])[0][name]
        except AccessError:
            return None

    def test_customer_reads_nothing_that_is_for_inside(self):
        delivery = self.order.picking_ids[:1]
        for record in (self.order, self.order.order_line, delivery, self.company, self.customer):
            names = self._ours(record._name)
            self.assertTrue(names)
            with mute_logger("odoo.addons.base.models.ir_model", "odoo.orm.models"):
                readable = {name for name in names if self._read(record, name) is not None}
            self.assertEqual(readable, TOLD.get(record._name, set()), record._name)
        self.assertEqual(self._read(self.order.order_line, "qty_backordered"), 3)

    def test_reading_everything_shows_nothing_that_is_for_inside(self):
        for record in (self.order, self.order.order_line, self.order.picking_ids[:1]):
            shown = record.with_user(self.guest).fields_get()
            self.assertLessEqual(self._ours(record._name) & set(shown), TOLD[record._name])
            with mute_logger("odoo.addons.base.models.ir_model", "odoo.orm.models"):
                texts = str([self._read(record, name) for name in shown])
            self.assertIn(self.gadget.name if record == self.order.order_line else "S", texts)
            self.assertNotIn(SECRET, texts)

    def test_no_field_is_forgotten_where_a_customer_may_read(self):
        """By the models portal users may read at all, with whatever addons there are."""
        guest = self.env(user=self.guest)
        for model in guest["ir.model"].sudo().search([("transient", "=", False)]).mapped("model"):
            if model not in guest or not guest[model]._auto or not guest[model].has_access("read"):
                continue
            shown = self._ours(model) & set(guest[model].fields_get())
            told = FACTS if model == "stock.move" else TOLD.get(model, set())
            if model in ("res.users", "res.partner"):
                told = {name for name in shown if not name.startswith("backorder_")}
            self.assertLessEqual(shown, told, model)

    def test_moves_show_the_facts_only(self):
        """Some portals (of subcontractors) read moves."""
        shown = self._ours("stock.move") & set(
            self.env["stock.move"].with_user(self.guest).fields_get()
        )
        self.assertLessEqual({n for n in shown if n.startswith("backorder_")}, FACTS)

    def test_customer_does_not_search_by_it(self):
        lines = self.env["sale.order.line"].with_user(self.guest)
        for domain in (
            [("move_ids.backorder_pause_reason", "ilike", "pay")],
            [("move_ids.backorder_reason_code", "=", "paused")],
        ):
            with self.assertRaises(AccessError), mute_logger("odoo.orm.models"):
                lines.search(domain)

    def test_people_inside_read_it(self):
        line = self.order.order_line.with_user(self.salesperson)
        self.assertIn(SECRET, line.backorder_reason)
        self.assertEqual(line.backorder_place, 1)

    def test_page_has_its_own_text(self):
        self.authenticate(self.guest.login, self.guest.login)
        page = self.url_open(f"/my/orders/{self.order.id}").text
        self.assertIn("backorder_table", page)
        self.assertIn("No date known yet", page)
        self.assertNotIn(SECRET, page)
        guest = self.order.with_user(self.guest)
        self.assertEqual(guest.order_line._get_backorder_customer_text(), "No date known yet")
        self.assertEqual(guest._get_backorder_wishes(), {})
