from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .backorder_process_mixin import STALE_ERRORS


class BackorderRouteMixin(models.AbstractModel):
    """Find another way for held demand whose rule, operation type or next place was archived.

    A Pick released into a warehouse that ships in one step by now would leave its goods in
    Output, with no step after it.
    """

    _name = "backorder.route.mixin"
    _description = "Back Order Route"

    @api.model
    def _backorder_reroute_stale(self):
        """Reroute all held demand that has lost its way; set aside what finds no other."""
        lost = self._fetch_backorder_lost_ways()
        if not lost:
            return
        ways = Domain.OR(
            Domain(
                [
                    ("rule_id", "=", rule_id or False),
                    ("picking_type_id", "=", picking_type_id or False),
                    ("location_dest_id", "=", location_id),
                ]
            )
            for rule_id, picking_type_id, location_id in lost
        )
        due = Domain("backorder_retry_date", "=", False)
        due |= Domain("backorder_retry_date", "<=", fields.Datetime.now())
        held = self.sudo().with_context(active_test=False)
        for move in held.search(self._backorder_held_domain() & ways & due).with_env(self.env):
            try:
                with self.env.cr.savepoint():
                    move._backorder_reroute()
            except STALE_ERRORS:
                continue  # somebody works with it: the next run looks again
            except Exception as error:
                move._backorder_set_aside(error)

    @api.model
    def _fetch_backorder_lost_ways(self):
        """Return the ways of held demand a part of which was archived: a step for each way.

        :return: a list of (rule id, operation type id, location id), 0 where there is none
        """
        self.flush_model(["backorder_held", "rule_id", "picking_type_id", "location_dest_id"])
        for name in ("stock.rule", "stock.picking.type", "stock.location"):
            self.env[name].flush_model(["active"])
        way = SQL("COALESCE(rule_id, 0), COALESCE(picking_type_id, 0), location_dest_id")
        return self.env.execute_query(
            SQL(
                """
                  WITH RECURSIVE way(rule_id, picking_type_id, location_id) AS (
                       (SELECT %(way)s FROM stock_move WHERE backorder_held
                      ORDER BY %(way)s LIMIT 1)
                     UNION ALL
                       SELECT next.*
                         FROM way
                   CROSS JOIN LATERAL (
                              SELECT %(way)s FROM stock_move
                               WHERE backorder_held
                                 AND (%(way)s) > (way.rule_id, way.picking_type_id, way.location_id)
                            ORDER BY %(way)s LIMIT 1) next)
                SELECT rule_id, picking_type_id, location_id
                  FROM way
                 WHERE EXISTS (SELECT FROM stock_rule gone
                                WHERE gone.id = way.rule_id AND NOT gone.active)
                    OR EXISTS (SELECT FROM stock_picking_type gone
                                WHERE gone.id = way.picking_type_id AND NOT gone.active)
                    OR EXISTS (SELECT FROM stock_location gone
                                WHERE gone.id = way.location_id AND NOT gone.active)
                """,
                way=way,
            )
        )

    def _backorder_reroute(self):
        """Send held moves of self that have lost their way along the rule that counts today."""
        for move in self.sudo().filtered("backorder_held"):
            way = (move.rule_id, move.picking_type_id, move.location_dest_id)
            if all(part.active for part in way if part):
                continue
            rule, values = move._get_backorder_rule()
            if rule.action in ("pull", "pull_push") and rule.procure_method != "make_to_order":
                move.write(move._prepare_backorder_route_vals(rule))
            else:
                move._backorder_relaunch(values)

    def _get_backorder_rule(self):
        """Return the rule that would serve this demand today, and the procurement values.

        :raises UserError: when there is none
        """
        self.ensure_one()
        line = self.sale_line_id.with_company(self.company_id)
        values = {**line._prepare_procurement_values(), "priority": self.priority}
        rule = self.env["stock.rule"]._get_rule(self.product_id, self.location_final_id, values)
        if not rule or (rule.picking_type_id and not rule.picking_type_id.active):
            raise UserError(
                self.env._(
                    "No rule with an active operation type brings %(product)s to %(location)s.",
                    product=self.product_id.display_name,
                    location=self.location_final_id.display_name,
                )
            )
        return rule, values

    def _prepare_backorder_route_vals(self, rule):
        """Return what the rule decides about a held move; the rest of it stays."""
        picking_type, final = rule.picking_type_id, self.location_final_id
        destination = picking_type.default_location_dest_id
        if rule.location_dest_from_rule:
            destination = rule.location_dest_id
        return {
            "rule_id": rule.id,
            "picking_type_id": picking_type.id,
            "warehouse_id": rule.warehouse_id.id,
            "location_id": rule.location_src_id.id,
            "location_dest_id": (final if final._child_of(destination) else destination).id,
        }

    def _backorder_relaunch(self, values):
        """Leave the demand to Odoo: today's rule buys it, makes it or has it sent directly."""
        line = self.sale_line_id
        procurement = self.env["stock.rule"].Procurement(
            self.product_id,
            self.product_uom_qty,
            self.product_uom,
            self.location_final_id,
            self.product_id.display_name,
            line.order_id.name,
            self.company_id,
            values,
        )
        self._action_cancel()
        self.env["stock.rule"].run([procurement])
        line.order_id.message_post(
            body=self.env._(
                "The back order of %s has a new route and is no longer held.",
                self.product_id.display_name,
            )
        )
