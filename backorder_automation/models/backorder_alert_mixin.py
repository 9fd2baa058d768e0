from collections import defaultdict

import pytz
from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import EPSILON, INSIDE
from ..promise import PROMISE_SQL, get_day, get_zone, is_late
from ..texts import format_day

ALERTS = {
    "promise": "backorder_automation.mail_activity_backorder_promise",
    "nothing": "backorder_automation.mail_activity_backorder_nothing",
    "age": "backorder_automation.mail_activity_backorder_age",
}


class BackorderAlertMixin(models.AbstractModel):
    """Activities on sales orders whose back orders somebody should look after.

    One for each order and kind, written by the secondary process from one plan for all. It closes
    by itself when its cause is gone. Somebody may close it earlier: the order remembers what it
    was said, and says it again only when the cause was gone in between.
    """

    _name = "backorder.alert.mixin"
    _description = "Back Order Activities"

    backorder_alerts = fields.Char(
        copy=False,
        readonly=True,
        help="What its people were told: keys of `ALERTS`.",
        groups=INSIDE,
    )

    @api.model
    def _backorder_update_alerts(self, plan=None):
        """Write activities about what became wrong, and close those about what came right.

        :param dict plan: the plan of all held demand when the caller knows it, else it is made
        """
        wrong = self._find_backorder_alerts(plan)
        products = self.env["product.product"].browse(
            {line.product_id for lines in wrong.values() for line in lines}
        )
        now = defaultdict(set)
        for order_id, kind in wrong:
            now[order_id].add(kind)
        orders = self.browse(now) | self.search([("backorder_alerts", "!=", False)])
        changed = orders.filtered(lambda order: order._get_backorder_told() != now[order.id])
        # No mail to the assigned users: these activities come and go by themselves.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                order._prepare_backorder_alert_vals(kind, wrong[order.id, kind], products)
                for order in changed
                for kind in sorted(now[order.id] - order._get_backorder_told())
            ]
        )
        for kind in ALERTS:
            over = changed.filtered(lambda o, k=kind: k in o._get_backorder_told() - now[o.id])
            # As Odoo does with activities of its own: a message on every order would cost more
            # than its release.
            over._get_backorder_activities([kind]).unlink()
        for alerts, group in changed.grouped(lambda o: " ".join(sorted(now[o.id]))).items():
            group.backorder_alerts = alerts or False
        (orders - changed)._backorder_rewrite_alerts(wrong, products)

    def _get_backorder_told(self):
        """Return what the people of the order were told: a set of keys of `ALERTS`."""
        self.ensure_one()
        return set((self.backorder_alerts or "").split())

    @api.model
    def _find_backorder_alerts(self, plan=None):
        """Return what is wrong: a dict of (order id, key of `ALERTS`) to plan lines."""
        companies = self.env["res.company"].search([("backorder_automation", "=", True)])
        wanted = {company.id: company._get_backorder_alerts() for company in companies}
        companies = companies.filtered(lambda company: wanted[company.id])
        if not companies:
            return {}
        if plan is None:
            plan = self.env["stock.move"]._backorder_plan(company=companies)
        dates = self._read_backorder_alert_dates(companies) if plan else {}
        wrong, now = defaultdict(list), fields.Datetime.now()
        for line in plan.values():
            if line.move_id in dates:
                company_id, promised, since, zone = dates[line.move_id]
                age = (get_day(now, zone) - get_day(since, zone)).days
                kinds = self._get_backorder_alert_kinds(line, promised, zone)
                for kind, limit in wanted[company_id].items():
                    if age > limit if kind == "age" else kind in kinds:
                        wrong[line.order_id, kind].append(line)
        gone = {kind for kind in ALERTS if not self._get_backorder_alert_type(kind)}
        for key in [key for key in wrong if key[1] in gone]:
            del wrong[key]
        return wrong

    @api.model
    def _get_backorder_alert_kinds(self, line, promised, zone=pytz.utc):
        """Return what is wrong with the supply of a plan line: a set of keys of `ALERTS`.

        Nothing where stock covers it, used now or not, where somebody paused it, or where the
        product has no stock any more. A promise is not covered when the line is late, or nobody
        knows when all of it comes.

        :param promised: the promised date, None where nothing was promised
        :param zone: the time zone of whoever is told
        """
        lacking = line.need - line.served - line.idle
        if line.reason in ("paused", "untracked") or lacking <= EPSILON:
            return set()
        kinds = {"nothing"} if line.missing > EPSILON else set()
        if promised and (not line.expected_date or is_late(promised, line.expected_date, zone)):
            kinds.add("promise")
        return kinds

    @api.model
    def _read_backorder_alert_dates(self, companies):
        """Return what the activities need to know of the back orders that wait.

        The time zone is the one of the salesperson, who is told.

        :return: {move id: (company id, promised date, back ordered on, time zone)}
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT held.id, so.user_id, held.company_id, %s, held.backorder_date
                  FROM stock_move held
                  JOIN sale_order_line line ON line.id = held.sale_line_id
                  JOIN sale_order so ON so.id = line.order_id
                  JOIN res_company company ON company.id = so.company_id
                 WHERE held.backorder_date IS NOT NULL AND held.company_id IN %s
                   AND (held.backorder_held OR held.state IN ('confirmed', 'partially_available'))
                """,
                PROMISE_SQL,
                companies._ids,
            )
        )
        users = self.env["res.users"].browse({row[1] for row in rows if row[1]})
        zones = {user.id: get_zone(user.tz) for user in users}
        return {
            move_id: (*values, zones.get(user_id, pytz.utc)) for move_id, user_id, *values in rows
        }

    def _prepare_backorder_alert_vals(self, kind, lines, products):
        """Return the values of the activity about the order.

        :param str kind: a key of `ALERTS`
        :param list lines: the plan lines it is about
        :param products: all `product.product` of the sweep, read together
        """
        self.ensure_one()
        user = self._get_backorder_alert_user(kind, lines)
        order = self.with_context(lang=user.lang or self.env.lang)
        activity_type = order._get_backorder_alert_type(kind)
        return {
            "activity_type_id": activity_type.id,
            "automated": True,
            "date_deadline": fields.Date.context_today(self),
            "note": self._get_backorder_alert_note(user, lines, products),
            "res_id": self.id,
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "summary": activity_type.summary,
            "user_id": user.id,
        }

    def _get_backorder_alert_note(self, user, lines, products):
        """Return what plan lines are short of as a list, in the language of the user."""
        products = products.with_context(lang=user.lang or self.env.lang)
        items = Markup("").join(
            Markup("<li>%s</li>") % self._get_backorder_alert_text(line, products) for line in lines
        )
        return Markup("<ul>%s</ul>") % items

    @api.model
    def _get_backorder_alert_text(self, line, products):
        """Return what one plan line is short of, and when it is there."""
        product = products.browse(line.product_id).with_prefetch(products._ids)
        quantity = product.uom_id.round(line.need - line.served - line.idle)
        values = {
            "product": product.display_name,
            "quantity": f"{quantity:g}",
            "unit": product.uom_id.name,
        }
        if not line.expected_date:
            return products.env._(
                "%(product)s: %(quantity)s %(unit)s, nothing more is ordered", **values
            )
        values["date"] = format_day(products.env, line.expected_date)
        if line.wish:
            return products.env._(
                "%(product)s: %(quantity)s %(unit)s, expected on %(date)s, but that is a wish: "
                "%(document)s is not confirmed yet",
                document=line.wish,
                **values,
            )
        return products.env._("%(product)s: %(quantity)s %(unit)s, expected on %(date)s", **values)

    def _backorder_tell_lost(self, held, cause):
        """Tell the order and its salesperson that what was released waits again.

        :param held: the held `stock.move` records
        :param str cause: why, a sentence
        """
        self.ensure_one()
        quantities = [(move, move.product_uom_qty) for move in held]
        body = self.env._("%(cause)s It waits again:", cause=cause)
        body += self.env["stock.picking"]._get_backorder_list(quantities)
        self.message_post(body=body)
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_warning",
            note=body,
            summary=self.env._("A back order lost its goods"),
            user_id=(self.user_id or self.team_id.user_id or self.env.user).id,
        )

    def _get_backorder_alert_user(self, kind, lines):
        """Return whom it concerns: the salesperson, and for what is not ordered the buyer.

        The buyer is the responsible of the first product, if he may see the order. Nobody where
        the order has no salesperson: then it only stands in the order.
        """
        if kind == "nothing":
            products = self.env["product.product"].browse(line.product_id for line in lines)
            for user in products.with_company(self.company_id).responsible_id:
                if user.active and self.with_user(user).has_access("read"):
                    return user
        return self.user_id or self.team_id.user_id

    def _backorder_rewrite_alerts(self, wrong, products):
        """Keep the quantities and dates true in the activities whose cause lasts.

        :param dict wrong: see `_find_backorder_alerts`
        :param products: all `product.product` in there
        """
        kinds = {self._get_backorder_alert_type(kind): kind for kind in ALERTS}
        for activity in self._get_backorder_activities(ALERTS).filtered("automated"):
            order, kind = self.browse(activity.res_id), kinds[activity.activity_type_id]
            lines = wrong[order.id, kind]
            note = order._get_backorder_alert_note(activity.user_id, lines, products)
            if activity.note != note:
                activity.note = note

    def _get_backorder_activities(self, kinds):
        """Return the open activities of some kinds on the orders."""
        types = self.env["mail.activity.type"].union(*map(self._get_backorder_alert_type, kinds))
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "in", types.ids),
            ]
        )

    @api.model
    def _get_backorder_alert_type(self, kind):
        """Return the `mail.activity.type` of a key of `ALERTS`, without a query.

        None where it was deleted: then nobody is told until it is made anew.
        """
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(ALERTS[kind], False)
        return self.env["mail.activity.type"].browse(type_id)
