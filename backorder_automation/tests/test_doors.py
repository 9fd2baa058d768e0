"""What a client may put into the context of a call, over HTTP as clients send it."""

from contextlib import contextmanager
from itertools import product

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..const import CTX_ASK
from ..work import CTX_WORK, BackorderWork, at_work, work_of
from .common import QueueCommon

# Today's keys, and those an older version took for an order.
KEYS = (
    CTX_WORK,
    CTX_ASK,
    "backorder_automation_allowance",
    "backorder_automation_places",
    "backorder_automation_without_held",
    "backorder_automation_notes",
    "backorder_automation_quants",
    "backorder_automation_plan",
    "backorder_automation_preview",
)
JUNK = (
    {},
    [],
    "x",
    1,
    True,
    {"1": 5},
    [[1, 2], {"a": []}],
    {"allowance": {}, "without_held": True, "preview": {"1": [9, False]}, "plan": {"plan": {}}},
)
# Each key with each value, and all of them at once.
CONTEXTS = [
    *({key: junk} for key, junk in product(KEYS, JUNK)),
    *(dict.fromkeys(KEYS, junk) for junk in JUNK),
]
ALL_AT_ONCE = CONTEXTS[-len(JUNK) :]


class DoorsCommon(QueueCommon, HttpCase):
    """Calls of clients."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guest = cls._user("bo_guest", "base.group_portal")

    def _login(self, user):
        self.authenticate(user.login, user.login)

    def _call(self, records, method, *args, context=None, **kwargs):
        """Call a method as a client does.

        :return: (the result, None), or (None, the name of the error)
        """
        self.env.flush_all()
        ids = [records.ids] if records.ids else []
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
            response = self.url_open(
                "/web/dataset/call_kw",
                json={
                    "jsonrpc": "2.0",
                    "method": "call",
                    "params": {
                        "model": records._name,
                        "method": method,
                        "args": [*ids, *args],
                        "kwargs": {**kwargs, "context": context or {}},
                    },
                },
            )
        self.env.invalidate_all()
        self.assertNotIn(BackorderWork.__name__, response.text)
        answer = response.json()
        error = answer.get("error")
        return answer.get("result"), error and error["data"]["name"]

    @contextmanager
    def _trying(self, context):
        """Undo what is written in this context, to try the next one."""
        with self.subTest(context=context), self.env.cr.savepoint() as savepoint:
            yield
            savepoint.rollback()
        self.env.invalidate_all(flush=False)


@tagged("post_install", "-at_install")
class TestDoors(DoorsCommon):
    """No key of a context that a client sends changes what is written, nor ends in a trace."""

    def test_check_availability_stays_guarded(self):
        newcomer = self._order((self.gadget, 3)).picking_ids
        self._waiting(5)
        self._stock(self.gadget, 5)
        self._login(self.shipper)
        for context in CONTEXTS:
            with self._trying(context):
                self.assertEqual(
                    self._call(newcomer, "action_assign", context=context), (True, None)
                )
                self.assertEqual(newcomer.move_ids.quantity, 0)
                self.assertFalse(newcomer.message_ids.filtered(lambda m: "ahead of" in m.body))

    def test_confirming_stays_guarded(self):
        self._waiting(5)
        self._stock(self.gadget, 5)
        quotation = self._order((self.gadget, 3), confirm=False)
        self._login(self.salesperson)
        for context in ALL_AT_ONCE:
            with self._trying(context):
                result, error = self._call(quotation, "action_confirm", context=context)
                # Whoever asks as a form does is told that it waits, and no more.
                self.assertTrue(result is True or result["tag"] == "display_notification", result)
                self.assertIsNone(error)
                self.assertEqual(quotation.picking_ids.move_ids.quantity, 0)

    def test_portal_user_gets_nothing_by_a_key(self):
        order = self._waiting(5, partner=self.guest.partner_id)
        newcomer = self._order((self.gadget, 3)).picking_ids
        self._stock(self.gadget, 5)
        self._login(self.guest)
        for context in ALL_AT_ONCE:
            with self._trying(context):
                for records, method in (
                    (newcomer, "action_assign"),
                    (order, "action_cancel"),
                    (self._held(order), "action_backorder_release"),
                ):
                    error = self._call(records, method, context=context)[1]
                    self.assertEqual(error, "odoo.exceptions.AccessError")
                self.assertHeld(order, 5)
                self.assertEqual(newcomer.move_ids.quantity, 0)

    def test_portal_user_reads_the_same(self):
        order = self._waiting(5, partner=self.guest.partner_id)
        line = order.order_line
        self._login(self.guest)
        preview = {str(line.id): [9, False]}
        for context in [
            *ALL_AT_ONCE,
            dict.fromkeys(KEYS, preview),
            {CTX_WORK: {"preview": preview}},
        ]:
            with self._trying(context):
                row, error = self._call(line, "read", ["qty_backordered"], context=context)
                self.assertFalse(error)
                self.assertEqual(row[0]["qty_backordered"], 5)

    def test_cancelled_order_leaves_nothing_held(self):
        order = self._short(8, 5)
        # Where goods are bought, Odoo lets nobody cancel who may not read receipts.
        self.salesperson.group_ids += self.env.ref("stock.group_stock_user")
        self._login(self.salesperson)
        for context in CONTEXTS:
            with self._trying(context):
                self.assertFalse(self._call(order, "action_cancel", context=context)[1])
                self.assertEqual(order.state, "cancel")
                self.assertHeld(order, 0)
                self.assertFalse(order.is_backordered)

    def test_lowered_line_takes_from_what_is_held(self):
        order = self._short(8, 5)
        self._login(self.salesperson)
        for context in ALL_AT_ONCE:
            with self._trying(context):
                error = self._call(
                    order.order_line, "write", {"product_uom_qty": 6}, context=context
                )[1]
                self.assertFalse(error)
                self.assertHeld(order, 1)
                self.assertEqual(len(order.picking_ids), 1)

    def test_switching_off_leaves_nothing_held(self):
        order = self._short(8, 5)
        admin = self._user("bo_admin", "base.group_system")
        self._login(admin)
        for context in ALL_AT_ONCE:
            with self._trying(context):
                error = self._call(
                    self.company, "write", {"backorder_automation": False}, context=context
                )[1]
                self.assertFalse(error)
                self.assertHeld(order, 0)
                self.assertEqual(self._released(order).move_ids.product_uom_qty, 3)

    def test_receipt_wakes_the_job_and_reserves_nothing_for_newcomers(self):
        self._waiting(5)
        newcomer = self._order((self.gadget, 3)).picking_ids
        receipt = self._incoming(self.gadget, 5)
        receipt.move_ids.write({"quantity": 5, "picked": True})
        self._login(self.shipper)
        for context in ALL_AT_ONCE:
            with self._trying(context):
                before = self._triggers(self.primary)
                self.assertEqual(
                    self._call(receipt, "button_validate", context=context), (True, None)
                )
                self.assertEqual(receipt.state, "done")
                self.assertEqual(newcomer.move_ids.quantity, 0)
                self.assertGreater(self._triggers(self.primary), before)

    def test_release_gives_what_the_plan_gives(self):
        ahead, behind = self._waiting(5, urgent=True), self._waiting(5)
        self._stock(self.gadget, 7)
        self._login(self.manager)
        for context in ALL_AT_ONCE:
            with self._trying(context):
                moves = self._held(ahead | behind)
                action, error = self._call(moves, "action_backorder_release", context=context)
                self.assertFalse(error)
                self.assertNotIn(CTX_WORK, action.get("context") or {})
                self.assertEqual(self._released(ahead).move_ids.quantity, 5)
                self.assertEqual(self._released(behind).move_ids.quantity, 2)
                self.assertHeld(behind, 3)
                self.assertTrue(self._released(ahead).message_ids)

    def test_lists_show_the_same(self):
        order = self._waiting(5, urgent=True)
        self._login(self.shipper)
        names = ("backorder_stage", "backorder_reason", "backorder_place")
        moves, domain = self.env["stock.move"], [["id", "in", self._held(order).ids]]
        specification = {name: {} for name in names}
        calls = (
            ("web_search_read", domain, specification),
            ("web_read_group", domain, ["backorder_stage"]),
            ("search_count", [*domain, ["backorder_stage", "!=", False]]),
        )
        expected = [self._call(moves, *call) for call in calls]
        self.assertFalse([error for _result, error in expected if error])
        for context in ALL_AT_ONCE:
            with self._trying(context):
                self.assertEqual(
                    [self._call(moves, *call, context=context) for call in calls], expected
                )

    def test_asking_changes_only_the_answer(self):
        """A dialog nobody answers leaves what a confirmation without a question leaves."""
        self.company.backorder_at_confirm = "ask"
        self._stock(self.gadget, 5)
        quotation = self._order((self.gadget, 8), confirm=False)
        self._login(self.salesperson)
        for context in [{CTX_ASK: junk} for junk in JUNK]:
            with self._trying(context):
                action, error = self._call(quotation, "action_confirm", context=context)
                self.assertFalse(error)
                asked = isinstance(action, dict) and action.get("res_model") == "backorder.confirm"
                self.assertEqual(asked, bool(context[CTX_ASK]))
                self.assertEqual(quotation.state, "sale")
                self.assertEqual(quotation.picking_ids.move_ids.product_uom_qty, 8)
                self.assertEqual(quotation.picking_ids.move_ids.quantity, 5)
                self.assertHeld(quotation, 0)

    def test_our_own_work_is_heard(self):
        """Where the object comes from our own code, it says something."""
        newcomer = self._order((self.gadget, 3)).picking_ids
        self._waiting(5)
        self._stock(self.gadget, 5)
        moves = at_work(newcomer.move_ids, allowance={})
        self.assertEqual(work_of(moves.env).allowance, {})
        self.assertIsNone(work_of(self.env).allowance)
        moves._action_assign()
        self.assertEqual(newcomer.move_ids.quantity, 3)
