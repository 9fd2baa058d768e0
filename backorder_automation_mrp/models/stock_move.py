from odoo import api, fields, models

from odoo.addons.backorder_automation.const import EPSILON
from odoo.addons.backorder_automation.work import at_work


class StockMove(models.Model):
    _name = "stock.move"
    _inherit = ["backorder.kit.plan.mixin", "stock.move"]

    backorder_kit_factor = fields.Float(
        string="Quantity in One Kit",
        digits=0,
        copy=False,
        readonly=True,
        help="How much of this component one kit of the order has, in the unit of the component, "
        "as it was when it was ordered.",
    )
    backorder_kit_id = fields.Many2one(
        "product.product",
        string="Kit",
        compute="_compute_backorder_kit_id",
        help="The kit this is a component of.",
    )
    backorder_reason_code = fields.Selection(selection_add=[("kit", "Waits for the kit")])

    def _compute_backorder_kit_id(self):
        for move in self:
            is_component = move._is_backorder_component()
            move.backorder_kit_id = is_component and move.sale_line_id.product_id

    _backorder_kit_index = models.Index(
        "(sale_line_id) WHERE backorder_held AND backorder_kit_factor > 0"
    )
    _backorder_component_index = models.Index(
        "(product_id) WHERE backorder_held AND backorder_kit_factor > 0"
    )

    # CRUD

    @api.model
    def _get_backorder_protected_fields(self):
        return super()._get_backorder_protected_fields() | {"backorder_kit_factor"}

    def copy(self, default=None):
        """Let the proportion follow into copies: next steps and returns."""
        copies = super().copy(default)
        for move, copy in zip(self, copies, strict=True):
            if move.backorder_kit_factor:
                copy.sudo().backorder_kit_factor = move.backorder_kit_factor
        return copies

    # What is a component

    def _is_backorder_component(self):
        """Return whether this move carries a component of a kit that was sold."""
        self.ensure_one()
        return bool(
            self.sale_line_id
            and self.product_id != self.sale_line_id.product_id
            and (self.backorder_kit_factor or self.bom_line_id.sudo().bom_id.type == "phantom")
        )

    def _is_backorder_line_product(self):
        """Let components in: this addon keeps them in proportion."""
        return super()._is_backorder_line_product() or self._is_backorder_component()

    def _get_backorder_kit_key(self):
        """Return what components of the same kits in the same transfer have in common.

        None where the move carries no component.
        """
        self.ensure_one()
        return (self.sale_line_id, self.picking_id) if self._is_backorder_component() else None

    def _get_backorder_bom_name(self):
        """Return the name of the kit whose bill of materials this component stands on."""
        self.ensure_one()
        bom = self.bom_line_id.sudo().bom_id
        return bom.type == "phantom" and (bom.product_id or bom.product_tmpl_id).display_name

    def _get_backorder_whole_kits(self):
        """Return self with the rest of their kits: what is held, or open in the same transfer."""
        components = self.filtered(lambda move: move._is_backorder_component())
        kits = set(components.mapped(lambda move: (move.sale_line_id, move.picking_id)))
        return self | components.sale_line_id.move_ids.filtered(
            lambda move: move._is_backorder_open() and (move.sale_line_id, move.picking_id) in kits
        )

    # Holding

    def _backorder_stamp(self):
        """Note the proportion in which components were ordered: the BoM may change."""
        self._backorder_note_kit_factor()
        return super()._backorder_stamp()

    def _backorder_note_kit_factor(self):
        """Note on components of self how much of them one kit has."""
        fresh = self.filtered(
            lambda move: not move.backorder_kit_factor and move._is_backorder_component()
        )
        for line, moves in fresh.grouped("sale_line_id").items():
            for part in line._get_backorder_kit_parts():
                (part.moves & moves).backorder_kit_factor = part.factor

    def _prepare_backorder_history_vals(self):
        vals = super()._prepare_backorder_history_vals()
        if self.backorder_kit_factor:
            vals["backorder_kit_factor"] = self.backorder_kit_factor
        return vals

    def _prepare_backorder_split_vals(self):
        """Let the proportion follow into parts, back ordered or not."""
        vals = super()._prepare_backorder_split_vals()
        if self.backorder_kit_factor:
            vals["backorder_kit_factor"] = self.backorder_kit_factor
        return vals

    def _backorder_unreserve_unshippable(self):
        """Keep reserved of a kit only what makes whole ones."""
        super()._backorder_unreserve_unshippable()
        self._backorder_keep_whole_kits()

    def _backorder_unreserve_hostages(self):
        """Keep reserved of a kit only what makes whole ones."""
        super()._backorder_unreserve_hostages()
        self._backorder_keep_whole_kits()

    def _backorder_keep_whole_kits(self):
        """Unreserve of the components in self what makes no whole kit with the others."""
        components = self.filtered(lambda move: move._is_backorder_component())
        for line, moves in components.grouped("sale_line_id").items():
            missing = moves | line.move_ids.filtered("backorder_held")
            kit, parts = line._get_backorder_kit(missing)
            reserved = {
                key: sum(move._get_backorder_reserved() for move in part.moves & moves)
                for key, part in parts.items()
            }
            kits = kit.get_most(reserved) if parts else 0
            for key, part in parts.items():
                (part.moves & moves)._backorder_keep_reserved(kit.get_need(key, kits))

    def _backorder_keep_reserved(self, quantity):
        """Unreserve of self what is beyond `quantity`, in the unit of the product."""
        for move in self.filtered("quantity"):
            reserved = move._get_backorder_reserved()
            keep = min(reserved, quantity)
            quantity -= keep
            if reserved - keep > EPSILON:
                move._do_unreserve()
                if keep > EPSILON:
                    at_work(move, allowance={move.id: keep})._action_assign()

    # Waiting transfers

    def _get_backorder_companions(self):
        """Take the whole kit along: a component that is there does not wait alone."""
        return super()._get_backorder_companions() | self._get_backorder_kit_companions()

    def _get_backorder_kit_companions(self):
        """Return what waits in a transfer beside the components in self for the same kits."""
        components = self.filtered(lambda move: move._is_backorder_component())
        pickings = components.picking_id
        return components.sale_line_id.move_ids.filtered(
            lambda move: (
                move.picking_id in pickings
                and not move.picked
                and move._is_backorder_component()
                and move._is_backorder_eligible()
            )
        )

    def _backorder_cancel_short(self):
        """Cancel whole kits: a component that is there is not shipped alone."""
        moves = self | self._get_backorder_kit_companions()
        moves._backorder_keep_whole_kits()
        short = moves.filtered(lambda m: m.product_uom.compare(m._get_backorder_missing(), 0.0) > 0)
        return super(StockMove, short)._backorder_cancel_short()

    # Whole kits in whatever people do with a component

    def _backorder_release(self):
        return super(StockMove, self._get_backorder_whole_kits())._backorder_release()

    def _backorder_give_back(self):
        return super(StockMove, self._get_backorder_whole_kits())._backorder_give_back()

    def action_backorder_resume(self):
        """Let the selected lines take part again, with the rest of their kits."""
        return super(StockMove, self._get_backorder_whole_kits()).action_backorder_resume()

    def action_backorder_drop(self):
        """Ask why whole kits of the selected lines are not to be shipped at all."""
        return super(StockMove, self._get_backorder_whole_kits()).action_backorder_drop()

    def action_backorder_hold_again(self):
        """Ask until when whole kits of the selected lines go back into the queue."""
        return super(StockMove, self._get_backorder_whole_kits()).action_backorder_hold_again()

    def _get_held_ids(self):
        return super(StockMove, self._get_backorder_whole_kits())._get_held_ids()

    def _get_backorder_rule(self):
        """Procure a component as the component it is."""
        rule, values = super()._get_backorder_rule()
        if self.bom_line_id and self._is_backorder_component():
            values = {
                **values,
                "bom_line_id": self.bom_line_id.id,
                "backorder_kit_factor": self.backorder_kit_factor,
            }
        return rule, values

    # Reasons

    def _get_backorder_reason_code(self, line, facts):
        if line.reason in ("kit", "part"):
            return "kit"
        return super()._get_backorder_reason_code(line, facts)

    def _get_backorder_text_kit(self, line, facts):
        """Name the components that are missing."""
        text = ""
        if line.served > EPSILON:
            text = self.env._(
                "%(part)s of %(need)s is free and released with the next run. ",
                part=self.product_id.uom_id.round(line.served),
                need=self.product_id.uom_id.round(line.need),
            )
        lacking = self._get_backorder_lacking(facts)
        if line.reason == "part" or not lacking:
            text += self.env._("What is free is less than a whole kit. ")
            return text + self._get_backorder_expected_text(line)
        names = self._join_backorder_names(lacking)
        return text + self.env._("Waits for %s to complete the kit.", names)

    def _get_backorder_lacking(self, facts):
        """Return the components of the same kit that are missing."""
        return self.sale_line_id.move_ids.filtered(
            lambda move: (
                move.backorder_held
                and move.id in facts.plan
                and facts.plan[move.id].reason not in ("kit", "served")
            )
        ).product_id
