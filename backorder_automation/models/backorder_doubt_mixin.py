from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..batch import Batch
from ..const import EPSILON, INSIDE, QUEUE_FIELDS
from ..work import at_work
from .backorder_head_mixin import OPEN_STATES

# Odoo frees what leaves latest first when goods turn out to be used: what nobody has found goes
# before what a customer waits for.
LAST = timedelta(days=36500)


def _get_place(record):
    """Return where the goods of a line or a quant are: (location, lot, package, owner)."""
    return record.location_id, record.lot_id, record.package_id, record.owner_id


class BackorderDoubtMixin(models.AbstractModel):
    """Stock the system has and somebody did not find: nobody is given it until it is counted.

    A move without a transfer reserves it where it is said to be, so it is free for nobody, on any
    path of Odoo's own. It goes nowhere: the forecast is as it was.
    """

    _name = "backorder.doubt.mixin"
    _description = "Stock in Doubt"

    backorder_doubt_id = fields.Many2one(
        "stock.picking",
        string="Not Found for",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups=INSIDE,
        help="The transfer whose shipper did not find these goods. Nobody is given them until they "
        "are counted.",
    )
    backorder_doubt_orders = fields.Integer(
        string="Blocks Orders",
        compute="_compute_backorder_doubt_blocks",
        compute_sudo=True,
        groups=INSIDE,
        help="How many orders wait for these goods.",
    )
    backorder_doubt_value = fields.Monetary(
        string="Worth",
        currency_field="backorder_doubt_currency_id",
        compute="_compute_backorder_doubt_blocks",
        compute_sudo=True,
        groups=INSIDE,
        help="What those orders wait for, at their prices without tax.",
    )
    backorder_doubt_currency_id = fields.Many2one(
        "res.currency",
        string="Currency of the Worth",
        compute="_compute_backorder_doubt_blocks",
        compute_sudo=True,
        groups=INSIDE,
    )
    backorder_doubt_user_id = fields.Many2one(
        "res.users",
        string="Counts",
        compute="_compute_backorder_doubt_user_id",
        compute_sudo=True,
        groups=INSIDE,
    )

    @api.depends("backorder_doubt_id")
    def _compute_backorder_doubt_blocks(self):
        """Sum what waits for the products of self where the goods are, in the company's money."""
        rows = self._fetch_backorder_blocked()
        for move in self:
            blocked = [
                (count, currency._convert(value, move.company_id.currency_id, move.company_id))
                for product_id, source, currency, count, value in rows
                if product_id == move.product_id.id and move.location_id._child_of(source)
            ]
            move.backorder_doubt_currency_id = move.company_id.currency_id
            move.backorder_doubt_orders = sum(count for count, _value in blocked)
            move.backorder_doubt_value = sum(value for _count, value in blocked)

    def _fetch_backorder_blocked(self):
        """Return what waits for the products of self: one query, however many wait.

        :return: (product id, source location, currency, number of orders, worth without tax)
        """
        self.env["stock.move"].flush_model(QUEUE_FIELDS)
        self.env["sale.order.line"].flush_model(["currency_id", "price_reduce_taxexcl"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.product_id, m.location_id, line.currency_id,
                       COUNT(DISTINCT line.order_id),
                       SUM(m.product_qty * line.price_reduce_taxexcl * own.factor / sold.factor)
                  FROM stock_move m
                  JOIN sale_order_line line ON line.id = m.sale_line_id
                  JOIN uom_uom sold ON sold.id = line.product_uom_id
                  JOIN product_product p ON p.id = m.product_id
                  JOIN product_template t ON t.id = p.product_tmpl_id
                  JOIN uom_uom own ON own.id = t.uom_id
                 WHERE m.product_id IN %s AND m.company_id IN %s
                   AND m.backorder_date IS NOT NULL AND m.state IN %s
              GROUP BY m.product_id, m.location_id, line.currency_id
                """,
                self.product_id._ids or (0,),
                self.company_id._ids or (0,),
                OPEN_STATES,
            )
        )
        locations, currencies = self.env["stock.location"], self.env["res.currency"]
        return [
            (product_id, locations.browse(source_id), currencies.browse(currency_id), count, value)
            for product_id, source_id, currency_id, count, value in rows
        ]

    @api.depends("backorder_doubt_id", "move_line_ids")
    def _compute_backorder_doubt_user_id(self):
        for move in self:
            move.backorder_doubt_user_id = move._get_backorder_doubted_quants().user_id[:1]

    def _backorder_doubt(self):
        """Put in doubt what the system has of the short moves of self where they were looked for.

        All that nobody else has reserved there: who found too little left nothing behind.

        :return: the moves that keep it from everybody, one a place, lot, package and owner
        """
        doubts, sent = self.browse(), self._get_backorder_sent_to()
        for move in self:
            move._do_unreserve()
            for place in move._get_backorder_looked_in(move.product_qty, sent[move]):
                doubts |= move._backorder_doubt_place(*place)
        doubts._backorder_request_count()
        return doubts

    def _get_backorder_sent_to(self):
        """Return where the transfers of self send their shippers for the products.

        :return: a dict of move to a list of (location, lot, package, owner)
        """
        sent = defaultdict(dict)
        for line in self.picking_id.move_line_ids:
            sent[line.picking_id, line.product_id][_get_place(line)] = True
        return {move: list(sent[move.picking_id, move.product_id]) for move in self}

    def _get_backorder_looked_in(self, missing, sent):
        """Return where the shipper of the transfer of this move has looked for what is missing.

        Where the transfer sent him; where nothing is left there, as he took that line out, where
        Odoo would send the next one.

        :param float missing: in the unit of the product
        :param sent: see `_get_backorder_sent_to`
        :return: a list of (location, lot, package, owner), where something is free
        """
        self.ensure_one()
        quants, free = self.env["stock.quant"].sudo(), defaultdict(float)
        for quant in quants._gather(self.product_id, self.location_id):
            free[_get_place(quant)] += quant.quantity - quant.reserved_quantity
        places = [place for place in sent if free[place] > EPSILON]
        if not places:
            found = quants._get_reserve_quantity(self.product_id, self.location_id, missing)
            places = list(dict.fromkeys(_get_place(quant) for quant, _taken in found))
        return places

    def _get_backorder_doubtful(self):
        """Return where the system has what a validation now would not ship of each move of self.

        A fixed number of queries, however many lines are short.

        :return: a dict of move to a list of (location, lot, package, owner), see above
        """
        quants, places = self.env["stock.quant"].sudo(), {}
        moves = at_work(self.sudo(), batch=Batch(quants._find_backorder_stock(self)))
        sent = moves._get_backorder_sent_to()
        for move in moves:
            unshipped = move.move_line_ids.filtered(lambda line: line.quantity and not line.picked)
            missing = move.product_uom._compute_quantity(
                move.backorder_short_qty, move.product_id.uom_id, rounding_method="HALF-UP"
            )
            places[move] = list(
                dict.fromkeys(map(_get_place, unshipped))
            ) or move._get_backorder_looked_in(missing, sent[move])
        return places

    def _get_backorder_free_in(self, location, lot, package, owner):
        """Return what is free of the product in exactly this place, in the unit of the product."""
        quants = self.env["stock.quant"].sudo()
        return quants._get_available_quantity(
            self.product_id, location, lot, package, owner, strict=True
        )

    def _backorder_doubt_place(self, location, lot, package, owner):
        """Reserve what is free in one place for nobody; return the move that does."""
        free = self._get_backorder_free_in(location, lot, package, owner)
        if free < EPSILON or location.usage != "internal":
            return self.browse()
        doubt = self.sudo().create(
            {
                "backorder_doubt_id": self.picking_id.id,
                "company_id": self.company_id.id,
                "date": fields.Datetime.now() + LAST,
                "location_dest_id": location.id,
                "location_id": location.id,
                "procure_method": "make_to_stock",
                "product_id": self.product_id.id,
                "product_uom": self.product_id.uom_id.id,
                "product_uom_qty": free,
                "state": "confirmed",
            }
        )
        at_work(doubt, allowance={})._update_reserved_quantity(
            free, location, lot_id=lot, package_id=package, owner_id=owner, strict=True
        )
        doubt._recompute_state()
        return doubt

    def _backorder_request_count(self):
        """Ask for a count of exactly these goods, and tell who counts."""
        for (picking, company), doubts in self.grouped(
            lambda move: (move.backorder_doubt_id, move.company_id)
        ).items():
            user = company.sudo().backorder_count_user_id or picking.user_id or self.env.user
            quants = doubts._get_backorder_doubted_quants()
            request = self.env["stock.request.count"].sudo()
            request.create(
                {
                    "inventory_date": fields.Date.context_today(self),
                    "quant_ids": quants.ids,
                    "user_id": user.id,
                }
            ).action_request_count()
            picking._backorder_log_doubts(doubts, user)

    def _get_backorder_doubted_quants(self):
        """Return the quants of what self keeps from everybody."""
        quants = self.env["stock.quant"].sudo()
        if not self.move_line_ids:
            return quants
        places = {(line.product_id, *_get_place(line)) for line in self.move_line_ids}
        found = quants.search(
            [
                ("product_id", "in", self.product_id.ids),
                ("location_id", "in", self.move_line_ids.location_id.ids),
            ]
        )
        return found.filtered(lambda quant: (quant.product_id, *_get_place(quant)) in places)

    @api.model
    def _get_backorder_doubts(self, companies=None, products=None):
        """Return what is in doubt, of some companies or of all, of some products or of all."""
        domain = Domain("backorder_doubt_id", "!=", False) & Domain(
            "state", "not in", ("done", "cancel")
        )
        if companies is not None:
            domain &= Domain("company_id", "in", companies.ids)
        if products is not None:
            domain &= Domain("product_id", "in", products.ids)
        return self.env["stock.move"].search(domain)

    def _backorder_end_doubt(self):
        """Let everybody have what self keeps: it was counted, or somebody used it."""
        doubts = self.sudo().filtered(
            lambda move: move.backorder_doubt_id and move.state not in ("done", "cancel")
        )
        pickings = doubts.backorder_doubt_id
        doubts._action_cancel()
        left = self.sudo()._get_backorder_doubts().backorder_doubt_id
        (pickings - left)._backorder_close_counts()
        doubts._backorder_wake_rest()

    def _backorder_shrink_doubt(self):
        """Doubt no more what somebody has found and used: less is there now than was doubted."""
        for move in self:
            if move.product_uom.is_zero(move.quantity):
                move._backorder_end_doubt()
            else:
                move.product_uom_qty = move.quantity

    def _prepare_backorder_shortfall_vals(self):
        """Return the values of the lines of the dialog about what self is short of."""
        wanting = self.filtered(
            lambda move: move.company_id.sudo().backorder_default_decision == "not_found"
        )
        places = wanting._get_backorder_doubtful() if wanting else {}
        return [
            {"move_id": move.id, **({"decision": "not_found"} if places.get(move) else {})}
            for move in self
        ]

    def action_backorder_count(self):
        """Open Odoo's count of the goods of these lines.

        :raises AccessError: when the user may not count
        :raises UserError: when they were counted meanwhile
        """
        self.check_access("read")
        self.env["stock.quant"].check_access("write")
        quants = self.sudo()._get_backorder_doubted_quants()
        if not quants:
            raise UserError(self.env._("These goods were counted already."))
        action = self.env["stock.quant"].action_view_inventory()
        action["domain"] = [("id", "in", quants.ids)]
        return action
