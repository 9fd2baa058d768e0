{
    "name": "Back Orders: Delivery",
    "summary": "Charge freight once for an order, or for each shipment of a back order",
    "version": "19.0.1.1.0",
    "category": "Supply Chain/Inventory",
    "author": "Back Order Automation contributors",
    "license": "LGPL-3",
    "icon": "/backorder_automation/static/description/icon.png",
    "depends": ["backorder_automation", "stock_delivery"],
    "data": [
        "security/ir.model.access.csv",
        "views/res_config_settings_views.xml",
    ],
    "auto_install": True,
}
