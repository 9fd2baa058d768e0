from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models

from ..const import INSIDE
from ..texts import format_day
from .backorder_portal_mixin import WISH_ACTIVITY

ALERTS = {
    "promise": "backorder_automation.mail_activity_backorder_promise",
    "nothing": "backorder_automation.mail_activity_backorder_nothing",
    "age": "backorder_automation.mail_activity_backorder_age",
}
LOST_ACTIVITY = "backorder_automation.mail_activity_backorder_lost"


class BackorderAlertMixin(models.AbstractModel):
    """Activities on sales orders whose back orders somebody should look after.

    One for each order and kind, written by the secondary process, to each person no more than
    they can look after. It closes
    by itself when its cause is gone. Somebody may close it earlier: the order remembers what it
    was said, and says it again only when the cause was gone in between.
    """

    _name = "backorder.alert.mixin"
    _inherit = ["backorder.alert.query.mixin"]
    _description = "Back Order Activities"

    backorder_alerts = fields.Char(
        string="Back Order Activities Told",
        copy=False,
        readonly=True,
        help="What its people were told: keys of `ALERTS`.",
        groups=INSIDE,
    )
    backorder_alert_digest = fields.Char(
        string="What Back Order Activities Say",
        copy=False,
        readonly=True,
        help="What the activities say: where it differs from what is true they are written anew.",
        groups=INSIDE,
    )

    @api.model
    def _backorder_update_alerts(self):
        """Write activities about what became wrong, and close those about what came right."""
        companies = self.env["res.company"].search([("backorder_automation", "=", True)])
        kinds = [kind for kind in ALERTS if self._get_backorder_alert_type(kind)]
        wanted = companies.filtered(lambda company: company._get_backorder_alerts())
        plan = self.env["stock.move"]._backorder_walk(company=wanted) if wanted else {}
        changes = self._fetch_backorder_alert_changes(kinds, plan, companies)
        lines = self._fetch_backorder_alert_lines(
            {order_id for order_id, _kind, change, _digest in changes if change != "over"},
            kinds,
            plan,
            companies,
        )
        by_change = defaultdict(lambda: defaultdict(list))
        for order_id, kind, change, _digest in changes:
            by_change[change][kind].append(order_id)
        self._backorder_write_alerts(by_change["new"], lines)
        for kind, order_ids in by_change["over"].items():
            # As Odoo does with activities of its own: a message on every order would cost more
            # than its release.
            self.browse(order_ids)._get_backorder_activities([kind]).unlink()
        self._backorder_rewrite_alerts(by_change["changed"], lines)
        self._backorder_note_told(changes)

    @api.model
    def _backorder_write_alerts(self, order_ids, lines):
        """Write new activities.

        :param dict order_ids: kind to the ids of the orders
        :param dict lines: (order id, kind) to its `AlertLine`
        """
        products = self._get_backorder_alert_products(lines)
        # No mail to the assigned users: these activities come and go by themselves.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                order._prepare_backorder_alert_vals(kind, lines[order.id, kind], products)
                for kind in sorted(order_ids)
                for order in self.browse(order_ids[kind])
            ]
        )

    @api.model
    def _backorder_note_told(self, changes):
        """Remember on the orders what their people are told by now, and what of."""
        told = defaultdict(dict)
        for order_id, kind, change, digest in changes:
            told[order_id][kind] = change
            told[order_id]["digest"] = digest
        for order in self.browse(told):
            kinds = order._get_backorder_told()
            digest = told[order.id].pop("digest")
            for kind, change in told[order.id].items():
                (kinds.discard if change == "over" else kinds.add)(kind)
            order.backorder_alerts = " ".join(sorted(kinds)) or False
            order.backorder_alert_digest = digest if kinds else False

    def _get_backorder_told(self):
        """Return what the people of the order were told: a set of keys of `ALERTS`."""
        self.ensure_one()
        return set((self.backorder_alerts or "").split())

    @api.model
    def _get_backorder_alert_products(self, lines):
        """Return all `product.product` of some lines, read together."""
        return self.env["product.product"].browse(
            {line.product_id for group in lines.values() for line in group}
        )

    def _prepare_backorder_alert_vals(self, kind, lines, products):
        """Return the values of the activity about the order.

        :param str kind: a key of `ALERTS`
        :param list lines: the :class:`AlertLine` it is about
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
        quantity = product.uom_id.round(line.lacking)
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
            LOST_ACTIVITY,
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

    @api.model
    def _backorder_rewrite_alerts(self, order_ids, lines):
        """Keep the quantities and dates true in the activities whose cause lasts.

        :param dict order_ids: kind to the ids of the orders
        :param dict lines: (order id, kind) to its `AlertLine`
        """
        products = self._get_backorder_alert_products(lines)
        for kind, ids in order_ids.items():
            activities = self.browse(ids)._get_backorder_activities([kind])
            for activity in activities.filtered("automated"):
                order = self.browse(activity.res_id)
                note = order._get_backorder_alert_note(
                    activity.user_id, lines[order.id, kind], products
                )
                if activity.note != note:
                    activity.note = note

    def _backorder_close_alerts(self):
        """Close at once the activities of the orders of self about what does not wait any more."""
        waiting = self.order_line.move_ids.filtered(
            lambda move: move.backorder_date and move._is_backorder_waiting()
        )
        idle = self - waiting.sale_line_id.order_id
        settled = idle.filtered(lambda order: not order.is_backordered)
        settled.activity_unlink([WISH_ACTIVITY])
        idle.activity_unlink([*ALERTS.values(), LOST_ACTIVITY])
        idle.filtered("backorder_alerts").write(
            {"backorder_alerts": False, "backorder_alert_digest": False}
        )

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
