from odoo import api, models
from odoo.tools import SQL

from ..const import EPSILON


class BackorderLeakMixin(models.AbstractModel):
    """Find reservations that no transfer has, and mend them.

    Nobody makes any while the feature is on; these are from before, or from elsewhere.
    """

    _name = "backorder.leak.mixin"
    _description = "Lost Reservations"

    def action_mend(self):
        """Mend what no transfer has reserved, or has and is not reserved; look again afterwards."""
        self.env["stock.picking"]._check_backorder_manager()
        self.check_access("read")
        turns = self.env["backorder.turn"]
        turns._await(
            "backorder.check.action_mend", lambda: self._get_leak_turns(self.env.companies)
        )
        self._mend(self.env.companies, "user")
        return self.action_check()

    @api.autovacuum
    def _mend_nightly(self):
        """Mend every night, for the companies that want it."""
        companies = (
            self.env["res.company"]
            .sudo()
            .search([("backorder_automation", "=", True), ("backorder_mend_nightly", "=", True)])
        )
        if companies:
            self._mend(companies, "schedule")

    @api.model
    def _mend(self, companies, woken_by):
        """Set reservations to what the transfers have, and note it in the log of runs.

        With Odoo's own repair, which looks at all companies.

        :param companies: `res.company` records whose places are looked at
        :param str woken_by: `user` or `schedule`
        :return: the `backorder.run`; none where there was nothing to mend
        """
        found = self.sudo()._find_leaked(companies)
        runs = self.env["backorder.run"]
        if not found:
            return runs
        self.env["backorder.turn"]._take(self._get_leak_turns(companies))
        quants = self.env["stock.quant"].sudo()
        quants._merge_quants()
        quants._clean_reservations()
        run = runs._start("mend", {}, woken_by)
        run.write(
            {
                "company_ids": companies.ids,
                "mended": "\n".join(self._get_leak_text(finding) for finding in found),
            }
        )
        run._finish()
        return run

    @api.model
    def _get_leak_text(self, finding):
        """Return a finding in a sentence.

        :param dict finding: one of `_find_leaked`
        """
        return self.env._(
            "%(product)s in %(place)s: %(detail)s",
            product=self.env["product.product"].sudo().browse(finding["product_id"]).display_name,
            place=self.env["stock.location"].sudo().browse(finding["location_id"]).display_name,
            detail=finding["detail"],
        )

    @api.model
    def _get_leak_turns(self, companies):
        """Return the turns of what is to be mended, see `backorder.turn._take`."""
        turns, keys = self.env["backorder.turn"], set()
        for finding in self.sudo()._find_leaked(companies):
            product = self.env["product.product"].browse(finding["product_id"])
            place = self.env["stock.location"].browse(finding["location_id"])
            keys |= turns._get_keys(product, place)
        return keys

    @api.model
    def _find_leaked(self, companies):
        """Places where what is reserved is not what the lines of transfers have reserved there."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT side.product_id, side.location_id, SUM(side.reserved), SUM(side.lines)
                  FROM (SELECT product_id, location_id, lot_id, package_id, owner_id,
                               reserved_quantity AS reserved, 0 AS lines
                          FROM stock_quant WHERE reserved_quantity <> 0
                     UNION ALL
                        SELECT l.product_id, l.location_id, l.lot_id, l.package_id, l.owner_id,
                               0, l.quantity_product_uom
                          FROM stock_move_line l
                          JOIN product_product p ON p.id = l.product_id
                          JOIN product_template t ON t.id = p.product_tmpl_id AND t.is_storable
                         WHERE l.state IN
                               ('assigned', 'partially_available', 'waiting', 'confirmed')) side
                  JOIN stock_location place ON place.id = side.location_id
                   AND place.usage IN ('internal', 'transit')
                   AND COALESCE(place.company_id, 0) IN %s
              GROUP BY side.product_id, side.location_id, side.lot_id, side.package_id,
                       side.owner_id
                HAVING ABS(SUM(side.reserved) - SUM(side.lines)) > %s
              ORDER BY side.product_id, side.location_id
                """,
                (0, *companies.ids),
                EPSILON,
            )
        )
        return [
            {
                "kind": "leaked",
                "product_id": product_id,
                "location_id": location_id,
                "detail": self.env._(
                    "Reserved %(reserved)s, the transfers have %(lines)s",
                    reserved=float(reserved),
                    lines=float(lines),
                ),
            }
            for product_id, location_id, reserved, lines in rows
        ]
