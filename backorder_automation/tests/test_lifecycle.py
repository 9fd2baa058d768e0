from odoo.tests import tagged
from odoo.tools import mute_logger

from ..hooks import pre_init_hook, uninstall_hook
from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestLifecycle(BackorderCommon):
    """The addon comes without a cost and goes without a loss."""

    def test_uninstall_gives_held_demand_back(self):
        order, other = self._short(), self._short(8, 5, product=self.gizmo)
        uninstall_hook(self.env)
        for sale, quantity in ((order, 33), (other, 3)):
            self.assertHeld(sale, 0)
            self.assertFalse(sale.is_backordered)
            backorder = self._released(sale)
            self.assertEqual(backorder.move_ids.product_uom_qty, quantity)
            self.assertEqual(backorder.backorder_id.state, "done")
        self.assertEqual(self._forecast(self.gadget), -33)

    def test_installing_twice_is_harmless(self):
        order = self._short()
        pre_init_hook(self.env)
        self.env.invalidate_all()
        self.assertHeld(order, 33)

    def test_schedules_are_not_touched_by_an_upgrade(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "backorder_automation"), ("model", "=", "ir.cron")]
        )
        self.assertEqual(len(data), 2)
        self.assertEqual(set(data.mapped("noupdate")), {True})

    def test_jobs_survive_an_empty_queue(self):
        with mute_logger("odoo.addons.base.models.ir_cron"):
            self._run()
