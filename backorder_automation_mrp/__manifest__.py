{
    "name": "Back Orders: Kits",
    "summary": "Hold and release the components of kits in the kit's proportion",
    "version": "19.0.1.1.0",
    "category": "Supply Chain/Inventory",
    "author": "Back Order Automation contributors",
    "license": "LGPL-3",
    "icon": "/backorder_automation/static/description/icon.png",
    "depends": ["backorder_automation", "sale_mrp"],
    "data": [
        "views/stock_move_views.xml",
        "wizard/backorder_confirm_views.xml",
        "wizard/stock_backorder_confirmation_views.xml",
    ],
    "post_init_hook": "post_init_hook",
    "auto_install": True,
}
