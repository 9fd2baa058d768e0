import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const ROW = ".o_field_widget[name=finding_ids] .o_data_row:contains(Transfers Have)";

// A reservation leaked, and nothing else is wrong.
registry.category("web_tour.tours").add("backorder_health", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps("stock.menu_stock_root", "Open Inventory"),
        {
            content: "Open the reports",
            trigger: "[data-menu-xmlid='stock.menu_warehouse_report']",
            run: "click",
        },
        {
            content: "Open Health",
            trigger: "[data-menu-xmlid='backorder_automation.menu_backorder_health']",
            run: "click",
        },
        {
            content: "Something is wrong",
            trigger: ".o_form_view .alert-danger",
        },
        {
            content: "Mend it",
            trigger: `${ROW} button[name=action_mend]`,
            run: "click",
        },
        {
            content: "All is well",
            trigger: ".o_form_view .alert-success:contains(Everything is in order)",
        },
        {
            content: "Look again",
            trigger: "button[name=action_look_again]",
            run: "click",
        },
        {
            content: "It still is",
            trigger: ".o_form_view .alert-success:contains(Everything is in order)",
        },
    ],
});
