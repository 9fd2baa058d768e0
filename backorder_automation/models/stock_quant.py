from odoo import models

from ..const import CTX_QUANTS


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def _gather(
        self,
        product_id,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=False,
        qty=0,
    ):
        """Find the quants of the same search once for a batch of back orders, which locked them.

        A reservation changes what is reserved on a quant, not which quants there are. The
        strategy of the fewest packages looks at what is free, so it searches each time; a strict
        search has Odoo's own `quants_cache`.
        """
        found = self.env.context.get(CTX_QUANTS)
        characteristics = product_id, location_id, lot_id, package_id, owner_id, strict
        if (
            found is None
            or strict
            or self._get_removal_strategy(product_id, location_id) == "least_packages"
        ):
            return super()._gather(*characteristics, qty)
        domain = str(self._get_gather_domain(*characteristics))
        if domain not in found:
            found[domain] = super()._gather(*characteristics, qty)
        return found[domain].with_env(self.env)
