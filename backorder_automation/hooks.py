"""What happens to the database when the addon comes and when it goes."""

from odoo.tools.sql import column_exists, create_column

# Stored columns of big tables. Made here, empty, so that the ORM does not compute them row by
# row at install: before the first back order every one of them is false.
_COLUMNS = {
    "stock_move": {"backorder_held": "bool"},
    "stock_picking": {"is_backordered": "bool"},
    "sale_order": {"is_backordered": "bool"},
}


def pre_init_hook(env):
    """Create the stored columns in SQL, so that installing on a big base takes no time."""
    for table, columns in _COLUMNS.items():
        for column, column_type in columns.items():
            if not column_exists(env.cr, table, column):
                create_column(env.cr, table, column, column_type)


def uninstall_hook(env):
    """Give every held quantity back to a standard backorder: no demand is left behind."""
    env["stock.move"]._get_backorder_doubts()._backorder_end_doubt()
    env["stock.move"].search([("backorder_held", "=", True)])._backorder_give_back()
    env.cr.flush()  # the orders say so while somebody knows how
    _drop_activities(env)


def _drop_activities(env):
    """Take open activities along, and leave those done as to-dos: their types go."""
    types = env["ir.model.data"].search(
        [("module", "=", "backorder_automation"), ("model", "=", "mail.activity.type")]
    )
    activities = env["mail.activity"].with_context(active_test=False)
    activities = activities.search([("activity_type_id", "in", types.mapped("res_id"))])
    activities.filtered("active").unlink()
    activities.exists().activity_type_id = env.ref("mail.mail_activity_data_todo")
