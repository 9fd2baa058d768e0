import logging
from datetime import timedelta

import psycopg2
from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import INSIDE

_logger = logging.getLogger(__name__)

# How long a line waits for its next try after its first failure, its second, and so on: whatever
# was a moment's fault is over in a minute.
RETRY_DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(days=1),
)
# After so many failures in a row somebody has to look at it.
TELL_AFTER = 3
FAILED_ACTIVITY = "backorder_automation.mail_activity_backorder_failed"
# The database is not there, or takes nothing: that is no fault of the line at hand.
OUTAGES = (psycopg2.InterfaceError, psycopg2.OperationalError)


class BackorderRetryMixin(models.AbstractModel):
    """What becomes of a line whose release failed: its next try, and who is told."""

    _name = "backorder.retry.mixin"
    _description = "Back Order Retry"

    backorder_try_count = fields.Integer(
        string="Failed Tries",
        copy=False,
        readonly=True,
        help="How often the release failed in a row. Each next try waits longer.",
        groups=INSIDE,
    )

    def _backorder_note_failed(self, plan, quantities, run, error):
        """Set a single order aside, and note in the log of the run why and until when.

        :param dict plan: the plan the run follows
        :param dict quantities: what it serves of the order, see `_backorder_release_batch`
        :return: `failed`; `lost` where that could not be noted either: then nobody comes back at
            once, who would only fail again
        """
        try:
            with self.env.cr.savepoint():
                retry_date = self._backorder_set_aside(error)
                text = self._get_backorder_error_text(error)
                run._note_failed(plan, quantities, text, retry_date)
        except Exception as fault:
            if self._is_backorder_outage(fault):
                raise
            _logger.exception("Back order %s failed, which could not be noted", self.ids)
            return "lost"
        return "failed"

    def _backorder_set_aside(self, error):
        """Note the error on the moves and leave them out until the next try.

        In SQL: what failed may be the very writing of these moves.

        :return: when they are tried again
        """
        _logger.info("Back order %s could not be released", self.ids, exc_info=error)
        moves = self.sudo().exists()
        tries = max(moves.mapped("backorder_try_count"), default=0) + 1
        delay = RETRY_DELAYS[min(tries, len(RETRY_DELAYS)) - 1]
        values = {
            "backorder_error": self._get_backorder_error_text(error),
            "backorder_retry_date": fields.Datetime.now() + delay,
            "backorder_try_count": tries,
        }
        moves.flush_recordset(list(values))
        self.env.cr.execute(
            SQL(
                "UPDATE stock_move SET %s WHERE id IN %s",
                SQL(", ").join(SQL("%s = %s", SQL.identifier(k), v) for k, v in values.items()),
                moves._ids or (0,),
            )
        )
        moves.invalidate_recordset(list(values))
        if tries == TELL_AFTER:
            moves._backorder_tell_failed()
        self._backorder_come_back(values["backorder_retry_date"])
        return values["backorder_retry_date"]

    @api.model
    def _get_backorder_error_text(self, error):
        """Return what an exception says, or what it is where it says nothing."""
        try:
            text = str(error) or repr(error)
        except Exception:
            text = type(error).__name__
        return text.replace("\x00", "")  # no text of PostgreSQL holds it

    @api.model
    def _is_backorder_outage(self, error):
        """Return whether the database failed, and not the work: a later try may find it again.

        A query that took too long is the fault of the work, which may be too large for it.
        """
        timed_out = isinstance(error, psycopg2.errors.QueryCanceled)
        return isinstance(error, OUTAGES) and not timed_out

    def _backorder_clear_failure(self):
        """Forget the failures of self, and close what a manager was told of them."""
        failed = self.sudo().filtered(
            lambda move: move.backorder_try_count or move.backorder_retry_date
        )
        if not failed:
            return
        failed.write(
            {
                "backorder_error": False,
                "backorder_retry_date": False,
                "backorder_try_count": 0,
            }
        )
        orders = failed.sale_line_id.order_id
        failing = orders.order_line.move_ids.filtered(
            lambda move: move.backorder_try_count and move.state not in ("done", "cancel")
        )
        over = orders - failing.sale_line_id.order_id
        if over and (activity_type := self._get_backorder_failed_type()):
            over.activity_ids.filtered(
                lambda activity: activity.activity_type_id == activity_type
            ).unlink()

    def _backorder_tell_failed(self):
        """Let a stock manager look at orders whose release fails again and again: once."""
        activity_type = self._get_backorder_failed_type()
        for order, moves in self.grouped("backorder_order_id").items():
            told = order.activity_ids.activity_type_id
            if not order or not activity_type or activity_type in told:
                continue
            try:
                with self.env.cr.savepoint():
                    moves._backorder_schedule_failed(order, activity_type)
            except Exception:
                # Whoever cannot be told reads it on the line and in the log of the run.
                _logger.info("Nobody could be told that %s fails", order, exc_info=True)

    def _backorder_schedule_failed(self, order, activity_type):
        """Write the activity on an order whose lines self fail."""
        user = self._get_backorder_failed_user(order)
        env = order.with_context(lang=user.lang or self.env.lang).env
        note = env._(
            "The release failed %(count)s times: %(error)s",
            count=TELL_AFTER,
            error=self[:1].backorder_error,
        )
        order.with_context(mail_activity_quick_update=True).activity_schedule(
            activity_type_id=activity_type.id,
            summary=env._("A back order cannot be released"),
            note=Markup("<p>%s</p>") % note,
            user_id=user.id,
            automated=True,
        )

    @api.model
    def _get_backorder_failed_user(self, order):
        """Return who looks at an order that cannot be released: a stock manager of its company.

        The salesperson or the team leader where one of them is, else the first; nobody where
        there is none.
        """
        group = self.env.ref("stock.group_stock_manager", raise_if_not_found=False)
        if not group:
            return self.env["res.users"]
        managers = group.sudo().all_user_ids.filtered(
            lambda user: user.active and not user.share and order.company_id in user.company_ids
        )
        near = (order.user_id | order.team_id.user_id) & managers
        users = near | managers.sorted("id")
        return next((user for user in users if order.with_user(user).has_access("read")), users[:0])

    @api.model
    def _get_backorder_failed_type(self):
        """Return the `mail.activity.type` of such activities; none where it was deleted."""
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(FAILED_ACTIVITY, False)
        return self.env["mail.activity.type"].browse(type_id)
