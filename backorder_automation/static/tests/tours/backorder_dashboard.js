import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

// An order waits for a product named "Walked Gadget".
registry.category("web_tour.tours").add("backorder_dashboard", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps("stock.menu_stock_root", "Open Inventory"),
        {
            content: "Open the reports",
            trigger: "[data-menu-xmlid='stock.menu_warehouse_report']",
            run: "click",
        },
        {
            content: "Open the dashboard",
            trigger:
                "[data-menu-xmlid='backorder_automation.menu_backorder_dashboard_stock']",
            run: "click",
        },
        {
            content: "The graphs are drawn",
            trigger: ".o_backorder_graph canvas",
        },
        {
            content: "Look back a month",
            trigger: "button[data-days='30']",
            run: "click",
        },
        {
            content: "The period is chosen",
            trigger: "button[data-days='30'].active",
        },
        {
            content: "Ask what the lines are",
            trigger: "button[data-figure='count']",
            run: "click",
        },
        {
            content: "They are listed",
            trigger: ".o_list_view .o_data_row:contains(Walked Gadget)",
        },
        {
            content: "Go back",
            trigger: ".o_breadcrumb a:contains(Back Order Dashboard), .o_back_button",
            run: "click",
        },
        {
            content: "The dashboard is there again",
            trigger: ".o_backorder_dashboard button[data-figure='open_value']",
        },
    ],
});
