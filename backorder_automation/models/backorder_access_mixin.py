from lxml import etree

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL


class BackorderAccessMixin(models.AbstractModel):
    """Whose back orders somebody sees, and which document of a line opens for them.

    The record rules of sales orders decide, and no rule of our own: whoever may not read an order
    finds its lines in none of our lists, counts, reports and figures.
    """

    _name = "backorder.access.mixin"
    _description = "Back Order Access"

    @api.model
    def _get_backorder_readable_orders(self):
        """Return the query of the orders the user may read; None where nothing is to be hidden.

        None too for whoever may read no orders at all (a buyer): moves and receipts are their
        work, and name an order at most. And where the rules look at companies only: moves and
        reports have such a rule themselves, so that nobody pays for a longer query.
        """
        orders = self.env["sale.order"]
        if self.env.su or not orders.has_access("read"):
            return None
        rules = Domain(self.env["ir.rule"]._compute_domain(orders._name, "read"))
        if all(condition.field_expr == "company_id" for condition in rules.iter_conditions()):
            return None
        return orders._search(Domain.TRUE)

    @api.model
    def _get_backorder_readable_sql(self, column):
        """Return the SQL condition that the user may read the order in a column.

        :param SQL column: of a query that our reports read like a table
        """
        orders = self._get_backorder_readable_orders()
        return SQL("TRUE") if orders is None else SQL("%s IN %s", column, orders.subselect())

    # The document of a line

    @api.model
    def _get_backorder_document_action(self, documents):
        """Return the action that opens the first of the documents that opens for the user.

        :param documents: recordsets of one record, or none, each
        :return: an action; None when none of them opens
        """
        for document in documents:
            if document and self._is_backorder_openable(document):
                return document.with_env(self.env).get_formview_action()
        return None

    @api.model
    def _is_backorder_openable(self, document):
        """Return whether the form of a document opens for the user.

        Read as the web client reads it: whoever may read an order need not be able to read its
        invoices, which are in its form, and what else is in it only the addons know.
        """
        document = document.with_env(self.env)
        if not document.has_access("read"):
            return False
        self.env.invalidate_all()  # what is in the cache is read without asking
        arch = etree.fromstring(document.get_view(view_type="form")["arch"])
        try:
            document.web_read(self._get_backorder_form_fields(document, arch))
        except AccessError:
            return False
        return True

    @api.model
    def _get_backorder_form_fields(self, model, node):
        """Return what the web client reads of a form, or of a list in it: see `web_read`."""
        specification = {}
        for child in node.iterchildren("*"):
            field = child.tag == "field" and model._fields.get(child.get("name"))
            if not field:
                specification.update(self._get_backorder_form_fields(model, child))
            elif field.relational:
                names = {"display_name": {}}
                for view in child.iterchildren("list", "kanban"):
                    names = self._get_backorder_form_fields(self.env[field.comodel_name], view)
                    break
                specification[field.name] = {"fields": names}
            else:
                specification[field.name] = {}
        return specification
