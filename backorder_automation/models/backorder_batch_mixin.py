from odoo import models

from ..work import at_work, work_of


class BackorderBatchMixin(models.AbstractModel):
    """Reserve many moves at once, as Odoo does one by one."""

    _name = "backorder.batch.mixin"
    _description = "Back Order Batch"

    def _backorder_reserve(self):
        """Reserve through `_action_assign`, without what it repeats for every single move.

        The quants are locked, so they are looked up once (`quants_cache`, and the :class:`Batch`);
        the states are written once, at the end of `_action_assign`, instead of after every line
        (`preserve_state`).
        """
        quant = self.env["stock.quant"]
        once = {
            "quants_cache": quant._get_quants_by_products_locations(
                self.product_id, self.location_id
            ),
            "preserve_state": True,
        }
        moves = at_work(self, batch=quant._get_backorder_batch(self))
        moves.with_context(**once)._action_assign()

    def _backorder_leave_lines(self, vals_list):
        """Take the stock of new move lines, and leave the lines to the end of the batch.

        Odoo creates them one by one, because who comes next must find less. That is so when their
        stock is taken; `stock.move.line.create` makes them all as soon as any is created, which
        is at the end of `_action_assign`.

        :param list vals_list: as Odoo would create the lines now
        :return: what is left to create now: nothing
        """
        batch = work_of(self.env).batch
        # What they take is found already: the day until which it has to keep says no more.
        quant = self.env["stock.quant"].with_context(with_expiration=False)
        for vals in vals_list:
            location = self.location_id.browse(vals["location_id"])
            kind = {
                "lot_id": self.env["stock.lot"].browse(vals["lot_id"] or ()),
                "package_id": self.env["stock.package"].browse(vals["package_id"] or ()),
                "owner_id": self.env["res.partner"].browse(vals["owner_id"] or ()),
            }
            quantity = self.product_uom.browse(vals["product_uom_id"])._compute_quantity(
                vals["quantity"], self.product_id.uom_id, rounding_method="HALF-UP"
            )
            quant._update_available_quantity(
                self.product_id, location, reserved_quantity=quantity, **kind
            )
            wanted = quant._get_backorder_wanted(self.product_id, location, **kind)
            batch.leave_line(vals, wanted, quantity)
        return []
