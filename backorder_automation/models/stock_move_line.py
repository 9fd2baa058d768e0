from odoo import api, models

from ..work import work_of

# Whoever writes one of these reserves, frees or moves stock.
RESERVING = {
    "location_dest_id",
    "location_id",
    "lot_id",
    "owner_id",
    "package_id",
    "product_uom_id",
    "quant_id",
    "quantity",
}


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Goods added to a done delivery take from held demand; a batch creates what it left."""
        batch = work_of(self.env).batch
        if batch and (left := batch.pop_lines()):
            self.create(left)
        self._backorder_take_turns_of(vals_list)
        lines = super().create(vals_list)
        lines.move_id._backorder_follow_correction(lines.move_id._get_backorder_shipped())
        lines._backorder_wake_corrected()
        return lines

    def write(self, vals):
        """Wake the secondary process when a reservation is lowered; follow a correction."""
        if not RESERVING.isdisjoint(vals):
            self.env["backorder.turn"]._take(self._get_backorder_turns())
        shipped = self.move_id._get_backorder_shipped() if "quantity" in vals else {}
        lowered = raised = self.browse()
        if "quantity" in vals:
            lowered = self.filtered(lambda line: line.quantity > vals["quantity"])
            raised = self.filtered(lambda line: line.quantity < vals["quantity"])
        freed = lowered._get_backorder_unreserved_products()
        res = super().write(vals)
        self.env["stock.move"]._backorder_wake("secondary", *freed)
        raised._backorder_wake_corrected()
        self.move_id._backorder_follow_correction(shipped)
        return res

    def _backorder_wake_corrected(self):
        """Wake the secondary process when more has come in by a corrected, done transfer."""
        done = self.filtered(
            lambda line: line.state == "done" and line.location_dest_id.usage == "internal"
        )
        self.env["stock.move"]._backorder_wake("secondary", done.product_id, done.location_dest_id)

    def unlink(self):
        """Wake the secondary process when a reservation is given up."""
        freed = self._get_backorder_unreserved_products()
        self.env["backorder.turn"]._take(self._get_backorder_turns())
        res = super().unlink()
        self.env["stock.move"]._backorder_wake("secondary", *freed)
        return res

    def _action_done(self):
        """Take the turns of all lines at once, see `backorder.turn`."""
        self.env["backorder.turn"]._take(self._get_backorder_turns())
        return super()._action_done()

    def _get_backorder_turns(self):
        """Return the turns of the lines, see `backorder.turn._take`."""
        places = self.location_id | self.location_dest_id
        return self.env["backorder.turn"]._get_keys(self.product_id, places)

    @api.model
    def _backorder_take_turns_of(self, vals_list):
        """Take the turns of lines that are about to be created.

        :param list vals_list: of `create`
        """
        moves = self.env["stock.move"].browse({v.get("move_id") for v in vals_list} - {None, False})
        product_ids = {vals.get("product_id") for vals in vals_list} - {None, False}
        place_ids = {vals.get("location_id") for vals in vals_list} - {None, False}
        turns = self.env["backorder.turn"]
        products = moves.product_id | self.env["product.product"].browse(product_ids)
        places = moves.location_id | self.env["stock.location"].browse(place_ids)
        turns._take(turns._get_keys(products, places))

    def _get_aggregated_product_quantities(self, **kwargs):
        """Count what leaves later as a back order in the ordered quantity of the slip."""
        lines = super()._get_aggregated_product_quantities(**kwargs)
        if kwargs.get("strict"):
            return lines
        for move in self._get_backorder_slip_moves(**kwargs):
            properties = self._get_aggregated_properties(move=move)
            move_key = properties["line_key"]
            key = next((key for key in lines if key.startswith(move_key)), move_key)
            line = lines.setdefault(
                key,
                {
                    **properties,
                    "quantity": False,
                    "packaging_quantity": 0,
                    "qty_ordered": 0,
                    "packaging_qty_ordered": 0,
                    "product": move.product_id,
                },
            )
            quantity = move.quantity if move.state == "done" else move.product_uom_qty
            line["qty_ordered"] += quantity
            line["packaging_qty_ordered"] += move.product_uom._compute_quantity(
                quantity, move.packaging_uom_id
            )
        return lines

    def _get_backorder_slip_moves(self, **kwargs):
        """Return the back orders that this part of the delivery slip counts as ordered.

        Those in backorders, and backorders of these, are counted by Odoo.

        :param kwargs: of `_get_aggregated_product_quantities`
        """
        counted = following = self.picking_id
        while following := following.backorder_ids - counted:
            counted |= following
        return self.picking_id._get_backorder_behind().filtered(
            lambda move: move.picking_id not in counted
        )

    def _get_backorder_unreserved_products(self):
        """Return the products and locations that get free stock when self is lowered or goes."""
        reserved = self.filtered(
            lambda line: line.quantity and line.location_id.usage == "internal"
        )
        return reserved.product_id, reserved.location_id
