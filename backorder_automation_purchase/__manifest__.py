{
    "name": "Back Order Automation: Purchase",
    "summary": "Show buyers what a receipt frees, and what customers wait for that nobody ordered",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Purchase",
    "author": "Back Order Automation contributors",
    "license": "LGPL-3",
    "depends": ["backorder_automation", "purchase_stock"],
    "data": [
        "security/backorder_automation_purchase_security.xml",
        "security/ir.model.access.csv",
        "report/backorder_freed_report_views.xml",
        "report/backorder_receipt_report_views.xml",
        "report/backorder_missing_report_views.xml",
        "views/purchase_order_views.xml",
        "views/stock_move_views.xml",
    ],
    "auto_install": True,
}
