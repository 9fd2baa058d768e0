"""Random sequences of what people do: whatever they do, the quantities stay true."""

import os
from datetime import timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from odoo import fields
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..const import EPSILON, QUEUE_ORDERS
from .common import BackorderCommon

# Some sequences each time, more and longer ones when somebody asks for more (`make fuzz N=...`).
FUZZ = int(os.environ.get("BACKORDER_FUZZ") or 0)
EXAMPLES, STEPS = (FUZZ, 20) if FUZZ else (200, 10)
# What the actions change: read anew after each, while settings and partners stay in the cache.
CHANGING = (
    "product.product",
    "sale.order",
    "sale.order.line",
    "stock.move",
    "stock.move.line",
    "stock.picking",
    "stock.quant",
)
OPEN_STATES = ("draft", "waiting", "confirmed", "partially_available", "assigned")

quantity = st.integers(1, 12)
which = st.integers(0, 5)


def needs(name):
    """Take this action only while there is something to take it on."""
    return precondition(lambda machine: getattr(machine, name))


class BackorderMachine(RuleBasedStateMachine):
    """A few orders and one shared stock. The machine keeps only what was given up by decision."""

    case = None  # the running test case

    def __init__(self):
        super().__init__()
        case = self.case
        case.env.flush_all()
        self.savepoint = case.env.cr.savepoint()
        self.env = case.env(user=case.planner, context={"tracking_disable": True})
        self.moves = self.env["stock.move"].sudo()
        self.warehouse = case.warehouse.with_env(self.env)
        self.products = (case.gadget + case.gizmo).with_env(self.env)
        self.orders = case.orders.with_env(self.env)
        self.receipts = self.env["stock.picking"]
        # line id: returned for a refund or cancelled by decision
        self.given_up = dict.fromkeys(self.orders.order_line.ids, 0.0)
        self.look()

    def teardown(self):
        self.savepoint.close(rollback=True)
        self.env.invalidate_all()

    # What there is

    def look(self):
        """Sort what the next action may choose from."""
        for model in CHANGING:
            self.env[model].invalidate_model()
        self.confirmed = self.orders.filtered(lambda order: order.state == "sale")
        self.cancelled = self.orders.filtered(lambda order: order.state == "cancel")
        moves = self.confirmed.order_line.move_ids
        self.held = moves.filtered("backorder_held")
        self.transfers = moves.picking_id.filtered(lambda p: p.state in OPEN_STATES)
        self.ready = self.transfers.filtered(lambda p: any(p.move_ids.mapped("quantity")))
        self.shipped = moves.picking_id.filtered(
            lambda p: p.state == "done" and p.location_dest_id.usage == "customer"
        )
        self.planned = self.receipts.filtered(lambda p: p.state in OPEN_STATES)

    def choose(self, records, number):
        records = records.sorted("id")
        return records[number % len(records)]

    def on_hand(self, product):
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "child_of", self.warehouse.view_location_id.id),
            ]
        )
        return sum(quants.mapped("quantity"))

    def open_moves(self, line):
        return line.move_ids.filtered(
            lambda move: (
                move.state in OPEN_STATES
                and move.location_id.usage != "customer"
                and (move.location_final_id or move.location_dest_id).usage == "customer"
            )
        )

    def give_up(self, moves):
        """Expect that what is open on the moves will not be delivered."""
        for move in moves:
            self.given_up[move.sale_line_id.id] += move.product_qty

    def quantities(self, line):
        """Return what is ordered, delivered and open on a line, in the unit of the product."""
        unit = line.product_id.uom_id
        ordered = line.product_uom_id._compute_quantity(line.product_uom_qty, unit)
        delivered = line.product_uom_id._compute_quantity(
            line.qty_delivered, unit, rounding_method="HALF-UP"
        )
        return ordered, delivered, sum(self.open_moves(line).mapped("product_qty"))

    def ask_again(self, lines):
        """Expect that an edited order asks again for what was given up.

        Where nothing was back ordered, Odoo takes goods that were picked for delivered: in more
        steps the machine then believes what it sees.
        """
        for line in lines:
            self.given_up[line.id] = 0.0
            if self.case.steps != "ship_only" and not any(line.move_ids.mapped("backorder_date")):
                ordered, delivered, open_quantity = self.quantities(line)
                self.given_up[line.id] = ordered - delivered - open_quantity

    def is_stranded(self, line):
        """Return whether picked goods wait for nobody, and no back order does either.

        Odoo takes them for delivered: lowering such a line asks them back, with us or without.
        """
        picked = line.move_ids.filtered(
            lambda move: (
                move.state == "done"
                and move.location_dest_id.usage == "internal"
                and move.location_final_id.usage == "customer"
            )
        )
        is_shipped = all(
            any(step.state != "cancel" for step in move.move_dest_ids) for move in picked
        )
        return not is_shipped and not any(line.move_ids.mapped("backorder_date"))

    # Orders

    def order(self, lines, **values):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.case.customer.id,
                "warehouse_id": self.warehouse.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": ordered,
                            "product_uom_id": uom.id,
                        }
                    )
                    for product, ordered, uom in lines
                ],
                **values,
            }
        )
        order.action_confirm()
        self.orders |= order
        self.given_up.update(dict.fromkeys(order.order_line.ids, 0.0))
        return order

    @rule(product=st.integers(0, 1), ordered=quantity, held=st.booleans())
    def order_one_product(self, product, ordered, held):
        product = self.products[product]
        order = self.order([(product, ordered, product.uom_id)])
        if held and order.backorder_can_mark:
            order.action_mark_backordered()

    @rule(ordered=st.integers(1, 2))
    def order_dozens(self, ordered):
        self.order([(self.products[0], ordered, self.case.dozen)])

    @rule(first=quantity, second=quantity, held=st.booleans())
    def order_shipping_complete(self, first, second, held):
        lines = zip(self.products, (first, second), strict=True)
        order = self.order([(p, q, p.uom_id) for p, q in lines], picking_policy="one")
        if held and order.backorder_can_mark:
            order.action_mark_backordered()

    @needs("confirmed")
    @rule(number=which, more=quantity)
    def raise_order(self, number, more):
        line = self.choose(self.confirmed.order_line, number)
        line.product_uom_qty += more
        self.ask_again(line)

    @needs("confirmed")
    @rule(number=which, less=quantity)
    def lower_order(self, number, less):
        line = self.choose(self.confirmed.order_line, number)
        if self.is_stranded(line):
            return
        line.product_uom_qty = max(line.product_uom_qty - less, line.qty_delivered, 0)
        self.ask_again(line)

    @needs("confirmed")
    @rule(number=which)
    def cancel_order(self, number):
        order = self.choose(self.confirmed, number)
        order._action_cancel()
        assert not self.open_moves(order.order_line), "demand survives the cancelled order"
        assert not order.is_backordered

    @needs("cancelled")
    @rule(number=which)
    def confirm_again(self, number):
        order = self.choose(self.cancelled, number)
        order.action_draft()
        order.action_confirm()
        self.ask_again(order.order_line)

    @needs("confirmed")
    @rule(number=which, update=st.booleans())
    def change_address(self, number, update):
        order = self.choose(self.confirmed, number)
        order.with_context(update_delivery_shipping_partner=update).partner_shipping_id = (
            self.case.customer
            if order.partner_shipping_id != self.case.customer
            else self.case.home
        )
        held = order.order_line.move_ids.filtered("backorder_held")
        assert held.partner_id <= order.partner_shipping_id

    @needs("confirmed")
    @rule(number=which, days=st.integers(-3, 9))
    def change_promise(self, number, days):
        order = self.choose(self.confirmed, number)
        order.commitment_date = days != 0 and fields.Datetime.now() + timedelta(days=days)

    @needs("confirmed")
    @rule(number=which)
    def mark(self, number):
        order = self.choose(self.confirmed, number)
        if order.backorder_can_mark:
            order.action_mark_backordered()

    @needs("held")
    @rule(number=which)
    def give_back(self, number):
        self.choose(self.held.sale_line_id.order_id, number).action_unmark_backordered()

    # Transfers

    def process(self, picking, decision):
        """Press Validate and answer what is asked."""
        action = picking.button_validate()
        if action is True:
            return
        wizard = Form(
            self.env["stock.backorder.confirmation"].with_context(**action["context"])
        ).save()
        if decision == "drop":
            wizard.process_cancel_backorder()
        elif decision == "native":
            wizard.process_native()
        else:
            wizard.shortfall_line_ids.decision = decision
            wizard.process()

    @needs("ready")
    @rule(number=which)
    def ship_all_that_is_reserved(self, number):
        picking = self.choose(self.ready, number)
        self.process(picking, "backorder")

    def ship_less(self, number, less, decision):
        picking = self.choose(self.ready, number)
        for move in picking.move_ids:
            if move.quantity:
                move.quantity = max(0, move.quantity - less)
                move.picked = True
        if not any(picking.move_ids.mapped("quantity")):
            picking.do_unreserve()
            picking.action_assign()
            return
        for move in picking.move_ids:
            eligible = move._is_backorder_eligible()
            if decision == "drop" or (decision == "cancel" and eligible):
                shipped = move.quantity if move.picked else 0.0
                self.given_up[move.sale_line_id.id] += move.product_qty - (
                    move.product_uom._compute_quantity(shipped, move.product_id.uom_id)
                )
        self.process(picking, decision)

    @needs("ready")
    @rule(number=which, less=quantity)
    def ship_less_and_hold(self, number, less):
        self.ship_less(number, less, "backorder")

    @needs("ready")
    @rule(number=which, less=quantity)
    def ship_less_and_find_no_more(self, number, less):
        self.ship_less(number, less, "not_found")

    @needs("ready")
    @rule(number=which, less=quantity)
    def ship_less_and_make_a_standard_backorder(self, number, less):
        self.ship_less(number, less, "native")

    @needs("ready")
    @rule(number=which, less=quantity)
    def ship_less_and_cancel_the_rest(self, number, less):
        self.ship_less(number, less, "cancel")

    @needs("ready")
    @rule(number=which, less=quantity)
    def ship_less_and_drop_the_rest(self, number, less):
        self.ship_less(number, less, "drop")

    @needs("transfers")
    @rule(number=which)
    def cancel_transfer(self, number):
        picking = self.choose(self.transfers, number)
        # What waits for a back order in it waits again, and so does what joined it there.
        moves = picking.move_ids.filtered(lambda move: move.state in OPEN_STATES)
        waits = moves.filtered(lambda move: not move.move_orig_ids)
        again = waits if any(waits.mapped("backorder_date")) else waits.browse()
        self.give_up(moves - again)
        picking.action_cancel()

    @needs("ready")
    @rule(number=which)
    def unreserve(self, number):
        self.choose(self.ready, number).do_unreserve()

    @needs("transfers")
    @rule(number=which)
    def check_availability(self, number):
        picking = self.choose(self.transfers, number)
        if picking.show_check_availability:
            picking.action_assign()

    @needs("ready")
    @rule(number=which)
    def split(self, number):
        picking = self.choose(self.ready, number)
        moves = picking.move_ids
        if any(m.quantity and m.quantity < m.product_uom_qty for m in moves):
            moves.filtered("quantity").picked = True
            picking.action_split_transfer()
            moves.picked = False

    @needs("transfers")
    @rule(number=which)
    def take_anyway(self, number):
        self.choose(self.transfers, number).action_backorder_take_anyway()

    @needs("shipped")
    @rule(number=which, back=quantity, refund=st.booleans())
    def return_goods(self, number, back, refund):
        picking = self.choose(self.shipped, number)
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
            )
        ).save()
        line = wizard.product_return_moves[:1]
        move = line.move_id
        left = move.quantity - sum(
            move.returned_move_ids.filtered(lambda m: m.state == "done").mapped("quantity")
        )
        back = min(back, left)
        if back < 1:
            return
        line.write({"quantity": back, "to_refund": refund})
        transfer = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        transfer.move_ids.quantity = back
        transfer.move_ids.picked = True
        transfer.button_validate()
        assert transfer.state == "done"
        if refund:
            self.given_up[move.sale_line_id.id] += back

    @needs("shipped")
    @rule(number=which, more=st.integers(1, 3))
    def correct_up(self, number, more):
        move = self.choose(self.shipped.move_ids, number)
        free = self.env["stock.quant"]._get_available_quantity(
            move.product_id, move.move_line_ids.location_id[:1]
        )
        if move.state != "done" or move.returned_move_ids or free < more:
            return
        line = move.sale_line_id
        held = sum(line.move_ids.filtered("backorder_held").mapped("product_qty"))
        left = self.given_up[line.id] - more
        self.given_up[line.id] = left + min(held, max(0.0, -left)) if left < 0 else left
        move.picking_id.is_locked = False
        move.quantity += more

    @needs("shipped")
    @rule(number=which, less=st.integers(1, 3))
    def correct_down(self, number, less):
        move = self.choose(self.shipped.move_ids, number)
        if move.state != "done" or move.returned_move_ids or move.quantity < less:
            return
        line = move.sale_line_id
        missing = self.given_up[line.id] + less
        owed = 0.0
        if line.move_ids.filtered(lambda m: m.backorder_date and not m.move_orig_ids):
            owed = max(0.0, min(less, missing))
        self.given_up[line.id] = missing - owed
        move.picking_id.is_locked = False
        move.quantity -= less

    # Held lines

    @needs("held")
    @rule(number=which)
    def release_by_hand(self, number):
        self.choose(self.held, number).action_backorder_release()

    @needs("held")
    @rule(number=which)
    def give_one_line_back(self, number):
        self.choose(self.held, number).action_backorder_give_back()

    @needs("held")
    @rule(number=which)
    def star(self, number):
        move = self.choose(self.held, number)
        move.priority = "0" if move.priority == "1" else "1"

    @needs("held")
    @rule(number=which, paused=st.booleans())
    def pause_or_resume(self, number, paused):
        self.choose(self.held, number).backorder_paused = paused

    @rule(policy=st.sampled_from([key for key, _label in QUEUE_ORDERS]))
    def change_queue_order(self, policy):
        self.case.company.backorder_queue_order = policy

    # Stock

    def count(self, product, counted, location):
        self.env["stock.quant"].with_context(inventory_mode=True).create(
            {
                "product_id": product.id,
                "location_id": location.id,
                "inventory_quantity": counted,
            }
        ).action_apply_inventory()

    @rule(product=st.integers(0, 1), counted=st.integers(0, 25), shelf=st.booleans())
    def count_stock(self, product, counted, shelf):
        location = self.case.shelf if shelf else self.case.stock
        self.count(self.products[product], counted, location)

    def incoming(self, product, expected, location):
        receipt = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_id": self.case.supplier_location.id,
                "location_dest_id": location.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": expected,
                            "location_id": self.case.supplier_location.id,
                            "location_dest_id": location.id,
                        }
                    )
                ],
            }
        )
        receipt.action_confirm()
        self.receipts |= receipt
        return receipt

    @rule(product=st.integers(0, 1), expected=quantity)
    def expect_receipt(self, product, expected):
        self.incoming(self.products[product], expected, self.case.stock)

    @rule(product=st.integers(0, 1), received=quantity, shelf=st.booleans())
    def receive(self, product, received, shelf):
        location = self.case.shelf if shelf else self.case.stock
        self.incoming(self.products[product], received, location).button_validate()

    @needs("planned")
    @rule(number=which)
    def receive_what_was_expected(self, number):
        self.choose(self.planned, number).button_validate()

    @needs("planned")
    @rule(number=which)
    def cancel_receipt(self, number):
        self.choose(self.planned, number).action_cancel()

    @precondition(lambda machine: machine.planned and machine.held)
    @rule(number=which, share=quantity)
    def allocate(self, number, share):
        receipt = self.choose(self.planned, number)
        held = self.held.filtered(
            lambda move: (
                move.product_id == receipt.move_ids.product_id
                and not move.move_orig_ids
                and not receipt.move_ids.move_dest_ids
            )
        )
        if held:
            move = self.choose(held, number)
            share = min(share, move.product_qty, receipt.move_ids.product_qty)
            self.env["report.stock.report_reception"].action_assign(
                move.ids, [share], [receipt.move_ids.ids]
            )

    @rule(product=st.integers(0, 1), lost=st.integers(1, 4))
    def scrap(self, product, lost):
        product = self.products[product]
        if product.with_context(location=self.case.stock.id).qty_available >= lost:
            self.env["stock.scrap"].create(
                {
                    "product_id": product.id,
                    "scrap_qty": lost,
                    "location_id": self.case.stock.id,
                }
            ).do_scrap()

    # The processes

    def snapshot(self):
        self.env.flush_all()
        self.env.invalidate_all()
        moves = self.orders.order_line.move_ids
        return (
            [(m.id, m.state, m.product_qty, m.quantity, m.picking_id.id) for m in moves],
            self.orders.picking_ids.ids,
        )

    def run_twice(self, process):
        run = getattr(self.moves, process)
        run()
        before = self.snapshot()
        run()
        assert self.snapshot() == before, "running the process twice is not like running it once"

    @needs("held")
    @rule()
    def run_primary(self):
        self.run_twice("_cron_backorder_primary")

    @needs("held")
    @rule()
    def run_secondary(self):
        self.run_twice("_cron_backorder_secondary")
        plan = self.moves._backorder_plan()
        missed = [line for line in plan.values() if line.served > EPSILON]
        assert not missed, f"the process left what the plan serves: {missed}"

    @rule()
    def run_scheduler(self):
        self.env["stock.rule"].sudo().run_scheduler()

    # Always true

    @invariant()
    def everything_is_true(self):
        self.env.flush_all()
        self.look()
        self.nothing_vanishes_and_nothing_doubles()
        self.forecast_sees_everything_once()
        self.flag_is_on_exactly_while_a_back_order_is_open()
        self.held_demand_is_nowhere_else()
        self.nothing_is_carried_by_nobody()
        self.nothing_is_reserved_twice()
        self.nobody_is_given_what_is_in_doubt()
        self.nothing_is_asked_back_from_customers()
        self.the_check_finds_nothing()
        self.no_release_failed()

    def nothing_vanishes_and_nothing_doubles(self):
        for line in self.confirmed.order_line:
            ordered, delivered, open_quantity = self.quantities(line)
            expected = ordered - self.given_up[line.id]
            # what was delivered of a dozen is rounded, on each transfer for itself
            tolerance = 0.2 if line.product_uom_id == self.case.dozen else EPSILON
            assert abs(delivered + open_quantity - expected) < tolerance, (
                f"{line.order_id.name}: delivered {delivered} + open {open_quantity} "
                f"is not {ordered} - {self.given_up[line.id]}"
            )

    def forecast_sees_everything_once(self):
        open_moves = self.open_moves(self.orders.order_line)
        for product in self.products.with_context(warehouse_id=self.warehouse.id):
            wanted = open_moves.filtered(lambda move, product=product: move.product_id == product)
            coming = self.planned.move_ids.filtered(
                lambda move, product=product: move.product_id == product
            )
            expected = (
                self.on_hand(product)
                - sum(wanted.mapped("product_qty"))
                + sum(coming.mapped("product_qty"))
            )
            forecast = product.virtual_available
            assert abs(forecast - expected) < EPSILON, f"forecast {forecast} is not {expected}"

    def flag_is_on_exactly_while_a_back_order_is_open(self):
        for order in self.orders:
            is_open = any(
                move.backorder_date and move.state in OPEN_STATES
                for move in order.order_line.move_ids
            )
            assert order.is_backordered == is_open, f"{order.name}: flag {order.is_backordered}"
            if is_open:
                assert order.delivery_status not in (False, "full"), order.delivery_status

    def held_demand_is_nowhere_else(self):
        for move in self.orders.order_line.move_ids.filtered("backorder_held"):
            assert not move.picking_id
            assert not move.move_line_ids
            assert move.product_qty > 0
            assert move.sale_line_id.order_id.state == "sale"
            assert move.state == ("waiting" if move.move_orig_ids else "confirmed") or (
                move.state == "confirmed"
                and all(origin.state in ("done", "cancel") for origin in move.move_orig_ids)
            ), f"held and {move.state}"

    def nothing_is_carried_by_nobody(self):
        orphans = self.orders.order_line.move_ids.filtered(
            lambda move: (
                move.state in OPEN_STATES and not move.picking_id and not move.backorder_held
            )
        )
        assert not orphans, f"no transfer and not held: {orphans}"

    def nothing_is_reserved_twice(self):
        products = [product.id for product in self.products]
        groups = self.env["stock.quant"]._read_group(
            [("product_id", "in", products), ("location_id.usage", "=", "internal")],
            ["product_id", "location_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        )
        for product, location, on_hand, reserved in groups:
            lines = self.env["stock.move.line"].search(
                [
                    ("product_id", "=", product.id),
                    ("location_id", "=", location.id),
                    ("state", "in", OPEN_STATES),
                ]
            )
            on_lines = sum(lines.mapped("quantity_product_uom"))
            assert abs(on_lines - reserved) < EPSILON, "transfers and stock disagree"
            assert reserved <= max(on_hand, 0) + EPSILON, f"{reserved} reserved of {on_hand}"

    def nobody_is_given_what_is_in_doubt(self):
        for doubt in self.moves._get_backorder_doubts(self.case.company):
            assert doubt.quantity == doubt.product_qty > 0, f"{doubt.quantity} of the doubt is kept"

    def nothing_is_asked_back_from_customers(self):
        invented = self.env["stock.move"].search(
            [
                ("product_id", "in", [product.id for product in self.products]),
                ("location_id.usage", "=", "customer"),
                ("origin_returned_move_id", "=", False),
                ("state", "!=", "cancel"),
            ]
        )
        assert not invented, "a customer return was invented"

    def the_check_finds_nothing(self):
        more_than_ordered = [line for line, given_up in self.given_up.items() if given_up < 0]
        findings = self.env["backorder.check"].sudo()._check()
        lines = self.env["sale.order.line"].browse(more_than_ordered)
        findings = findings.filtered(lambda finding: finding.order_id not in lines.order_id)
        assert not findings, findings.mapped(lambda f: (f.kind, f.detail, f.order_id.name))

    def no_release_failed(self):
        errors = self.held.filtered("backorder_error").mapped("backorder_error")
        assert not errors, errors


class PropertiesCommon(BackorderCommon):
    """One order shipped in part has a part of its rest released; behind it another one waits."""

    steps = "ship_only"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.home = cls.env["res.partner"].create({"name": "Home", "parent_id": cls.customer.id})
        cls.planner = cls._user("bo_planner", "stock.group_stock_manager")
        cls.planner.group_ids += cls.env.ref("sales_team.group_sale_manager")
        cls.warehouse.delivery_steps = cls.steps

    def setUp(self):
        super().setUp()
        self._stock(self.gadget, 6)
        shipped = self._order((self.gadget, 10), (self.gizmo, 4))
        self._ship(shipped.picking_ids, 6).process()
        waiting = self._short(8, 0)
        self._receive(self.gadget, 3)
        self.env["stock.move"]._cron_backorder_primary()
        self.orders = shipped | waiting
        self.assertHeld(shipped, 4 + 1)
        self.assertHeld(waiting, 8)

    def _run_sequences(self, examples):
        run_state_machine_as_test(
            type("Machine", (BackorderMachine,), {"case": self}),
            settings=settings(
                max_examples=examples,
                stateful_step_count=STEPS,
                derandomize=not FUZZ,
                database=None,
                deadline=None,
                print_blob=False,
                report_multiple_bugs=False,
                phases=[Phase.generate, Phase.shrink],
                suppress_health_check=list(HealthCheck),
            ),
        )


@tagged("post_install", "-at_install")
class TestProperties(PropertiesCommon):
    def test_quantities_stay_true_whatever_people_do(self):
        self._run_sequences(EXAMPLES * 2 // 3)


@tagged("post_install", "-at_install")
class TestPropertiesOfTwoSteps(PropertiesCommon):
    steps = "pick_ship"

    def test_quantities_stay_true_in_two_steps(self):
        self._run_sequences(EXAMPLES - EXAMPLES * 2 // 3)
