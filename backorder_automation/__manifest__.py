{
    "name": "Back Order Automation",
    "summary": "Keep short demand on the order and ship it by itself when stock arrives",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Back Order Automation contributors",
    "license": "LGPL-3",
    "depends": ["sale_stock"],
    "data": [
        "security/ir.model.access.csv",
        "data/ir_cron_data.xml",
        "views/stock_move_views.xml",
        "views/stock_picking_views.xml",
        "views/sale_order_views.xml",
        "views/res_config_settings_views.xml",
        "wizard/stock_backorder_confirmation_views.xml",
    ],
    "demo": ["demo/backorder_automation_demo.xml"],
    "assets": {
        "web.assets_tests": ["backorder_automation/static/tests/tours/**/*"],
    },
    "pre_init_hook": "pre_init_hook",
    "uninstall_hook": "uninstall_hook",
}
