{
    "name": "Back Orders: Expiration",
    "summary": "Give nobody goods that expire before they leave",
    "version": "19.0.1.1.0",
    "category": "Supply Chain/Inventory",
    "author": "Back Order Automation contributors",
    "license": "LGPL-3",
    "icon": "/backorder_automation/static/description/icon.png",
    "depends": ["backorder_automation", "product_expiry"],
    "auto_install": True,
}
