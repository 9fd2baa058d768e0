from odoo import fields, models

from odoo.addons.backorder_automation.promise import get_day
from odoo.addons.backorder_automation.texts import format_short_day
from odoo.addons.backorder_automation.work import at_work

from .website import REACH


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _get_backorder_shop_text(self, website):
        """Return what the shop says of a product that is sold out: text, empty for nothing.

        What may be ordered all the same is on back order. A date that has passed is none.
        """
        self.ensure_one()
        date = self._get_backorder_shop_date(website)
        day = date and format_short_day(self.env, date)
        if not self.allow_out_of_stock_order:
            return self.env._("Expected again: %s", day) if day else ""
        if day:
            return self.env._("On back order, ships by %s", day)
        is_on = website.company_id.sudo().backorder_automation
        return self.env._("On back order, no date known yet") if is_on else ""

    def _get_backorder_shop_date(self, website):
        """Return when an order of now would get any of it, as planned; None when nobody knows."""
        product = self.sudo().with_context(warehouse_id=website.warehouse_id.id)
        product = at_work(product, reach=REACH)
        date = product._get_backorder_next_dates().get(product)
        zone = self.env.tz
        is_ahead = date and get_day(date, zone) >= get_day(fields.Datetime.now(), zone)
        return date if is_ahead else None
