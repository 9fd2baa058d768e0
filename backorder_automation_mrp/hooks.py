"""What happens to the database when the addon comes."""


def post_init_hook(env):
    """Note the proportion of components that are held already, from a time before."""
    held = env["stock.move"].search([("backorder_held", "=", True)])
    held._backorder_note_kit_factor()
