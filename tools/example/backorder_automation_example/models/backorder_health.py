from odoo import api, models
from odoo.tools.translate import LazyTranslate

from odoo.addons.backorder_automation.health import RecordsCheck

_lt = LazyTranslate(__name__)


class Nameless(RecordsCheck):
    """A check is a class: the records that are wrong, and what it says to people."""

    key, name = "nameless", _lt("Held without a reference")
    text = _lt("%s back orders belong to orders without a customer reference.")

    def domain(self):
        """Return the domain of what is held for orders that name no reference."""
        held = self.env["stock.move"]._backorder_held_domain(self.companies)
        return held & self.env["stock.move"]._example_domain(False)


class BackorderHealth(models.TransientModel):
    _inherit = "backorder.health"

    @api.model
    def _get_checks(self):
        return [*super()._get_checks(), Nameless]
