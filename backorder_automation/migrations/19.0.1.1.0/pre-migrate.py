"""Make the columns ready for 19.0.1.1.0, before the models are loaded."""

from odoo.tools.sql import column_exists, create_column


def migrate(cr, version):
    """Drop what nobody reads any more, and leave off what the administrator never chose."""
    # A request to stop is a record of its own now: a run that goes on is not written over.
    cr.execute("ALTER TABLE backorder_run DROP COLUMN IF EXISTS stop_requested")
    # On in a new database: made here, empty, an upgrade writes nobody activities unasked.
    if not column_exists(cr, "res_company", "backorder_activity_promise"):
        create_column(cr, "res_company", "backorder_activity_promise", "bool")
