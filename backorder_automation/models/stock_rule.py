from odoo import api, models
from odoo.fields import Domain

from ..work import at_work


class StockRule(models.Model):
    _inherit = "stock.rule"

    def _push_prepare_move_copy_values(self, move_to_copy, new_date):
        """Carry the back order on to the next step: it is open until the customer has it."""
        vals = super()._push_prepare_move_copy_values(move_to_copy, new_date)
        if move_to_copy.backorder_date:
            vals.update(move_to_copy._prepare_backorder_history_vals())
        return vals

    @api.model
    def _run_scheduler_tasks(self, use_new_cursor=False, company_id=False):
        """Let the scheduler wait for others who work with the same stock, batch by batch."""
        rules = at_work(self, scheduled=True) if use_new_cursor else self
        return super(StockRule, rules)._run_scheduler_tasks(
            use_new_cursor=use_new_cursor, company_id=company_id
        )

    @api.model
    def _get_moves_to_assign_domain(self, company_id):
        """Keep held demand away from the scheduler: the jobs serve it."""
        domain = Domain(super()._get_moves_to_assign_domain(company_id))
        return domain & Domain("backorder_held", "=", False)
