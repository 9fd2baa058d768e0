from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..health import CHECKS
from .common import QueueCommon


class HealthCommon(QueueCommon):
    """Faults as they come about, and what the screen says of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls._user("bo_admin", "base.group_system")
        cls.admin.group_ids += cls.env.ref("stock.group_stock_manager")
        (cls.primary | cls.secondary).nextcall = fields.Datetime.now() + timedelta(minutes=5)

    def _find(self, user=None):
        """Return what the checks say: key to values."""
        self.env.flush_all()
        self.env.invalidate_all()
        health = self.env["backorder.health"].with_user(user or self.manager)
        return {vals["key"]: vals for vals in health._find()}

    def _alarms(self, user=None):
        return {key for key, vals in self._find(user).items() if vals["level"] != "ok"}

    def _open(self, user=None):
        health = self.env["backorder.health"].with_user(user or self.manager)
        return health.browse(health.action_open()["res_id"])

    def _line(self, key, user=None):
        return self._open(user).line_ids.filtered(lambda line: line.key == key)

    def _press(self, line):
        """Press Mend."""
        with self.enter_registry_test_mode(), mute_logger("odoo.addons.base.models.ir_cron"):
            result = line.action_mend()
        self.env.flush_all()
        self.env.invalidate_all()
        return result

    def _sql(self, query, *values):
        self.env.flush_all()
        self.env.cr.execute(query, values)
        self.env.invalidate_all()

    def assertFound(self, key, user=None):
        """Assert that it is found, says what to do, and has something to press."""
        found = self._find(user)[key]
        self.assertNotEqual(found["level"], "ok")
        self.assertTrue(found["count"])
        self.assertTrue(found["detail"] and found["advice"])
        self.assertTrue(found["can_mend"] or found["can_look"])

    def assertMended(self, key, user=None):
        """Assert that it is found, and gone when the button was pressed."""
        self.assertFound(key, user)
        line = self._line(key, user)
        self.assertTrue(line.can_mend)
        self._press(line)
        self.assertEqual(line.level, "ok", line.detail)
        self.assertEqual(self._find(user)[key]["level"], "ok")

    def assertShown(self, key, records, user=None):
        """Assert that a click on Look shows these records."""
        action = self._line(key, user).action_look()
        model = self.env[action["res_model"]].with_user(user or self.manager)
        shown = model.with_context(**action["context"]).search(action["domain"])
        self.assertEqual(set(shown.ids), set(records.ids))

    # Faults

    def _seed_deleted(self):
        self.primary.unlink()

    def _seed_off(self):
        self.secondary.active = False

    def _seed_failing(self):
        since = fields.Datetime.now() - timedelta(days=1)
        query = "UPDATE ir_cron SET failure_count = 3, first_failure_date = %s WHERE id = %s"
        self._sql(query, since, self.secondary.id)

    def _seed_late(self):
        due = fields.Datetime.now() - timedelta(hours=3)
        query = "UPDATE ir_cron SET nextcall = %s, write_date = %s WHERE id = %s"
        self._sql(query, due, due, self.primary.id)

    def _seed_code(self):
        self.secondary.code = "pass"

    def _seed_user(self):
        self.secondary.user_id = self.salesperson

    def _seed_far(self):
        self.secondary.nextcall = fields.Datetime.now() + timedelta(days=300)

    def _seed_free(self):
        order = self._short(5, 0, product=self._product("Free"))
        self._stock(order.order_line.product_id, 5)
        self.env["ir.cron.trigger"].search([]).unlink()
        return self._held(order)

    def _seed_failed(self):
        held = self._held(self._short(5, 0, product=self._product("Failed")))
        held.sudo().write({"backorder_error": "No.", "backorder_retry_date": fields.Datetime.now()})
        return held

    def _seed_stuck(self):
        run = self.env["backorder.run"]._start("secondary", {}, "schedule")
        self._sql(
            "UPDATE backorder_run SET write_date = %s WHERE id = %s",
            self.env.cr.now() - timedelta(hours=2),
            run.id,
        )
        return run

    def _seed_oldest(self):
        self.company.backorder_age_limit = 2
        held = self._held(self._short(5, 0, product=self._product("Old")))
        held.sudo().backorder_date = fields.Datetime.now() - timedelta(days=3)
        return held

    def _seed_lost(self):
        product = self._product("Robbed")
        order = self._short(5, 0, product=product)
        self._stock(product, 5)
        self._run()
        picking = self._released(order)
        picking.do_unreserve()
        self._stock(product, -5)
        return picking.move_ids

    def _seed_leaked(self):
        product = self._product("Leaked")
        self._stock(product, 5)
        query = "UPDATE stock_quant SET reserved_quantity = 2 WHERE product_id = %s"
        self._sql(query, product.id)

    def _seed_reserved(self):
        product = self._product("Reserved")
        self._stock(product, 5)
        order = self._order((product, 5))
        self._sql("UPDATE stock_quant SET quantity = 2 WHERE product_id = %s", product.id)
        return order

    def _seed_orphan(self):
        order = self._short(5, 0, product=self._product("Orphan"))
        self._sql("UPDATE sale_order SET state = 'cancel' WHERE id = %s", order.id)
        return self._held(order)

    def _seed_shape(self):
        held = self._held(self._short(5, 0, product=self._product("Shape")))
        self.env["stock.move.line"].sudo().create(
            {
                "move_id": held.id,
                "product_id": held.product_id.id,
                "product_uom_id": held.product_uom.id,
                "location_id": held.location_id.id,
                "location_dest_id": held.location_dest_id.id,
                "quantity": 0,
            }
        )
        return held

    def _seed_quantity(self):
        held = self._held(self._short(5, 0, product=self._product("Less")))
        query = "UPDATE stock_move SET product_uom_qty = 3, product_qty = 3 WHERE id = %s"
        self._sql(query, held.id)

    def _seed_flag(self):
        order = self._short(5, 0, product=self._product("Flag"))
        self._sql("UPDATE sale_order SET is_backordered = FALSE WHERE id = %s", order.id)
        return order

    def _seed_forgotten(self):
        user = self._user("bo_gone", "sales_team.group_sale_salesman")
        order = self._short(5, 0, product=self._product("Paused"), user_id=user.id)
        held = self._held(order)
        held.backorder_paused = True
        user.active = False
        return held

    def _seed_switched(self):
        company = self.env["res.company"].create({"name": "Off"})
        held = self._held(self._short(5, 0, product=self._product("Switched off")))
        self._sql("UPDATE stock_move SET company_id = %s WHERE id = %s", company.id, held.id)
        (self.manager | self.admin).company_ids += company
        return held

    def _seed_untracked(self):
        product = self._product("Untracked")
        held = self._held(self._short(5, 0, product=product))
        query = "UPDATE product_template SET is_storable = FALSE WHERE id = %s"
        self._sql(query, product.product_tmpl_id.id)
        return held

    def _seed_archived(self):
        product = self._product("Archived")
        held = self._held(self._short(5, 0, product=product))
        self._sql("UPDATE product_product SET active = FALSE WHERE id = %s", product.id)
        return held

    def _seed_place(self):
        held = self._held(self._short(5, 0, product=self._product("Far away")))
        shelf = self.shelf.copy({"name": "Closed shelf", "location_id": self.stock.id})
        self._sql("UPDATE stock_move SET location_id = %s WHERE id = %s", shelf.id, held.id)
        self._sql("UPDATE stock_location SET active = FALSE WHERE id = %s", shelf.id)
        return held

    def _seed_way(self):
        held = self._held(self._short(5, 0, product=self._product("Astray")))
        rule = held.rule_id
        rule.copy()
        rule.active = False
        return held

    def _seed_missing(self):
        self.env.ref("backorder_automation.mail_template_backorder_held").unlink()

    def _seed_mail(self):
        order = self._short(5, 0, product=self._product("Mailed"))
        self.env["mail.mail"].sudo().create(
            {"model": "sale.order", "res_id": order.id, "state": "exception"}
        )
        return order

    def _seed_mail_queue(self):
        self.company.backorder_mail_held = True
        self.env.ref("mail.ir_cron_mail_scheduler_action").active = False

    def _seed_nightly(self):
        self.company.backorder_mend_nightly = True
        self.env.ref("base.autovacuum_job").active = False

    def _seed_nobody(self):
        order = self._short(5, 0, product=self._product("Alone"))
        order.write({"user_id": False, "team_id": False})
        return order


@tagged("post_install", "-at_install")
class TestHealth(HealthCommon):
    """Whatever goes wrong is found and mended with one click; where all is well nothing is said."""

    # Where all is well

    def test_clean_database_has_no_alarm(self):
        """Scenario: held, paused, waiting until a date, released, part of it, shipped, cancelled,
        given back, in two steps, on its way to be released: each as it should be."""
        self._short(533, 500)
        paused, until, released, cancelled, given = (
            self._short(5, 0, product=self._product(name))
            for name in ("Paused", "Until", "Released", "Cancelled", "Given back")
        )
        self._held(paused).backorder_paused = True
        self._held(until).backorder_not_before = fields.Datetime.now() + timedelta(days=3)
        for order in (paused, until):
            self._stock(order.order_line.product_id, 5)
        self._receive(released.order_line.product_id, 3)
        self._run()
        self.assertTrue(self._released(released))
        self.assertHeld(released, 2)
        cancelled.action_cancel()
        given.action_unmark_backordered()
        self._complete((self._product("One"), 1), (self._product("Two"), 2))
        self.assertEqual(self._alarms(), set())
        self.assertEqual(self._alarms(self.admin), set())
        self.warehouse.delivery_steps = "pick_ship"
        order = self._order((self.gizmo, 7))
        order.action_mark_backordered()
        self._receive(self.gizmo, 4)
        self._run()
        [pick] = self._released(order)
        pick.move_ids.picked = True
        pick.button_validate()
        self.assertEqual(self._alarms(), set())

    def test_what_is_about_to_be_released_is_no_alarm(self):
        order = self._short(5, 0, product=self._product("Just came"))
        self._receive(order.order_line.product_id, 5)
        found = self._find()["free"]
        self.assertEqual((found["level"], found["count"]), ("ok", 1))

    def test_dozens_and_returns_are_no_alarm(self):
        """What is not added up where it lies is looked at line by line."""
        self._stock(self.gadget, 24)
        order = self._order((self.gadget, 3), confirm=False)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        order.action_confirm()
        self._ship(order.picking_ids, 24).process()
        self.assertHeld(order, 12)
        done = order.picking_ids
        wizard = self.env["stock.return.picking"].create({"picking_id": done.id})
        wizard.product_return_moves.write({"quantity": 2, "to_refund": True})
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.write({"quantity": 2, "picked": True})
        back.button_validate()
        self.assertEqual(self._alarms(), set())

    def test_nothing_is_needed_where_it_is_switched_off(self):
        (self.primary | self.secondary).active = False
        self.company.backorder_automation = False
        self.assertEqual(self._alarms(), set())

    # The schedules

    def test_deleted_schedule_is_found_and_made_anew(self):
        self._seed_deleted()
        self.assertMended("primary", self.admin)
        cron = self.env["stock.move"]._get_backorder_cron("primary")
        self.assertTrue(cron.active)
        self.assertEqual((cron.interval_number, cron.interval_type), (15, "minutes"))

    def test_schedule_that_is_off_is_found_and_switched_on(self):
        self._seed_off()
        self.assertMended("secondary", self.admin)
        self.assertTrue(self.secondary.active)

    def test_failing_schedule_is_found_and_run(self):
        self._seed_failing()
        self.assertMended("secondary")
        self.assertFalse(self.secondary.failure_count)

    def test_schedule_that_was_woken_long_ago_is_late(self):
        self._sql("UPDATE ir_cron SET write_date = %s", fields.Datetime.now() - timedelta(days=1))
        self.secondary._trigger(at=fields.Datetime.now() - timedelta(hours=1))
        self._sql(
            "UPDATE ir_cron SET write_date = %s, nextcall = %s",
            fields.Datetime.now() - timedelta(days=1),
            fields.Datetime.now() + timedelta(minutes=5),
        )
        self.assertIn("secondary", self._alarms())

    def test_schedule_with_other_code_is_found_and_set_right(self):
        self._seed_code()
        self.assertMended("secondary", self.admin)

    def test_schedule_of_somebody_who_sees_less_is_found_and_set_right(self):
        self._seed_user()
        self.assertMended("secondary", self.admin)

    def test_schedule_that_runs_next_year_is_found_and_woken(self):
        self._seed_far()
        self.assertMended("secondary", self.admin)

    def test_schedules_say_when_they_ran_and_run_next(self):
        found = self._find()["secondary"]
        self.assertTrue(found["is_on"])
        self.assertEqual(found["next_run"], self.secondary.nextcall)
        self.assertEqual(found["late"], 0)

    # What should move

    def test_free_stock_is_found_and_released(self):
        held = self._seed_free()
        self.assertShown("free", held)
        self.assertMended("free")
        self.assertEqual(held.picking_id.state, "assigned")

    def test_free_stock_is_released_where_the_schedules_are_gone(self):
        held = self._seed_free()
        (self.primary | self.secondary).unlink()
        self.assertMended("free")
        self.assertEqual(held.picking_id.state, "assigned")

    def test_free_stock_that_others_are_first_for_is_counted_once(self):
        self._seed_free()
        product = self.env["product.product"].search([("name", "=", "Free")])
        self._short(5, 0, product=product)
        self.assertEqual(self._find()["free"]["count"], 1)

    def test_failed_release_is_found_and_tried_again(self):
        held = self._seed_failed()
        self.assertIn("No.", self._find()["failed"]["detail"])
        self.assertShown("failed", held)
        self.assertMended("failed")

    def test_run_that_does_not_end_is_found_and_closed(self):
        run = self._seed_stuck()
        self.assertShown("stuck", run)
        self.assertMended("stuck")
        self.assertTrue(run.is_interrupted)

    def test_run_that_goes_on_is_no_alarm(self):
        self.env["backorder.run"]._start("secondary", {}, "schedule")
        self.assertEqual(self._alarms(), set())

    def test_oldest_beyond_the_limit_is_found(self):
        held = self._seed_oldest()
        self.assertFound("oldest")
        self.assertShown("oldest", held)
        self.company.backorder_age_limit = 4
        self.assertEqual(self._find()["oldest"]["level"], "ok")
        self.assertEqual(self._find()["oldest"]["since"], held.backorder_date)

    # Demand

    def test_robbed_release_is_found_and_waits_again(self):
        moves = self._seed_lost()
        self.assertShown("lost", moves)
        self.assertMended("lost")
        self.assertHeld(moves.sale_line_id.order_id, 5)

    def test_robbed_release_gets_what_is_there(self):
        moves = self._seed_lost()
        self._stock(moves.product_id, 5)
        self.assertMended("lost")
        self.assertEqual(moves.state, "assigned")

    def test_leaked_reservation_is_found_and_mended(self):
        self._seed_leaked()
        self.assertMended("leaked")

    def test_more_reserved_than_on_hand_is_found_and_unreserved(self):
        order = self._seed_reserved()
        self.assertMended("reserved")
        self.assertFalse(order.picking_ids.move_ids.move_line_ids)

    def test_held_for_a_cancelled_order_is_found_and_cancelled(self):
        held = self._seed_orphan()
        self.assertMended("orphan")
        self.assertEqual(held.state, "cancel")

    def test_held_with_a_reservation_is_found_and_waits_alone(self):
        held = self._seed_shape()
        self.assertMended("shape")
        self.assertHeld(held.sale_line_id.order_id, 5)

    def test_held_in_a_transfer_is_found_and_is_released(self):
        order = self._short(533, 500)
        held = self._held(order)
        picking = order.picking_ids.copy({"move_ids": [Command.clear()]})
        self._sql("UPDATE stock_move SET picking_id = %s WHERE id = %s", picking.id, held.id)
        self.assertMended("shape")
        self.assertFalse(held.backorder_held)
        self.assertTrue(order.is_backordered)

    def test_order_and_demand_that_differ_are_found_and_shown(self):
        self._seed_quantity()
        self.assertFound("quantity")
        action = self._line("quantity").action_look()
        [finding] = self.env["backorder.check"].search(action["domain"])
        self.assertEqual(finding.product_id.name, "Less")

    def test_wrong_flag_is_found_and_computed(self):
        order = self._seed_flag()
        self.assertShown("flag", order)
        self.assertMended("flag")
        self.assertTrue(order.is_backordered)

    def test_flag_of_an_order_that_is_done_is_found_and_computed(self):
        order = self._order((self.gadget, 1))
        self._sql("UPDATE sale_order SET is_backordered = TRUE WHERE id = %s", order.id)
        self.assertMended("flag")
        self.assertFalse(order.is_backordered)

    def test_pause_of_somebody_who_left_is_found_and_resumed(self):
        held = self._seed_forgotten()
        self.assertShown("forgotten", held)
        self.assertMended("forgotten")
        self.assertFalse(held.backorder_paused)

    def test_held_where_it_is_switched_off_is_found_and_shown(self):
        held = self._seed_switched()
        self.assertFound("switched")
        self.assertTrue(held.backorder_held)

    def test_held_where_it_is_switched_off_is_given_back(self):
        held = self._held(self._short(5, 0))
        self._sql("UPDATE res_company SET backorder_automation = FALSE")
        self.assertMended("switched")
        self.assertTrue(held.picking_id)

    def test_held_and_not_tracked_is_found_and_given_back(self):
        held = self._seed_untracked()
        self.assertShown("untracked", held)
        self.assertMended("untracked")
        self.assertTrue(held.picking_id)

    def test_archived_product_is_found_and_unarchived(self):
        held = self._seed_archived()
        self.assertShown("archived", held)
        self.assertMended("archived")
        self.assertTrue(held.product_id.active)

    def test_archived_place_is_found_and_unarchived(self):
        held = self._seed_place()
        self.assertShown("place", held)
        self.assertMended("place")
        self.assertTrue(held.location_id.active)

    def test_archived_rule_is_found_and_another_is_taken(self):
        held = self._seed_way()
        self.assertShown("way", held)
        self.assertMended("way")
        self.assertTrue(held.rule_id.active)

    # People

    def test_deleted_template_is_found_and_made_anew(self):
        self._seed_missing()
        self.assertMended("missing", self.admin)
        self.assertTrue(self.env.ref("backorder_automation.mail_template_backorder_held"))

    def test_mail_that_failed_is_found_and_sent_again(self):
        order = self._seed_mail()
        self.assertShown("mail", order)
        self.assertMended("mail")

    def test_mail_about_something_else_is_no_alarm(self):
        order = self._order((self.gadget, 1))
        self.env["mail.mail"].sudo().create(
            {"model": "sale.order", "res_id": order.id, "state": "exception"}
        )
        self.assertEqual(self._alarms(), set())

    def test_mail_queue_that_is_off_is_found_and_switched_on(self):
        self._seed_mail_queue()
        self.assertMended("mail_queue", self.admin)

    def test_nightly_mending_that_does_not_run_is_found_and_switched_on(self):
        self._seed_nightly()
        self.assertMended("nightly", self.admin)

    def test_order_nobody_looks_after_is_found_and_shown(self):
        order = self._seed_nobody()
        self.assertFound("nobody")
        self.assertShown("nobody", order)

    def test_order_nobody_looks_after_is_no_alarm_where_nobody_is_told(self):
        self._seed_nobody()
        self.company.backorder_activity_promise = False
        self.assertEqual(self._alarms(), set())

    # All of them

    def test_all_faults_at_once_are_found(self):
        """Scenario: one of each. Expected: each is found, and none hides another."""
        keys = {check.key for check in CHECKS}
        self._seed_lost()
        for key in sorted(keys - {"lost", "primary", "secondary"} | {"deleted", "off"}):
            getattr(self, f"_seed_{key}")()
        self.assertEqual(self._alarms(self.admin), keys)
        self.assertGreaterEqual(len(keys), 20)

    # Who may

    def test_only_inventory_administrators_look_and_mend(self):
        self._seed_leaked()
        line = self._line("leaked")
        for user in (self.shipper, self.salesperson):
            with self.assertRaises(AccessError):
                self.env["backorder.health"].with_user(user).action_open()
            for method in ("action_mend", "action_look"):
                with self.assertRaises(AccessError):
                    getattr(line.with_user(user), method)()

    def test_what_the_settings_decide_only_their_administrators_mend(self):
        self._seed_off()
        line = self._line("secondary")
        self.assertFalse(line.can_mend)
        with self.assertRaises(AccessError):
            line.action_mend()
        self.assertFalse(self.secondary.active)
        self.assertEqual(line.action_look()["res_model"], "backorder.run")
        self.assertEqual(self._line("secondary", self.admin).action_look()["res_model"], "ir.cron")

    def test_line_is_made_by_nobody(self):
        health = self._open()
        for vals in ({"key": "leaked", "health_id": health.id}, {"key": "x"}):
            with self.assertRaises(AccessError):
                self.env["backorder.health.line"].with_user(self.manager).create(vals)

    def test_companies_of_others_are_not_looked_at(self):
        company = self.env["res.company"].create({"name": "Other"})
        held = self._seed_orphan()
        self._sql("UPDATE stock_move SET company_id = %s WHERE id = %s", company.id, held.id)
        self.assertEqual(self._alarms(), set())

    # What it costs

    def _cost(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["backorder.health"].with_user(self.manager)._find()
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_grow_with_what_waits(self):
        def wait(count):
            for _number in range(count):
                self._waiting(1)

        wait(2)
        self._cost()
        few = self._cost()
        wait(12)
        self.assertLessEqual(self._cost(), few)
        self.assertLessEqual(few, 90)
