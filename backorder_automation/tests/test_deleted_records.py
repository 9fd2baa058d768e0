from ast import literal_eval
from contextlib import suppress
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..hooks import uninstall_hook
from .common import QueueCommon

# What people delete in the settings menus; rights and groups are decisions of another kind.
DELETABLE = (
    "ir.cron",
    "mail.activity.type",
    "mail.template",
    "ir.ui.menu",
    "ir.actions.act_window",
    "ir.actions.client",
    "ir.actions.server",
    "ir.ui.view",
)
LIST_FIELDS = (
    "product_id",
    "backorder_place",
    "backorder_stage",
    "backorder_reason",
    "backorder_reason_code",
    "backorder_expected_date",
)


class DeletedCommon(QueueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "customer@example.com"
        cls.company.write(
            {
                "backorder_mail_held": True,
                "backorder_mail_released": True,
                "backorder_mail_cancelled": True,
                "backorder_mail_date": True,
                "backorder_activity_nothing": True,
                "backorder_age_limit": 1,
                "backorder_portal_wait": True,
            }
        )

    def _delete(self, *models):
        """Delete all records of ours of these models, as far as Odoo lets people."""
        data = self.env["ir.model.data"].search(
            [("module", "=like", "backorder_automation%"), ("model", "in", models)]
        )
        deleted = set()
        for row in data.sorted("id", reverse=True):
            refused = (UserError, IntegrityError)
            with suppress(*refused), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                xml_id = row.complete_name
                self.env[row.model].browse(row.res_id).unlink()
                deleted.add(xml_id)
        self.env.registry.clear_cache("templates")
        self.env.invalidate_all()
        return deleted

    def _run_jobs(self):
        """Run both processes, whether a schedule calls them or not."""
        self.env["stock.move"]._cron_backorder_primary()
        self.env["stock.move"]._cron_backorder_secondary()


@tagged("post_install", "-at_install")
class TestDeletedRecords(DeletedCommon):
    """Whatever of ours an administrator deletes, the warehouse works on."""

    def _walk(self):
        """Do what a warehouse does all day."""
        self._walk_orders()
        self._walk_decisions()
        self._walk_screens()
        self._walk_settings()
        self._walk_leaving()

    def _walk_orders(self):
        order = self._short()
        self._receive(self.gadget, 10)
        self._count(self.gadget, 20, self.shelf)
        self._run_jobs()
        self.assertHeld(order, 3)
        order.order_line.product_uom_qty = 531
        self.assertHeld(order, 1)
        self._released(order)[:1].action_cancel()
        order._action_cancel()
        self.assertFalse(order.is_backordered)

    def _walk_decisions(self):
        order = self._waiting(4, promised=1, product=self.gizmo)
        held = self._held(order)
        dialog = self._dialog(held.action_backorder_pause())
        dialog.not_before = fields.Datetime.now() + timedelta(days=2)
        dialog.action_pause()
        held.action_backorder_resume()
        held._backorder_set_aside(ValueError("x"))
        for _again in range(2):
            self.assertTrue(order._backorder_ask("wait", self.customer))
        self.assertEqual(len(order.activity_ids.filtered(lambda a: "I wait" in a.summary)), 1)
        self._dialog(held.action_backorder_drop()).action_drop()
        self.assertHeld(order, 0)

    def _walk_screens(self):
        product = self._product("Shown")
        order = self._waiting(7, product=product)
        spec = {name: {} for name in LIST_FIELDS}
        rows = self.env["stock.move"].web_search_read([("backorder_held", "=", True)], spec)
        self.assertIn(self._held(order).id, [row["id"] for row in rows["records"]])
        self.assertTrue(order.web_read({name: {} for name in ("backorder_progress", "state")}))
        Form(order)
        self._stock(product, 2)
        released = self._held(order).action_backorder_release()
        self.assertEqual(released["res_model"], "stock.picking")
        for action in (
            released,
            order.picking_ids.action_view_backorders(),
            order.action_view_backorders(),
            self.warehouse.out_type_id.action_view_backorders_waiting(),
            self.warehouse.out_type_id.action_view_backorders_ready(),
            self.env["backorder.check"].action_check(),
        ):
            domain = action["domain"]
            domain = literal_eval(domain) if isinstance(domain, str) else domain
            self.env[action["res_model"]].search(domain)

    def _walk_settings(self):
        with Form(self.env["res.config.settings"]) as form:
            form.group_stock_multi_locations = True
        form.record.execute()

    def _walk_leaving(self):
        order = self._waiting(3, product=self._product("Left"))
        self.company.backorder_automation = False
        self.assertHeld(order, 0)
        self.company.backorder_automation = True
        order.action_mark_backordered()
        uninstall_hook(self.env)
        self.assertHeld(order, 0)

    def test_nothing_deleted(self):
        self._walk()
        self.assertFalse(self.env["backorder.records"]._get_missing())

    def test_everything_deleted(self):
        deleted = self._delete(*DELETABLE)
        self.assertGreater(len(deleted), 30)
        self._walk()

    def test_schedules_deleted(self):
        self._delete("ir.cron")
        self._walk()

    def test_one_schedule_deleted_the_other_works_on(self):
        for gone, left in ((self.primary, self.secondary), (self.secondary, self.primary)):
            with self.subTest(gone=gone.name), self.env.cr.savepoint() as savepoint:
                gone.unlink()
                order = self._waiting(5)
                self._receive(self.gadget, 5)
                self._run([left])
                self.assertHeld(order, 0)
                savepoint.rollback()
                self.env.invalidate_all()
                self.env.registry.clear_cache()

    def test_activity_types_deleted(self):
        self._delete("mail.activity.type")
        self._walk()

    def test_activity_of_a_kind_that_is_left_is_still_written(self):
        order = self._waiting(5, promised=1)
        self.env.ref("backorder_automation.mail_activity_backorder_nothing").unlink()
        self._run_jobs()
        self.assertEqual(
            order.activity_ids.activity_type_id,
            self.env.ref("backorder_automation.mail_activity_backorder_promise"),
        )

    def test_reason_does_not_count_on_a_deleted_schedule(self):
        order = self._waiting(5)
        self._stock(self.gadget, 5)
        self.assertEqual(self._held(order).backorder_reason_code, "served")
        (self.primary | self.secondary).unlink()
        self.env.invalidate_all()
        self.assertEqual(self._held(order).backorder_reason_code, "off")


@tagged("post_install", "-at_install")
class TestMakeAnew(DeletedCommon):
    """The settings say what is missing, and one click makes it anew."""

    def _settings(self):
        return self.env["res.config.settings"].create({})

    def test_settings_say_what_is_missing(self):
        self.assertFalse(self._settings().backorder_missing)
        self.primary.unlink()
        self.env.ref("backorder_automation.mail_activity_backorder_age").unlink()
        settings = self._settings()
        self.assertTrue(settings.backorder_primary_is_missing)
        self.assertFalse(settings.backorder_secondary_is_missing)
        self.assertEqual(settings.backorder_missing, "Back Order: Waiting Long")
        with self.assertRaisesRegex(UserError, "was deleted"):
            settings.action_open_backorder_primary()

    def test_one_click_makes_everything_anew(self):
        deleted = self._delete(*DELETABLE)
        missing = set(self.env["backorder.records"]._get_missing())
        # A schedule brings its action along.
        self.assertEqual(missing, {name for name in deleted if not name.endswith("_server")})
        self._settings().action_backorder_make_anew()
        self.assertFalse(self.env["backorder.records"]._get_missing())
        self.assertEqual(self.env.ref("backorder_automation.ir_cron_primary_incoming").active, 0)
        for menu in self.env["ir.ui.menu"].search([("action", "!=", False)]):
            self.assertTrue(menu.action.exists(), menu.complete_name)
        self.assertIn("progress-bar", self._waiting(5).backorder_progress)

    def test_schedule_made_anew_is_the_one_of_the_data_file(self):
        values = self.primary.read(["name", "code", "interval_number", "interval_type", "user_id"])
        self.primary.unlink()
        self._settings().action_backorder_make_anew_primary()
        cron = self.env.ref("backorder_automation.ir_cron_primary_incoming")
        self.assertEqual(values, [{**cron.read(list(values[0]))[0], "id": values[0]["id"]}])
        self.assertTrue(
            self.env["ir.model.data"].search([("name", "=", "ir_cron_primary_incoming")]).noupdate
        )

    def test_what_is_there_is_left_alone(self):
        self.secondary.write({"interval_number": 7, "name": "Ours"})
        template = self.env.ref("backorder_automation.mail_template_backorder_held")
        template.subject = "Ours"
        self.primary.unlink()
        self.env.ref("backorder_automation.mail_template_backorder_date").unlink()
        for _again in range(2):
            self._settings().action_backorder_make_anew()
        self.assertEqual((self.secondary.interval_number, self.secondary.name), (7, "Ours"))
        self.assertEqual(template.subject, "Ours")

    def test_the_button_of_a_schedule_makes_only_that(self):
        self.primary.unlink()
        self.env.ref("backorder_automation.mail_template_backorder_date").unlink()
        self._settings().action_backorder_make_anew_primary()
        self.assertEqual(
            list(self.env["backorder.records"]._get_missing()),
            ["backorder_automation.mail_template_backorder_date"],
        )

    def test_switching_a_deleted_schedule_on_makes_it_anew(self):
        self.secondary.unlink()
        self.env["res.config.settings"].create({"backorder_secondary_active": True}).execute()
        cron = self.env.ref("backorder_automation.ir_cron_secondary_available")
        self.assertTrue(cron.active)

    def test_made_anew_it_tells_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["ir.module.module"]._load_module_terms(["backorder_automation"], ["de_DE"])
        name = self.primary.with_context(lang="de_DE").name
        self.primary.unlink()
        self._settings().action_backorder_make_anew()
        cron = self.env.ref("backorder_automation.ir_cron_primary_incoming")
        self.assertEqual(cron.with_context(lang="de_DE").name, name)
        self.assertNotEqual(cron.name, name)

    def test_activities_are_written_again(self):
        order = self._waiting(5, promised=1)
        self._delete("mail.activity.type")
        self._run_jobs()
        self.assertFalse(order.activity_ids)
        self._settings().action_backorder_make_anew()
        self._run_jobs()
        self.assertEqual(len(order.activity_ids), 2)

    def test_only_administrators_make_anew(self):
        self.primary.unlink()
        settings = self.env["res.config.settings"].with_user(self.manager)
        for button in ("make_anew", "make_anew_primary", "make_anew_secondary"):
            with self.assertRaises(AccessError):
                getattr(settings, f"action_backorder_{button}")()
