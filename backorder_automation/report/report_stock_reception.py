from odoo import models


class ReportStockReport_Reception(models.AbstractModel):
    _inherit = "report.stock.report_reception"

    def action_assign(self, move_ids, qtys, in_ids):
        """Allocate nobody what the plan gives to those ahead in the queue.

        :param list move_ids: ids of the moves that want the goods
        :param list qtys: how much of each is asked for, in the unit of the product
        :param list in_ids: per move, the id or the ids of the receipts' moves that bring it
        """
        none = self.env["stock.move"]
        # Paired as Odoo does, which passes over what is more on one side.
        asked = list(zip(move_ids, qtys, in_ids, strict=False))
        none.browse(move_id for move_id, *_rest in asked).check_access("read")
        shares = none.browse(move_id for move_id, *_rest in asked)._get_backorder_shares(
            [none.browse(ins)._ids for *_rest, ins in asked]
        )
        moves, given, receipts, cut = [], [], [], none
        for move_id, quantity, ins in asked:
            move = cut.browse(move_id)
            unit = move.product_id.uom_id
            share = min(quantity, shares.get(move_id, quantity))
            if unit.compare(share, quantity) < 0:
                cut |= move
            if unit.compare(share, 0.0) > 0:
                moves.append(move_id)
                given.append(share)
                receipts.append(ins)
        self._backorder_tell_cut(cut)
        return super().action_assign(moves, given, receipts)

    def _backorder_tell_cut(self, moves):
        """Tell the user who was allocated less than asked for, because others are ahead."""
        if not moves:
            return
        documents = ", ".join(sorted(set(moves.mapped("reference"))))
        self.env.user._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "sticky": True,
                "message": self.env._(
                    "Others are ahead in the queue of back orders: %(documents)s got only what "
                    "they leave. A stock manager may Take Anyway on the transfer.",
                    documents=documents,
                ),
            },
        )
