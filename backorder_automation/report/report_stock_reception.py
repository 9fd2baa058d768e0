from odoo import models


class ReportStockReport_Reception(models.AbstractModel):
    _inherit = "report.stock.report_reception"

    def action_assign(self, move_ids, qtys, in_ids):
        """Allocate nobody what the plan gives to those ahead in the queue.

        :param list move_ids: ids of the moves that want the goods
        :param list qtys: how much of each is asked for, in the unit of the product
        :param list in_ids: per move, the ids of the receipts' moves that bring it
        """
        shares = self.env["stock.move"].browse(move_ids)._get_backorder_shares(in_ids)
        moves, given, receipts, cut = [], [], [], self.env["stock.move"]
        for move_id, quantity, ins in zip(move_ids, qtys, in_ids, strict=True):
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
