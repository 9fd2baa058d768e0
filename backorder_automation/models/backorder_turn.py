from psycopg2.errors import DeadlockDetected, SerializationFailure

from odoo import api, fields, models
from odoo.service.server import thread_local
from odoo.tools import SQL

TAKEN = "backorder_turns"  # key in the cache of a cursor: it is emptied by every rollback
TRIES = 20


class BackorderTurn(models.Model):
    """Whose turn it is to change the stock of a product: a row that everybody writes first.

    A transaction that writes it waits for the one before, and is told by the database when that
    one has changed anything since it began to look: then nothing it has read counts any more. So
    there is one row for each product and company, whatever quants there are, or will be.
    """

    _name = "backorder.turn"
    _description = "Back Order Turn"
    _log_access = False

    product_id = fields.Many2one("product.product", required=True, ondelete="cascade")
    # A number, as places without a company have a turn too: 0.
    company_id = fields.Integer(required=True)
    flip = fields.Boolean(help="Changes with each turn.")
    _key = models.UniqueIndex("(product_id, company_id)")

    @api.model
    def _take(self, keys, if_free=False):
        """Wait for the turns of some products, and keep them until the transaction ends.

        One query, and none where they are taken already; always in the same order, so that
        nobody waits for somebody who waits for him.

        :param keys: a set of (product id, company id), see `_get_keys`
        :param bool if_free: only of products of which anything is free
        :raises SerializationFailure: when the stock changed since this transaction began; Odoo
            does a request again then
        """
        taken = self.env.cr.cache.setdefault(TAKEN, set())
        keys = sorted(keys - taken)
        if not keys:
            return
        # No fault in the log: that somebody else was first is what this is about.
        self.env.cr.execute(self._get_take_sql(keys, if_free), log_exceptions=False)
        rows = self.env.cr.fetchall()
        taken.update((product_id, company_id) for product_id, company_id, _is_known in rows)
        missing = [row[:2] for row in rows if not row[2]]
        if missing:
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO backorder_turn AS turn (product_id, company_id) VALUES %s
                    ON CONFLICT (product_id, company_id)
                  DO UPDATE SET flip = turn.flip IS NOT TRUE
                    """,
                    SQL(", ").join(SQL("%s", row) for row in missing),
                ),
                log_exceptions=False,
            )

    @api.model
    def _get_take_sql(self, keys, if_free):
        """Return the query that writes the rows of these keys, and returns which there are."""
        free = SQL(
            """
            EXISTS (SELECT FROM stock_quant q
                      JOIN stock_location place ON place.id = q.location_id
                       AND place.usage IN ('internal', 'transit')
                     WHERE q.product_id = wanted.product_id AND q.quantity > q.reserved_quantity)
            """
        )
        return SQL(
            """
            WITH wanted AS (
                SELECT * FROM UNNEST(%s, %s) AS wanted(product_id, company_id) WHERE %s),
            locked AS (
                SELECT turn.id FROM backorder_turn turn JOIN wanted USING (product_id, company_id)
              ORDER BY turn.product_id, turn.company_id FOR NO KEY UPDATE OF turn),
            written AS (
                UPDATE backorder_turn turn SET flip = turn.flip IS NOT TRUE
                  FROM locked WHERE locked.id = turn.id
             RETURNING turn.product_id, turn.company_id)
            SELECT wanted.product_id, wanted.company_id, written.product_id IS NOT NULL
              FROM wanted LEFT JOIN written USING (product_id, company_id)
          ORDER BY wanted.product_id, wanted.company_id
            """,
            [product_id for product_id, _company_id in keys],
            [company_id for _product_id, company_id in keys],
            free if if_free else SQL("TRUE"),
        )

    @api.model
    def _get_keys(self, products, locations):
        """Return the turns of the products in some places, where back orders are managed.

        :return: a set of (product id, company id); nothing for what nobody reserves
        """
        products = products.sudo().filtered("is_storable")
        company_ids = {
            location.company_id.id or 0
            for location in locations.sudo()
            if not location.should_bypass_reservation()
            and (location.company_id or self.env.company.sudo()).backorder_automation
        }
        return {(product_id, key) for product_id in products._ids for key in company_ids}

    @api.model
    def _await(self, verb, get_keys, if_free=False):
        """Take turns before anything is done, as the first thing of what somebody asked for.

        Who had to wait has looked too early. Nothing is done yet, so he looks again at once, where
        Odoo would wait up to two seconds before it does the request again. Whatever is done on the
        way to something else takes its turns where it changes stock.

        :param str verb: `model.method` that may have been asked for; None in a job
        :param get_keys: returns the keys, see `_take`; called again after each wait
        """
        if verb and not self._is_asked_for(verb):
            return
        for left in reversed(range(TRIES if self._is_untouched() else 1)):
            try:
                self._take(get_keys(), if_free)
                break
            except (SerializationFailure, DeadlockDetected):
                if not left:
                    raise
                self.env.cr.rollback()

    @api.model
    def _is_asked_for(self, verb):
        """Return whether this is what somebody asked for, and not a part of something else.

        :param str verb: `model.method`
        """
        return verb == getattr(thread_local, "rpc_model_method", "")

    @api.model
    def _is_untouched(self):
        """Return whether nothing was written in this transaction."""
        cr, transaction = self.env.cr, self.env.transaction
        if transaction.field_dirty or transaction.tocompute or cr.precommit or cr.postcommit:
            return False
        [[written]] = self.env.execute_query(SQL("SELECT pg_current_xact_id_if_assigned()::text"))
        return not written
