from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal


class BackorderPortal(CustomerPortal):
    @http.route(
        ["/my/orders/<int:order_id>/backorder"],
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_order_backorder(self, order_id, access_token=None, wish=None, **kwargs):
        """Pass on what the customer wishes to be done about the back orders of an order.

        :param str wish: `ship`, `wait` or `cancel`; ignored unless it is offered now
        """
        order_sudo = self._get_backorder_order(order_id, access_token)
        if not order_sudo:
            return request.redirect("/my")
        asked = order_sudo._backorder_ask(wish, self._get_backorder_author(order_sudo))
        return self._backorder_show(order_sudo, "asked" if asked else "refused")

    @http.route(
        ["/my/orders/<int:order_id>/backorder/take_back"],
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_order_backorder_take_back(self, order_id, access_token=None, wish=None, **kwargs):
        """Take back a wish, unless somebody acted on it.

        :param str wish: the number of the wish on the page
        """
        order_sudo = self._get_backorder_order(order_id, access_token)
        if not order_sudo:
            return request.redirect("/my")
        done = order_sudo._backorder_take_back(wish, self._get_backorder_author(order_sudo))
        return self._backorder_show(order_sudo, "taken_back" if done else "too_late")

    def _get_backorder_order(self, order_id, access_token):
        """Return the order as superuser; None unless the visitor may see it, or has its link."""
        try:
            return self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return None

    def _get_backorder_author(self, order_sudo):
        """Return the `res.partner` who speaks: of whoever only has the link, the customer."""
        user = request.env.user
        return order_sudo.partner_id if user._is_public() else user.partner_id

    def _backorder_show(self, order_sudo, message):
        """Show the order again, with a message."""
        url = order_sudo.get_portal_url(query_string=f"&message=backorder_{message}")
        return request.redirect(url)
