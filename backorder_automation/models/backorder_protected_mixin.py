from odoo import api, models
from odoo.exceptions import AccessError

from ..work import HISTORY, History


class BackorderProtectedMixin(models.AbstractModel):
    """Fields that only the back-order processes write: not by hand, and not by a default."""

    _name = "backorder.protected.mixin"
    _description = "Back Order Protection"

    @api.model
    def _get_backorder_protected_fields(self):
        """Return the names of the fields that nobody writes by hand: a frozenset."""
        return frozenset()

    @api.model
    def default_get(self, fields):
        """Take no default for them: a context and an `ir.default` are made by anybody."""
        protected = self._get_backorder_protected_fields()
        return super().default_get([name for name in fields if name not in protected])

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse values that only the back-order processes may set; take over what a split says."""
        protected = self._get_backorder_protected_fields()
        self._check_backorder_protected(
            name for vals in vals_list for name in protected.intersection(vals) if vals[name]
        )
        return super().create([self._unpack_backorder_history(vals) for vals in vals_list])

    def write(self, vals):
        """Refuse values that only the back-order processes may set."""
        self._check_backorder_protected(self._get_backorder_protected_fields().intersection(vals))
        return super().write(vals)

    @api.model
    def _unpack_backorder_history(self, vals):
        """Return values for `create` with the history that a split put into them."""
        history = vals.get(HISTORY)
        if not isinstance(history, History):
            return vals
        return {**history.values, **{name: vals[name] for name in vals if name != HISTORY}}

    @api.model
    def _check_backorder_protected(self, touched):
        """Raise AccessError when somebody sets the truth about back orders by hand.

        :param touched: the names or ids of what is set; nothing is wrong where there is none
        """
        if not self.env.su and any(touched):
            raise AccessError(
                self.env._("Back orders are held and released with their buttons, not by hand.")
            )
