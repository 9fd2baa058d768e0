import logging
from collections import deque
from datetime import timedelta

import psycopg2.errors

from odoo import api, fields, models
from odoo.exceptions import LockError
from odoo.tools import SQL
from odoo.tools.misc import split_every

from ..const import EPSILON, QUEUE_FIELDS
from ..work import work_of
from .backorder_head_mixin import OPEN_STATES

_logger = logging.getLogger(__name__)

BATCH_ORDERS = 100
BUSY_DELAY = timedelta(minutes=1)
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


class BackorderProcessMixin(models.AbstractModel):
    """The two scheduled processes: what wakes them, and how they work through the plan."""

    _name = "backorder.process.mixin"
    _description = "Back Order Processes"

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
        self._backorder_try(self._backorder_mail_changed_dates)
        self._backorder_try(self.env["sale.order"].sudo()._backorder_update_alerts)

    @api.model
    def _backorder_try(self, step):
        """Do what comes after the release; where it fails, what else there is to do goes on.

        Each is committed, and costs no savepoint; outside a scheduled action whoever called is
        told.

        :param step: a method without arguments
        """
        if not self._is_backorder_job():
            step()
            return
        try:
            step()
            self.env.cr.commit()  # pylint: disable=invalid-commit
        except Exception as error:
            if isinstance(error, STALE_ERRORS) or self._is_backorder_outage(error):
                raise
            self.env.cr.rollback()
            _logger.exception("Back orders: %s failed", step.__name__)

    @api.model
    def _get_backorder_cron(self, process):
        """Return the schedule of a process, `primary` or `secondary`; none where it was deleted."""
        cron = self.env.ref(CRONS[process], raise_if_not_found=False)
        return (cron or self.env["ir.cron"]).sudo()

    @api.model
    def _get_backorder_crons(self):
        """Return the schedules of both processes, as far as they were not deleted."""
        return self.env["ir.cron"].union(*map(self._get_backorder_cron, CRONS))

    @api.model
    def _get_backorder_arrived_products(self):
        """Return the products that came in since somebody waits for them, and are still there.

        Read from the done moves, so that what arrived while the job was off is caught up.
        """
        self._backorder_flush()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT wanted.product_id
                  FROM UNNEST(%s::int[]) AS wanted(product_id)
            CROSS JOIN LATERAL (
                       SELECT m.date
                         FROM stock_move m
                         JOIN stock_location dest ON dest.id = m.location_dest_id
                        WHERE m.product_id = wanted.product_id AND m.state = 'done'
                          AND m.is_inventory IS NOT TRUE AND dest.usage = 'internal'
                     ORDER BY m.date DESC LIMIT 1) arrived
                 WHERE EXISTS (
                       SELECT
                         FROM stock_move m
                         JOIN res_company company
                           ON company.id = m.company_id AND company.backorder_automation
                        WHERE m.product_id = wanted.product_id AND m.state IN %s AND %s
                          AND COALESCE(m.backorder_date, m.create_date) <= arrived.date)
                """,
                list(self._fetch_backorder_supplied(is_now=True)),
                OPEN_STATES,
                self._get_backorder_waits_sql(),
            )
        )
        return self.env["product.product"].browse(product_id for (product_id,) in rows)

    @api.model
    def _get_backorder_scheduled_products(self):
        """Return the ids of the products that a schedule releases now; None: of all products."""
        if self._get_backorder_cron("secondary").active:
            return None
        if self._get_backorder_cron("primary").active:
            return set(self._get_backorder_arrived_products().ids)
        return set()

    @api.model
    def _backorder_process(self, process, products=None):
        """Release the orders that the plan serves, in queue order, batch by batch.

        Inside a scheduled action each batch is committed, and the run stops when its time is up
        (the runner calls again) or when somebody asked it to. Outside (a test, a script)
        everything stays in the caller's transaction.

        :param str process: `primary` or `secondary`
        :param products: `product.product` whose queues to serve, all of them when None
        """
        runs = self.env["backorder.run"]
        self._backorder_reroute_stale()
        kept = self._get_backorder_kept_moves(products)
        plan = self._backorder_walk(products, moves=kept, is_now=True)
        self._backorder_note_kept(plan)
        run, size = runs, BATCH_ORDERS
        if self._is_backorder_job():
            run, size = runs._take_up(process, plan, BATCH_ORDERS)
        if not plan and not self._is_backorder_anybody_waiting():
            return
        if run:
            run._go_on(plan)
        else:
            run = runs._start(process, plan, self._get_backorder_woken_by())
        batches = deque(self._get_backorder_batches(plan, size))
        self._backorder_commit(remaining=sum(map(len, batches)))
        outcomes = self._backorder_release_batches(batches, plan, run)
        if not batches:
            self._backorder_hold_lost_again(plan, products)
        if "failed" in outcomes:
            self._backorder_come_back()  # what it leaves is for those behind
        if "busy" in outcomes and not run.stop_requested:
            self._backorder_come_back(fields.Datetime.now() + BUSY_DELAY)
        run._finish(goes_on=bool(batches) and not run.stop_requested)
        self._backorder_commit()

    @api.model
    def _backorder_release_batches(self, batches, plan, run):
        """Release batch after batch, until the time is up or somebody asks to stop.

        :param batches: a deque of batches, see `_get_backorder_batches`; what is not dealt with
            is left in it
        :return: the outcomes, see `_backorder_release_batch`
        """
        outcomes = set()
        while batches and not run.stop_requested:
            batch = batches.popleft()
            outcome = self._backorder_release_batch(batch, plan, run)
            if outcome in ("failed", "busy") and len(batch) > 1:
                batches.extendleft([served] for served in reversed(batch))
                continue
            outcomes.add(outcome)
            if not self._backorder_commit(len(batch)):
                break
        if batches and run.stop_requested:
            self._backorder_commit(remaining=0)
        return outcomes

    @api.model
    def _get_backorder_batches(self, plan, size):
        """Return what the plan serves, in batches of whole orders, in queue order.

        :param int size: how many orders are a batch
        :return: lists of orders, each a dict of move id to a quantity in the unit of the product
        """
        orders = {}
        for line in plan.values():
            if line.served > EPSILON:
                # What no order is behind is on its own.
                key = line.order_id or -line.move_id
                orders.setdefault(key, {})[line.move_id] = line.served
        return list(split_every(size, orders.values(), list))

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
        :return: `done`, `failed`, `lost` where not even that could be noted, or `busy` when
            somebody else works with that stock or with some of the lines
        :raises OperationalError, InterfaceError: when the database is gone, or takes nothing
        """
        served = {move_id: quantity for order in orders for move_id, quantity in order.items()}
        moves = self.browse(served)
        try:
            if self._is_backorder_job():
                moves._backorder_await(None, with_destination=False)
            with self.env.cr.savepoint():
                locked = moves._backorder_lock()
                unpaused = locked.filtered(lambda move: not move.backorder_is_paused)
                pickings = unpaused._backorder_carry_out(served)
                run._note_released(plan, served, pickings)
        except (LockError, *STALE_ERRORS) as error:
            _logger.info("Back orders are busy, next try soon: %s", error)
            if self._is_backorder_job():
                self.env.cr.rollback()  # only a new transaction sees what changed meanwhile
            return "busy"
        except Exception as error:
            if self._is_backorder_outage(error):
                raise  # nothing can be noted now: the runner comes back, see `ir.cron`
            if len(orders) == 1:
                return moves._backorder_note_failed(plan, served, run, error)
            return "failed"
        left = (moves - locked).exists()
        return "busy" if any(move._is_backorder_waiting() for move in left) else "done"

    @api.model
    def _get_backorder_retry_cron(self):
        """Return the schedule that comes back for what is left: the secondary where it is on."""
        secondary = self._get_backorder_cron("secondary")
        return secondary if secondary.active else self._get_backorder_cron("primary")

    @api.model
    def _backorder_come_back(self, *dates):
        """Run the schedule that comes back for what is left: at some dates, or soon.

        Where both schedules were deleted nobody comes back: people release by hand.
        """
        for cron in self._get_backorder_retry_cron():
            cron._trigger(at=dates or None)

    # Waking the jobs

    def _backorder_wake_rest(self):
        """Wake the secondary process: the queue has what self wanted, and orders may be complete.

        :param self: demand that waits no longer, or for less
        """
        moves = self.sudo()
        moves |= moves._get_backorder_held_companions()
        self._backorder_wake("secondary", moves.product_id, moves.location_id)

    @api.model
    def _backorder_wake(self, process, products, locations):
        """Wake a process when somebody waits for these products in these places.

        One indexed look-up, and none while a release is at work.

        :param str process: `primary` or `secondary`
        :param products: `product.product` that became free
        :param locations: `stock.location` where they lie; demand of any parent location counts
        """
        if not products or not locations or work_of(self.env).allowance is not None:
            return
        if self._is_backorder_waited_for(products, locations):
            for cron in self._get_backorder_cron(process):  # none where it was deleted
                cron._trigger()

    @api.model
    def _is_backorder_anybody_waiting(self):
        """Return whether anybody waits for anything where the feature is on: one look-up."""
        companies = self.env["res.company"].sudo().search([("backorder_automation", "=", True)])
        return any(
            self.env.execute_query(
                SQL(
                    "SELECT FROM stock_move m WHERE %s LIMIT 1",
                    self._get_backorder_queue_condition(company),
                )
            )
            for company in companies
        )

    @api.model
    def _is_backorder_waited_for(self, products, locations):
        """Return whether anybody waits for one of these products in one of these places.

        What waits in a transfer is found where the feature is on for its company.
        """
        self.env["stock.move"].flush_model(QUEUE_FIELDS)
        parents = self.env["stock.location"].sudo().search([("id", "parent_of", locations.ids)])
        return bool(
            self.env.execute_query(
                SQL(
                    """
                    SELECT 1
                      FROM stock_move m
                      JOIN res_company company
                        ON company.id = m.company_id AND company.backorder_automation
                     WHERE m.product_id IN %s AND m.location_id IN %s AND %s
                     LIMIT 1
                    """,
                    products._ids,
                    parents._ids,
                    self._get_backorder_waits_sql(),
                )
            )
        )

    def _backorder_wake_paused(self):
        """Wake the secondary process: pausing leaves stock to others, resuming takes it again.

        And once more when the moves of self may be released.
        """
        self._backorder_wake("secondary", self.product_id, self.location_id)
        dates, now = set(self.mapped("backorder_not_before")), fields.Datetime.now()
        if ahead := [date for date in dates if date and date > now]:
            self._backorder_come_back(*ahead)
