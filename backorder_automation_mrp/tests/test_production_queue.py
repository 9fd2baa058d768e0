from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_automation.const import QUEUE_ORDERS
from odoo.addons.backorder_automation.tests.common import QueueCommon


@tagged("post_install", "-at_install")
class TestProductionQueue(QueueCommon):
    """Components of a manufacturing order stand in the queue at its own date."""

    def _produce(self, days, **values):
        """Confirm a manufacturing order that starts in so many days; return its component."""
        production = self.env["mrp.production"].create(
            {
                "product_id": self.gizmo.id,
                "product_qty": 1,
                "picking_type_id": self.warehouse.manu_type_id.id,
                "date_start": fields.Datetime.now() + timedelta(days=days),
                "move_raw_ids": [
                    Command.create({"product_id": self.gadget.id, "product_uom_qty": 5})
                ],
                **values,
            }
        )
        production.action_confirm()
        return production.move_raw_ids

    def _assert_stands_between(self, component, soon, late):
        queue = list(self._plan(newcomers=component))
        self.assertEqual(queue, [self._held(soon).id, component.id, self._held(late).id])
        for policy, _label in QUEUE_ORDERS:
            if policy != "oldest":  # who was never back ordered is the youngest
                queue = list(self._plan(newcomers=component, queue_order=policy))
                self.assertLess(queue.index(component.id), queue.index(self._held(late).id))

    def test_component_keeps_the_date_of_its_manufacturing_order(self):
        soon, late = self._waiting(5, promised=3), self._waiting(5, promised=9)
        self._assert_stands_between(self._produce(6), soon, late)

    def test_component_of_a_reordering_rule_keeps_it_too(self):
        soon, late = self._waiting(5, promised=3), self._waiting(5, promised=9)
        rule = self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.gizmo.id, "location_id": self.stock.id}
        )
        component = self._produce(6, orderpoint_id=rule.id)
        component.orderpoint_id = rule
        self._assert_stands_between(component, soon, late)

    def test_component_that_is_picked_first_keeps_it_too(self):
        self.warehouse.manufacture_steps = "pbm"
        soon, late = self._waiting(5, promised=3), self._waiting(5, promised=9)
        component = self._produce(6)
        pick = component.move_orig_ids
        self.assertEqual(pick.location_id, self.stock)
        self._assert_stands_between(pick, soon, late)

    def test_filling_up_the_place_before_production_is_a_refill(self):
        """Counter-test: no manufacturing order waits for it."""
        self.warehouse.manufacture_steps = "pbm"
        late = self._waiting(5, promised=9)
        transfer = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.pbm_type_id.id,
                "location_id": self.stock.id,
                "location_dest_id": self.warehouse.pbm_loc_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.gadget.id,
                            "product_uom_qty": 5,
                            "location_id": self.stock.id,
                            "location_dest_id": self.warehouse.pbm_loc_id.id,
                        }
                    )
                ],
            }
        )
        transfer.action_confirm()
        transfer.move_ids.date_deadline = fields.Datetime.now()
        queue = list(self._plan(newcomers=transfer.move_ids))
        self.assertEqual(queue, [self._held(late).id, transfer.move_ids.id])
