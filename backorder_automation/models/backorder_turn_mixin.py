from odoo import models


class BackorderTurnMixin(models.AbstractModel):
    """Wait for the turn of the products a document is about, before anything is done with it."""

    _name = "backorder.turn.mixin"
    _description = "Back Order Turns of a Document"

    def _get_backorder_turn_moves(self):
        """Return the `stock.move` records of the documents."""
        return self.move_ids

    def _get_backorder_turns(self, with_destination=True):
        """Return the turns of the documents, see `backorder.turn._take`.

        :param bool with_destination: also where the goods go, and not only where they lie
        """
        moves = self.sudo()._get_backorder_turn_moves()
        moves = moves.filtered(lambda move: move.state not in ("done", "cancel"))
        if not moves:
            return set()
        places = moves.location_id | moves.move_line_ids.location_id
        if with_destination:
            places |= moves.location_dest_id | moves.move_line_ids.location_dest_id
        return self.env["backorder.turn"]._get_keys(moves.product_id, places)

    def _backorder_await(self, verb, with_destination=True, if_free=False):
        """Take the turns of the documents, as the first thing of a verb people ask for.

        :param str verb: the method that was asked for; None in a job
        :param bool if_free: only of products of which anything is free
        """
        self.env["backorder.turn"]._await(
            verb and f"{self._name}.{verb}",
            lambda: self.exists()._get_backorder_turns(with_destination),
            if_free,
        )
