"""Start Odoo's server with workers: those need a script to start themselves again from."""

import odoo.cli

odoo.cli.main()
