{
    "name": "Back Orders: Prometheus",
    "summary": "Watch the health of back orders with Prometheus",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Back Order Automation contributors",
    "license": "LGPL-3",
    "icon": "/backorder_automation/static/description/icon.png",
    "depends": ["backorder_automation"],
    "external_dependencies": {"python": ["prometheus-client"]},
}
