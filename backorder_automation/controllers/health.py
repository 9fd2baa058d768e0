from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request


class BackorderHealth(http.Controller):
    @http.route("/backorder/health", type="http", auth="bearer", methods=["GET"])
    def backorder_health(self):
        """Say as JSON what *Back Orders > Health* says, to whoever brings an API key of a user.

        The key is one of Odoo's own (`Authorization: Bearer KEY`), and what is said is what its
        user may see: an inventory administrator. 403 for anybody else, 401 without a key.
        """
        try:
            health = request.env["backorder.health"]._get_summary()
        except AccessError as error:
            return request.make_json_response({"error": str(error)}, status=403)
        return request.make_json_response(health, headers=[("Cache-Control", "no-store")])
