{
    "name": "Back Orders: Example",
    "summary": "Overrides each hook of Back Order Automation, as an addon of yours may",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Back Order Automation contributors",
    "license": "LGPL-3",
    "depends": ["backorder_automation"],
}
