from odoo import api, fields, models

from .backorder_free_mixin import QUANTITY_CONTEXT
from .backorder_newcomer_mixin import Request


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "backorder.free.mixin", "backorder.open.mixin"]

    def _get_backorder_variants(self):
        return self

    @api.depends("free_qty")
    @api.depends_context(*QUANTITY_CONTEXT)
    def _compute_backorder_free_qty(self):
        free = self._get_backorder_free()
        for product in self:
            product.backorder_free_qty = free[product]

    @api.depends("free_qty")
    @api.depends_context(*QUANTITY_CONTEXT)
    def _compute_backorder_next_date(self):
        dates = self._get_backorder_next_dates()
        for product in self:
            product.backorder_next_date = dates.get(product, False)

    def _get_backorder_free(self):
        """Return how much of each product an order that is confirmed now could reserve.

        Of what is free, what the plan leaves when the order has its turn. Where the feature is
        off, or nobody waits for a product, all that is free. A fixed number of queries.

        :return: a dict of product to a quantity in its unit
        """
        free = {product: product.free_qty for product in self}
        places = self._get_backorder_new_order_places()
        on = places.filtered(lambda place: self._get_backorder_company(place).backorder_automation)
        if not on:
            return free
        wanted = self.filtered(lambda product: product._origin and free[product] > 0)._origin
        contested = wanted._get_backorder_contested(self._get_backorder_company(on))
        left = dict.fromkeys(contested.ids, 0.0)
        if places - on:
            elsewhere = contested.with_context(location=(places - on).ids, warehouse_id=False)
            left = {product.id: max(0.0, product.free_qty) for product in elsewhere}
        for product, answer in contested._ask_backorder_left(on):
            left[product.id] += answer.quantity
        return {
            product: max(0.0, min(free[product], left.get(product._origin.id, free[product])))
            for product in self
        }

    def _get_backorder_next_dates(self):
        """Return when there is more for new orders than now.

        :return: a dict of product to a datetime, without those nobody knows a date for
        """
        places = self._get_backorder_new_order_places()
        on = places.filtered(lambda place: self._get_backorder_company(place).backorder_automation)
        dates = {}
        for product, answer in self._origin._ask_backorder_left(on):
            if answer.date:
                dates[product.id] = min(answer.date, dates.get(product.id, answer.date))
        return {p: dates[p._origin.id] for p in self if p._origin.id in dates}

    def _get_backorder_contested(self, companies):
        """Return the products of self that anybody waits for in these companies."""
        storable = self.filtered("is_storable")
        return self.env["stock.move"]._get_backorder_contested(storable, companies)

    def _ask_backorder_left(self, places):
        """Return what a new order would find of each product in each place.

        :return: a list of (product, :class:`Left`)
        """
        storable = self.filtered("is_storable")
        requests = [product._get_backorder_request(p) for product in storable for p in places]
        answers = self.env["stock.move"].sudo()._get_backorder_left(requests)
        return [(asked.product, left) for asked, left in zip(requests, answers, strict=True)]

    def _get_backorder_request(self, location):
        """Return the :class:`Request` of an order without a promise, of whatever size."""
        return Request(
            product=self,
            location=location,
            company=self._get_backorder_company(location),
            deadline=fields.Datetime.add(fields.Datetime.now(), days=self.sale_delay or 0),
            uom=self.uom_id,
            packaging=self.uom_id,
        )

    @api.model
    def _get_backorder_company(self, locations):
        """Return the companies whose orders take from there: one's own where all may."""
        locations = locations.sudo()
        anybodys = locations.filtered(lambda location: not location.company_id)
        return locations.company_id | (self.env.company if anybodys else self.env["res.company"])

    @api.model
    def _get_backorder_new_order_places(self):
        """Return the locations a new order would take from, in the context of `free_qty`.

        The stock of each warehouse one looks at; or the location one looks at, if it lies in the
        stock, or has no stock below it.
        """
        context = self.env.context
        warehouses = self.env["stock.warehouse"].sudo()
        named = context.get("warehouse_id") or context.get("search_warehouse")
        location = context.get("location") or context.get("search_location")
        if named:
            warehouses = warehouses.browse(self._find_backorder_ids(warehouses, named))
        elif not location:
            warehouses = warehouses.search([("company_id", "in", self.env.companies.ids)])
        if not location:
            return warehouses.lot_stock_id
        roots = self.env["stock.location"].sudo()
        roots = roots.browse(self._find_backorder_ids(roots, location)).exists()
        if named:
            roots = roots.filtered(
                lambda root: any(root._child_of(view) for view in warehouses.view_location_id)
            )
        return self._get_backorder_stocks(roots)

    @api.model
    def _get_backorder_stocks(self, roots):
        """Return the stocks of warehouses below the roots, and the roots that have none below."""
        outer = roots.filtered(
            lambda root: not any(root != other and root._child_of(other) for other in roots)
        )
        warehouses = self.env["stock.warehouse"].sudo()
        stocks = warehouses.search([("lot_stock_id", "child_of", outer.ids)]).lot_stock_id
        return stocks | outer.filtered(
            lambda root: not any(stock._child_of(root) for stock in stocks)
        )

    @api.model
    def _find_backorder_ids(self, model, named):
        """Return the ids of records that a context names, by id or by a part of their names."""
        named = named if isinstance(named, list | tuple) else [named]
        ids = [item for item in named if isinstance(item, int)]
        for name in named:
            if isinstance(name, str):
                ids += model.search([(model._rec_name, "ilike", name)]).ids
        return ids
