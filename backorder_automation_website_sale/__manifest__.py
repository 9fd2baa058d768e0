{
    "name": "Back Orders: Web Shop",
    "summary": "Sell in the shop what those who wait already leave",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Back Order Automation contributors",
    "license": "LGPL-3",
    "icon": "/backorder_automation/static/description/icon.png",
    "depends": ["backorder_automation", "website_sale_stock"],
    "assets": {
        "web.assets_frontend": ["backorder_automation_website_sale/static/src/**/*"],
        "web.assets_tests": ["backorder_automation_website_sale/static/tests/tours/**/*"],
    },
    "auto_install": True,
}
