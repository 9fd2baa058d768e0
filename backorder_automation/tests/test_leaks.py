from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestLeaks(BackorderCommon):
    """Reservations that no transfer has are found, mended and noted."""

    def setUp(self):
        super().setUp()
        self.check = self.env["backorder.check"].with_user(self.manager)
        self._stock(self.gadget, 10)
        self.picking = self._order((self.gadget, 4)).picking_ids

    def _leak(self, reserved):
        """Let this be reserved, whatever the transfers have."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE stock_quant SET reserved_quantity = %s
             WHERE product_id = %s AND location_id = %s
            """,
            [reserved, self.gadget.id, self.stock.id],
        )
        self.env.invalidate_all()

    def _found(self, product=None):
        findings = self.env["backorder.check"]._check(self.company)
        return findings.filtered(
            lambda finding: (
                finding.kind == "leaked" and finding.product_id == (product or self.gadget)
            )
        )

    def _quant(self):
        return self.env["stock.quant"].search(
            [("product_id", "=", self.gadget.id), ("location_id", "=", self.stock.id)]
        )

    def _runs(self):
        return self.env["backorder.run"].search([("process", "=", "mend")])

    def test_nothing_is_found_where_transfers_have_what_is_reserved(self):
        self.assertFalse(self._found())

    def test_more_reserved_than_transfers_have_is_found(self):
        self._leak(7)
        self.assertIn("7", self._found().detail)
        self.assertEqual(self._found().location_id, self.stock)

    def test_less_reserved_than_transfers_have_is_found(self):
        self._leak(1)
        self.assertTrue(self._found())

    def test_reserved_for_nobody_is_found(self):
        self.picking.do_unreserve()
        self._leak(2)
        self.assertTrue(self._found())

    def test_mended_by_the_button(self):
        for reserved in (7, 1):
            with self.subTest(reserved):
                self._leak(reserved)
                self.check.action_mend()
                self.assertEqual(self._quant().reserved_quantity, 4)
                self.assertFalse(self._found())
        self.assertEqual(self.picking.state, "assigned")

    def test_what_was_leaked_reaches_who_waits(self):
        waiting = self._order((self.gadget, 6))
        waiting.picking_ids.do_unreserve()
        self._leak(10)
        waiting.picking_ids.action_assign()
        self.assertFalse(waiting.picking_ids.move_ids.quantity)
        self.check.action_mend()
        waiting.picking_ids.action_assign()
        self.assertEqual(waiting.picking_ids.move_ids.quantity, 6)

    def test_log_of_runs_tells_what_was_mended(self):
        self._leak(7)
        self.check.action_mend()
        run = self._runs()
        self.assertIn("Gadget", run.mended)
        self.assertEqual((run.woken_by, run.user_id), ("user", self.manager))
        self.assertTrue(run.date_end)

    def test_nothing_to_mend_leaves_no_log(self):
        self.check.action_mend()
        self.assertFalse(self._runs())

    def test_mended_at_night_where_the_company_wants_it(self):
        self._leak(7)
        self.env["backorder.check"]._mend_nightly()
        self.assertEqual(self._quant().reserved_quantity, 7)
        self.company.backorder_mend_nightly = True
        self.env["backorder.check"]._mend_nightly()
        self.assertEqual(self._quant().reserved_quantity, 4)
        self.assertEqual(self._runs().woken_by, "schedule")

    def test_not_mended_at_night_where_the_feature_is_off(self):
        self.company.backorder_mend_nightly = True
        self.company.backorder_automation = False
        self._leak(7)
        self.env["backorder.check"]._mend_nightly()
        self.assertEqual(self._quant().reserved_quantity, 7)

    def test_only_managers_mend(self):
        with self.assertRaises(AccessError):
            self.env["backorder.check"].with_user(self.shipper).action_mend()

    def test_leak_of_another_company_is_not_shown(self):
        other = self.env["res.company"].create({"name": "Other"})
        stock = self.env["stock.warehouse"].search([("company_id", "=", other.id)]).lot_stock_id
        self.env["stock.quant"].sudo().create(
            {
                "product_id": self.gizmo.id,
                "location_id": stock.id,
                "quantity": 5,
                "reserved_quantity": 3,
            }
        )
        self.assertFalse(self._found(self.gizmo))
        findings = self.env["backorder.check"]._check(other)
        self.assertIn(self.gizmo, findings.product_id)
