from odoo import fields, models
from odoo.fields import Domain

from ..const import INSIDE


class StockPickingType(models.Model):
    _inherit = "stock.picking.type"

    count_backorder_waiting = fields.Integer(
        string="Back Orders Waiting",
        compute="_compute_backorder_counts",
        help="Back-ordered lines that no transfer carries.",
        groups=INSIDE,
    )
    count_backorder_ready = fields.Integer(
        string="Back Orders Ready",
        compute="_compute_backorder_counts",
        help="Ready transfers that carry back orders.",
        groups=INSIDE,
    )

    def _compute_backorder_counts(self):
        """Count for the types of companies that use back orders; the others cost nothing."""
        types = self.filtered("company_id.backorder_automation")
        (self - types).count_backorder_waiting = 0
        (self - types).count_backorder_ready = 0
        waiting = types._count_backorders("stock.move", types._get_backorder_waiting_domain())
        ready = types._count_backorders("stock.picking", types._get_backorder_ready_domain())
        for picking_type in types:
            picking_type.count_backorder_waiting = waiting.get(picking_type, 0)
            picking_type.count_backorder_ready = ready.get(picking_type, 0)

    def action_view_backorders_waiting(self):
        """Show the back-ordered lines of this type that no transfer carries yet."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["backorder.records"]._get_action(
            "backorder_automation.action_backorder_moves", "stock.move"
        )
        action["domain"] = list(self._get_backorder_waiting_domain())
        action["context"] = {}
        return action

    def action_view_backorders_ready(self):
        """Show the ready transfers of this type that carry back orders."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["backorder.records"]._get_action(
            "stock.action_picking_tree_all", "stock.picking"
        )
        action["domain"] = list(self._get_backorder_ready_domain())
        action["context"] = {}
        return action

    def _get_backorder_waiting_domain(self):
        """Return the domain of the held moves of the types."""
        held = self.env["stock.move"]._backorder_held_domain(self.company_id)
        visible = Domain("backorder_is_visible", "=", True)
        return held & visible & Domain("picking_type_id", "in", self.ids)

    def _get_backorder_ready_domain(self):
        """Return the domain of the ready transfers of the types that carry back orders."""
        return Domain(
            [
                ("is_backordered", "=", True),
                ("state", "=", "assigned"),
                ("picking_type_id", "in", self.ids),
            ]
        )

    def _count_backorders(self, model, domain):
        """Return how many records of a model each type of self has: a dict."""
        if not self:
            return {}
        return dict(self.env[model]._read_group(domain, ["picking_type_id"], ["__count"]))
