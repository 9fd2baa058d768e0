from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL, format_date, format_datetime

from ..const import EPSILON
from ..supply import Supply

# How many other documents a reason names before it says "and others".
MAX_NAMES = 3


class BackorderReasonMixin(models.AbstractModel):
    """Say in people's words what the plan decided."""

    _name = "backorder.reason.mixin"
    _description = "Back Order Reason"

    def _get_backorder_reasons(self):
        """Return why each held move of self waits.

        :return: a dict of move id to (reason code, text), read from the plan of their queues
        """
        plan = self._backorder_plan(self.product_id)
        before = Supply(self.env, self.product_id.ids or (0,))
        reasons = {}
        for move in self:
            line = plan.get(move.id)
            if not line:
                reasons[move.id] = ("off", self.env._("Back order management is switched off."))
                continue
            code = move._get_backorder_reason_code(line, before)
            text = getattr(move, f"_get_backorder_text_{code}")(line, plan)
            reasons[move.id] = (code, text)
        return reasons

    def _get_backorder_reason_code(self, line, supply):
        """Return the reason code of one held move.

        :param line: its :class:`BackorderPlanLine`
        :param Supply supply: the free stock before anybody is served
        """
        self.ensure_one()
        if line.reason in ("error", "paused", "complete"):
            return line.reason
        if line.reason == "served":
            return "served" if self._is_backorder_scheduled() else "off"
        free = supply.free(line.product_id, line.location_id)
        if free > EPSILON:
            return "ahead" if line.place > 1 or line.served > EPSILON else "unusable"
        if self._get_backorder_reserved_behind():
            return "reserved"
        if line.expected_date:
            return "expected"
        return "elsewhere" if self._get_backorder_elsewhere() else "nothing"

    @api.model
    def _is_backorder_scheduled(self):
        """Return whether any of the two schedules is switched on."""
        return any(self._get_backorder_cron(process).active for process in ("primary", "secondary"))

    # One method a reason: `_get_backorder_text_CODE`

    def _get_backorder_text_served(self, line, plan):
        return self.env._("Stock is free: it is released with the next run.")

    def _get_backorder_text_off(self, line, plan):
        return self.env._("Stock is free, but both back order schedules are switched off.")

    def _get_backorder_text_ahead(self, line, plan):
        ahead = [
            other.order_id
            for other in plan.values()
            if other.product_id == line.product_id
            and other.place < line.place
            and other.served > EPSILON
        ]
        orders = self.env["sale.order"].browse(dict.fromkeys(ahead))
        text = self.env._("Stock is free, but goes to those ahead in the queue")
        if orders:
            text += ": " + self._join_backorder_names(orders)
        if line.served > EPSILON:
            text = self.env._(
                "%(part)s of %(need)s is free and released with the next run",
                part=self.product_id.uom_id.round(line.served),
                need=self.product_id.uom_id.round(line.need),
            )
        return text + ". " + self._get_backorder_expected_text(line)

    def _get_backorder_text_expected(self, line, plan):
        return self.env._("Nothing is free. ") + self._get_backorder_expected_text(line)

    def _get_backorder_text_nothing(self, line, plan):
        return self.env._("Nothing is free and nothing more is ordered.")

    def _get_backorder_text_complete(self, line, plan):
        lacking = self.env["product.product"]
        for other in plan.values():
            if other.order_id == line.order_id:
                lacking |= self.browse(other.move_id)._get_backorder_lacking_product(other)
        if lacking:
            return self.env._(
                "The order ships complete and waits for %s.", self._join_backorder_names(lacking)
            )
        return self.env._("The order ships complete, and others ahead need the same stock.")

    def _get_backorder_text_elsewhere(self, line, plan):
        warehouses = self._get_backorder_elsewhere()
        stock = ", ".join(
            f"{warehouse.name} ({self.product_id.uom_id.round(quantity)})"
            for warehouse, quantity in warehouses.items()
        )
        return self.env._("Stock only in another warehouse: %s.", stock)

    def _get_backorder_text_unusable(self, line, plan):
        return self.env._(
            "Stock is free, but in lots, packages or quantities this line cannot take."
        )

    def _get_backorder_text_reserved(self, line, plan):
        pickings = self._get_backorder_reserved_behind().picking_id
        return self.env._(
            "Reserved by transfers that rank behind: %s. ", self._join_backorder_names(pickings)
        ) + self._get_backorder_expected_text(line)

    def _get_backorder_text_error(self, line, plan):
        return self.env._(
            "Stopped by an error until %(date)s: %(error)s",
            date=format_datetime(self.env, self.backorder_retry_date),
            error=self.backorder_error,
        )

    def _get_backorder_text_paused(self, line, plan):
        if self.backorder_paused:
            reason = self.backorder_pause_reason or self.env._("no reason given")
            return self.env._("Paused: %s", reason)
        return self.env._(
            "Not to be released before %s.", format_date(self.env, self.backorder_not_before)
        )

    # What the texts are made of

    def _get_backorder_expected_text(self, line):
        if not line.expected_date:
            return self.env._("Nothing more is ordered.")
        receipt = self.browse(line.expected_move_id).sudo()
        return self.env._(
            "Next receipt: %(document)s on %(date)s.",
            document=receipt.reference or receipt.display_name,
            date=format_date(self.env, line.expected_date),
        )

    def _get_backorder_lacking_product(self, line):
        """Return the product of self when its own need is not in stock."""
        supply = Supply(self.env, [line.product_id])
        if supply.free(line.product_id, line.location_id) < line.need - EPSILON:
            return self.product_id
        return self.env["product.product"]

    def _get_backorder_elsewhere(self):
        """Return free stock of the product in other warehouses of the company."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.warehouse_id, SUM(q.quantity - q.reserved_quantity)
                  FROM stock_quant q
                  JOIN stock_location l ON l.id = q.location_id AND l.usage = 'internal'
                 WHERE q.product_id = %s AND l.company_id = %s
                   AND l.warehouse_id IS DISTINCT FROM %s AND l.warehouse_id IS NOT NULL
              GROUP BY l.warehouse_id
                HAVING SUM(q.quantity - q.reserved_quantity) > %s
                """,
                self.product_id.id,
                self.company_id.id,
                self.location_id.warehouse_id.id or None,
                EPSILON,
            )
        )
        found = defaultdict(float)
        for warehouse_id, quantity in rows:
            found[self.env["stock.warehouse"].browse(warehouse_id)] += quantity
        return found

    def _get_backorder_reserved_behind(self):
        """Return reserved, unpicked moves that stand behind this one in the queue."""
        donors = self._get_backorder_donors()
        if not donors:
            return donors
        rows = self._fetch_backorder_queue(
            self.company_id,
            self.product_id.ids,
            donors.ids,
            self.company_id.backorder_queue_order,
        )
        queue = [row[0] for row in rows]
        behind = set(queue[queue.index(self.id) + 1 :])
        return donors.filtered(lambda move: move.id in behind)

    def _get_backorder_donors(self):
        """Return the moves whose reservation could be given to this one."""
        self.ensure_one()
        return self.sudo().search(
            [
                ("product_id", "=", self.product_id.id),
                ("company_id", "=", self.company_id.id),
                ("location_id", "child_of", self.location_id.id),
                ("state", "in", ("assigned", "partially_available")),
                ("picked", "=", False),
                ("picking_id.printed", "=", False),
                ("picking_id", "!=", False),
                ("move_orig_ids", "=", False),
                ("quantity", ">", 0),
            ]
        )

    @api.model
    def _join_backorder_names(self, records):
        """Return the first names of the records, and a hint when there are more."""
        names = [record.display_name for record in records[:MAX_NAMES]]
        if len(records) > MAX_NAMES:
            names.append(self.env._("and others"))
        return ", ".join(names)
