from markupsafe import Markup

from odoo import api, fields, models

from ..const import INSIDE
from ..readers import read_arrivals
from ..texts import format_day, format_goods

# Odoo's note on a transfer, from what it was created.
ORIGIN_NOTE = "mail.message_origin_link"


class BackorderPastMixin(models.AbstractModel):
    """What a released transfer says about itself."""

    _name = "backorder.past.mixin"
    _description = "Notes on Released Transfers"

    backorder_badge = fields.Char(
        string="Back Order",
        compute="_compute_backorder_badge",
        compute_sudo=True,
        groups=INSIDE,
        help="Says of a transfer that it carries what was back ordered.",
    )

    @api.depends("move_ids.backorder_release_date", "company_id.backorder_automation")
    @api.depends_context("lang")
    def _compute_backorder_badge(self):
        """Ask once for all: a page of transfers may have thousands of lines."""
        managed = self.filtered("company_id.backorder_automation")
        carriers = {
            picking
            for (picking,) in self.env["stock.move"]._read_group(
                [("picking_id", "in", managed.ids), ("backorder_release_date", "!=", False)],
                ["picking_id"],
            )
        }
        for picking in self:
            picking.backorder_badge = picking._origin in carriers and self.env._("Back order")

    def _backorder_write_origin_notes(self):
        """Write on each new transfer where it comes from, and since when its lines wait.

        Odoo posts the first one by one. Whoever acts reads it in their language; what a schedule
        did is told in that of the company.
        """
        self.env["stock.move"]._backorder_flush()
        arrivals = read_arrivals(self.env, self.move_ids.ids)
        for company, pickings in self.grouped("company_id").items():
            address = company.sudo().partner_id
            pickings = pickings.with_context(
                lang=self.env.lang or address.lang,
                tz=self.env.context.get("tz") or self.env.user.tz or address.tz,
            )
            pickings._message_log_batch(
                {
                    picking.id: picking._get_backorder_origin()
                    + picking._get_backorder_past(arrivals)
                    for picking in pickings
                }
            )

    def _get_backorder_origin(self):
        """Return Odoo's note about the order a transfer comes from, as HTML."""
        self.ensure_one()
        values = {"self": self, "origin": self.move_ids.sale_line_id.order_id}
        render = self.env["mail.render.mixin"]._render_template_qweb_view
        return render(ORIGIN_NOTE, self._name, self.ids, add_context=values)[self.id]

    def _get_backorder_past(self, arrivals):
        """Return when each line became a back order and what brought its goods, as HTML.

        :param dict arrivals: see `read_arrivals`
        """
        items = Markup("").join(
            Markup("<li>%s</li>") % self._get_backorder_line_past(move, arrivals)
            for move in self.move_ids
        )
        return Markup("<ul>%s</ul>") % items

    @api.model
    def _get_backorder_line_past(self, move, arrivals):
        """Return when a line became a back order, and what brought its goods where it is sure."""
        values = {
            "goods": format_goods(
                self.env, move.product_uom_qty, move.product_uom, move.product_id
            ),
            "day": format_day(self.env, move.backorder_date),
        }
        if transfers := self._get_backorder_brought_by(move, arrivals):
            return self.env._(
                "%(goods)s back ordered on %(day)s, stock came with %(transfers)s",
                transfers=transfers,
                **values,
            )
        return self.env._("%(goods)s back ordered on %(day)s", **values)

    @api.model
    def _get_backorder_brought_by(self, move, arrivals):
        """Return what brought all that a line has reserved since it waits, as HTML; or nothing."""
        found = [
            arrivals.get((line.product_id.id, line.location_id.id, line.lot_id.id or None))
            for line in move.move_line_ids
        ]
        if not all(arrival and arrival[0] >= move.backorder_date for arrival in found):
            return Markup("")
        names = (
            self.browse(picking_id)._get_html_link() if picking_id else reference
            for picking_id, reference in dict.fromkeys(arrival[1:] for arrival in found)
        )
        return Markup(", ").join(names)
