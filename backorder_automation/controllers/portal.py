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

        :param str wish: `ship`, `wait` or `cancel`; ignored unless the company offers it
        """
        try:
            order_sudo = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        author = request.env.user.partner_id
        if request.env.user._is_public():
            author = order_sudo.partner_id
        asked = order_sudo._backorder_ask(wish, author)
        message = "backorder_asked" if asked else "backorder_refused"
        return request.redirect(order_sudo.get_portal_url(query_string=f"&message={message}"))
