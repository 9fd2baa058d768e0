import logging
from collections import deque
from datetime import timedelta

import psycopg2.errors

from odoo import api, fields, models
from odoo.exceptions import LockError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import groupby, split_every

from ..const import CTX_ALLOWANCE, CTX_NOTES, EPSILON

_logger = logging.getLogger(__name__)

BATCH_ORDERS = 50
RETRY_DELAY = timedelta(hours=1)
CRONS = {
    "primary": "backorder_automation.ir_cron_primary_incoming",
    "secondary": "backorder_automation.ir_cron_secondary_available",
}
# The transaction saw an older state than the database has now: roll back and come again.
STALE_ERRORS = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)


class BackorderReleaseMixin(models.AbstractModel):
    """Carry out a plan: reserve, split what is missing, give the demand a new transfer."""

    _name = "backorder.release.mixin"
    _description = "Back Order Release"

    backorder_paused = fields.Boolean(
        string="Paused", copy=False, help="This line is not released until it is resumed."
    )
    backorder_pause_reason = fields.Char(string="Pause Reason", copy=False)
    backorder_not_before = fields.Datetime(
        string="Do Not Release Before",
        copy=False,
        help="The line keeps its place in the queue, but takes no stock until then.",
    )
    backorder_error = fields.Text(copy=False, readonly=True, help="Why the release failed.")
    backorder_retry_date = fields.Datetime(
        string="Next Try", copy=False, readonly=True, help="A failed release waits until then."
    )

    # The two processes

    @api.model
    def _cron_backorder_primary(self):
        """Release what incoming goods can serve: receipts, production, returns, transfers."""
        arrived = self._get_backorder_arrived_products()
        if arrived:
            self._backorder_process("primary", arrived)

    @api.model
    def _cron_backorder_secondary(self):
        """Release whatever free stock can serve, for whatever reason it is free."""
        self._backorder_process("secondary")
        self._backorder_mail_changed_dates()

    @api.model
    def _get_backorder_cron(self, process):
        """Return the schedule of a process, `primary` or `secondary`."""
        return self.env.ref(CRONS[process]).sudo()

    @api.model
    def _get_backorder_arrived_products(self):
        """Return the products that came in since somebody waits for them.

        Read from the done moves, so that what arrived while the job was off is caught up.
        """
        self.env["stock.move"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT held.product_id
                  FROM (SELECT product_id, MIN(backorder_date) AS since
                          FROM stock_move WHERE backorder_held GROUP BY product_id) held
                 WHERE EXISTS (
                    SELECT 1
                      FROM stock_move m
                      JOIN stock_location dest ON dest.id = m.location_dest_id
                     WHERE m.product_id = held.product_id AND m.state = 'done'
                       AND m.is_inventory IS NOT TRUE AND dest.usage = 'internal'
                       AND m.date >= held.since)
                """
            )
        )
        return self.env["product.product"].browse(product_id for (product_id,) in rows)

    @api.model
    def _backorder_process(self, process, products=None):
        """Release the orders that the plan serves, in queue order, batch by batch.

        Inside a scheduled action each batch is committed, and the run stops when its time is up
        (the runner calls again) or when somebody asked it to. Outside (a test, a script)
        everything stays in the caller's transaction.

        :param str process: `primary` or `secondary`
        :param products: `product.product` whose queues to serve, all of them when None
        """
        self._backorder_reroute_stale()
        plan = self._backorder_plan(products)
        if not plan:
            return
        run = self.env["backorder.run"]._start(process, plan, self._get_backorder_woken_by())
        batches = deque(self._get_backorder_batches(plan))
        self._backorder_commit(remaining=sum(map(len, batches)))
        busy = False
        while batches:
            batch = batches.popleft()
            outcome = self._backorder_release_batch(batch, plan, run)
            if outcome == "failed" and len(batch) > 1:
                batches.extendleft([served] for served in reversed(batch))
                continue
            busy |= outcome == "busy"
            seconds_left = self._backorder_commit(len(batch))
            if run.stop_requested:
                self._backorder_commit(remaining=0)
            if run.stop_requested or not seconds_left:
                break
        if busy:
            self._get_backorder_cron("secondary")._trigger()
        run._finish()

    @api.model
    def _get_backorder_batches(self, plan):
        """Return what the plan serves, in batches of whole orders, in queue order.

        :return: lists of orders, each a dict of move id to a quantity in the unit of the product
        """
        orders = {}
        for line in plan.values():
            if line.served > EPSILON:
                orders.setdefault(line.order_id, {})[line.move_id] = line.served
        return list(split_every(BATCH_ORDERS, orders.values(), list))

    @api.model
    def _get_backorder_woken_by(self):
        """Return who woke this run: `stock`, `schedule` or `user`."""
        cron_id = self.env.context.get("cron_id")
        if not self._is_backorder_job() or not cron_id:
            return "user"
        woken = (
            self.env["ir.cron.trigger"]
            .sudo()
            .search_count(
                [("cron_id", "=", cron_id), ("call_at", "<=", fields.Datetime.now())], limit=1
            )
        )
        return "stock" if woken else "schedule"

    @api.model
    def _backorder_commit(self, processed=0, remaining=None):
        """Commit and note the progress inside a scheduled action; return the seconds left."""
        if not self._is_backorder_job():
            return float("inf")
        return self.env["ir.cron"]._commit_progress(processed, remaining=remaining)

    @api.model
    def _is_backorder_job(self):
        """Return whether this runs inside a scheduled action, which may commit."""
        return bool(self.env.context.get("ir_cron_progress_id"))

    @api.model
    def _backorder_release_batch(self, orders, plan, run):
        """Release a batch of whole orders: all of them or none.

        A single order that fails is set aside with its error.

        :param list orders: per order, in queue order, what the plan serves: a dict of move id to
            a quantity in the unit of the product
        :param dict plan: the plan the run follows
        :param run: the `backorder.run` to note it in
        :return: `done`, `failed`, or `busy` when somebody else works with that stock
        """
        served = {move_id: quantity for order in orders for move_id, quantity in order.items()}
        moves = self.browse(served)
        try:
            with self.env.cr.savepoint():
                pickings = moves._backorder_lock()._backorder_carry_out(served)
                run._note_released(plan, served, pickings)
        except (LockError, *STALE_ERRORS) as error:
            _logger.info("Back orders are busy, next try soon: %s", error)
            if self._is_backorder_job():
                self.env.cr.rollback()  # only a new transaction sees what changed meanwhile
            return "busy"
        except Exception as error:
            if len(orders) == 1:
                moves._backorder_set_aside(error)
                run._note_failed(plan, served, str(error))
            return "failed"
        return "done"

    def _backorder_set_aside(self, error):
        """Note the error on the moves and leave them out until the next try."""
        _logger.info("Back order %s could not be released", self.ids, exc_info=error)
        retry_date = fields.Datetime.now() + RETRY_DELAY
        self.exists().sudo().write(
            {"backorder_error": str(error), "backorder_retry_date": retry_date}
        )
        self._get_backorder_cron("secondary")._trigger(at=retry_date)

    def _backorder_lock(self):
        """Lock the moves that are still held, and the stock they want.

        :return: the moves of self that are locked and still held
        :raises LockError: when somebody is working with that stock
        """
        moves = self.try_lock_for_update(allow_referencing=True)
        moves.invalidate_recordset(["backorder_held"])
        moves = moves.filtered("backorder_held")
        quants = (
            self.env["stock.quant"]
            .sudo()
            .search(
                Domain("product_id", "in", moves.product_id.ids)
                & Domain("location_id", "child_of", moves.location_id.ids),
                order="id",
            )
        )
        quants.lock_for_update(allow_referencing=True)
        return moves

    # Waking the jobs

    @api.model
    def _backorder_wake(self, process, products, locations):
        """Wake a process when somebody waits for these products in these places.

        One indexed look-up, and none while a release is at work.

        :param str process: `primary` or `secondary`
        :param products: `product.product` that became free
        :param locations: `stock.location` where they lie; demand of any parent location counts
        """
        if not products or not locations or CTX_ALLOWANCE in self.env.context:
            return
        waiting = (
            self._backorder_held_domain()
            & Domain("product_id", "in", products.ids)
            & Domain("location_id", "parent_of", locations.ids)
        )
        if self.sudo().search_count(waiting, limit=1):
            self._get_backorder_cron(process)._trigger()

    # The release

    def _backorder_release(self):
        """Release the held moves of self that the plan serves now, and nothing else.

        :return: the new transfers
        """
        self._backorder_reroute()
        plan = self._backorder_plan(self.product_id)
        served = {
            line.move_id: line.served
            for line in plan.values()
            if line.served > EPSILON and line.move_id in self._ids
        }
        run = self.env["backorder.run"]._start("manual", plan, "user")
        pickings = self.browse(served)._backorder_lock()._backorder_carry_out(served)
        run._note_released(plan, served, pickings)
        run._finish()
        return pickings

    def _backorder_carry_out(self, quantities):
        """Reserve for the held moves of self in their order, and give them transfers.

        Reserve first, through Odoo's own reservation: what it does not give is split off and
        waits on. An order that ships complete is served whole or not at all.

        :param dict quantities: what the plan serves, move id to a quantity in the unit of the
            product: no more is reserved
        :return: the new transfers
        """
        self.sale_line_id._backorder_cap()
        moves = self.filtered("backorder_held").sudo()
        moves = moves.with_context(**{CTX_ALLOWANCE: quantities})
        # Read once for the batch what Odoo would read line by line to recompute the orders.
        moves.sale_line_id.order_id.order_line.invoice_lines.mapped("move_id")
        moves._backorder_leave_receipts()
        moves.write({"backorder_held": False})
        moves._backorder_reserve()
        moves._backorder_free_hostages()
        served = moves.filtered("quantity")
        (moves - served).write({"backorder_held": True})
        served._backorder_split_missing()
        now = fields.Datetime.now()
        served.filtered(lambda move: move.date < now).write({"date": now})
        served.write(
            {
                "backorder_release_date": now,
                "backorder_error": False,
                "backorder_retry_date": False,
            }
        )
        pickings = served._backorder_create_transfers()
        served._backorder_mail_released()
        return pickings.with_env(self.env)

    def _backorder_reserve(self):
        """Reserve through `_action_assign`, without what it repeats for every single move.

        The quants are locked, so they may be looked up once (`quants_cache`); the states are
        written once, at the end of `_action_assign`, instead of after every line
        (`preserve_state`). Both are Odoo's own context keys.
        """
        quants = self.env["stock.quant"]._get_quants_by_products_locations(
            self.product_id, self.location_id
        )
        self.with_context(quants_cache=quants, preserve_state=True)._action_assign()

    def _backorder_free_hostages(self):
        """Unreserve orders that ship complete and did not get everything after all."""
        complete = self.filtered(lambda move: move.sale_line_id.order_id.picking_policy == "one")
        for moves in complete.grouped(lambda move: move.sale_line_id.order_id).values():
            if any(move.state != "assigned" for move in moves):
                moves._do_unreserve()

    def _backorder_create_transfers(self):
        """Give the moves of self new transfers: one per order, never two customers in one.

        One batched create; everything after it is what `_assign_picking` does natively.

        :return: the new transfers
        """
        notes = {}
        # One prefetch for all: what is read for one transfer is read for the batch.
        moves = self.with_context(**{CTX_NOTES: notes}).with_prefetch()
        groups = [
            moves.browse(move.id for move in group).with_prefetch(moves._prefetch_ids)
            for _key, group in groupby(moves, lambda move: move._get_backorder_transfer_key())
        ]
        pickings = self.env["stock.picking"].create(
            [group._prepare_backorder_transfer_vals() for group in groups]
        )
        for picking, group in zip(pickings, groups, strict=True):
            group.write({"picking_id": picking.id})
            group.move_line_ids.write({"picking_id": picking.id})
        for group in groups:
            group._assign_picking_post_process(new=True)
        pickings._backorder_write_notes(notes)
        pickings._check_entire_pack()
        return pickings

    def _get_backorder_transfer_key(self):
        """Return what the moves of one new transfer have in common."""
        self.ensure_one()
        order = self.sale_line_id.order_id
        return (order, self.partner_id, self.company_id, *self._key_assign_picking())

    def _prepare_backorder_transfer_vals(self):
        """Return the values of the new transfer of self: Odoo's own, and what would be lost."""
        origins = self.backorder_origin_id
        origin = min(origins, key=lambda picking: picking.id, default=origins)
        return {
            **self._get_new_picking_values(),
            "backorder_id": origin.id,
            "priority": max(self.mapped("priority")),
            "note": origin.note,
            "owner_id": origin.owner_id.id,
        }
