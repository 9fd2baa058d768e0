import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("backorder_admin", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps("stock.menu_stock_root", "Open Inventory"),
        {
            content: "Open the configuration menu",
            trigger: "[data-menu-xmlid='stock.menu_stock_config_settings']",
            run: "click",
        },
        {
            content: "Open the settings",
            trigger: "[data-menu-xmlid='stock.menu_stock_general_settings']",
            run: "click",
        },
        {
            content: "No default decision is asked while the feature is off",
            trigger: "body:not(:has(#backorder_default_decision)) #backorder_automation",
        },
        {
            content: "Enable back order management",
            trigger: "#backorder_automation [name=backorder_automation] input:not(:checked)",
            run: "click",
        },
        {
            content: "The default decision appears",
            trigger: "#backorder_default_decision [name=backorder_default_decision]",
        },
        {
            content: "Ask when an order is confirmed short",
            trigger: "#backorder_at_confirm [name=backorder_at_confirm] .o_select_menu_toggler",
            run: "click",
        },
        {
            content: "Ask",
            trigger: ".o_select_menu_item:contains(/^Ask/)",
            run: "click",
        },
        {
            content: "Unfold what is rarely changed",
            trigger: "details:not([open]) summary:contains(overdue receipts)",
            run: "click",
        },
        {
            content: "Expect overdue receipts in 3 days",
            trigger: "details[open] #backorder_overdue_days [name=backorder_overdue_days] input",
            run: "edit 3 && press Tab",
        },
        {
            content: "The fold says that something below it is set",
            trigger: "summary [name=backorder_rare_set]:contains(1 set)",
        },
        {
            content: "Let customers ask to cancel the rest",
            trigger: "#backorder_portal [name=backorder_portal_cancel] input:not(:checked)",
            run: "click",
        },
        {
            content: "The primary process is on with it",
            trigger: "#backorder_primary [name=backorder_primary_active] input:checked",
        },
        {
            content: "Run it every 5 ...",
            trigger: "#backorder_primary [name=backorder_primary_interval_number] input",
            run: "edit 5",
        },
        {
            content: "So is the secondary process: switch it off, ...",
            trigger: "#backorder_secondary [name=backorder_secondary_active] input:checked",
            run: "click",
        },
        {
            content: "... and on again",
            trigger: "#backorder_secondary [name=backorder_secondary_active] input:not(:checked)",
            run: "click",
        },
        {
            content: "Its interval appears",
            trigger: "#backorder_secondary [name=backorder_secondary_interval_number] input",
        },
        {
            content: "Save: the page is loaded anew",
            trigger: ".o_form_button_save:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Saved: the feature is on",
            trigger: "#backorder_automation [name=backorder_automation] input:checked",
        },
        {
            content: "Saved: the secondary process is on",
            trigger: "#backorder_secondary [name=backorder_secondary_active] input:checked",
        },
        {
            content: "Saved: the primary process is on; open its scheduled action",
            trigger:
                "#backorder_primary:has([name=backorder_primary_active] input:checked)" +
                " button[name=action_open_backorder_primary]",
            run: "click",
        },
        {
            content: "The scheduled action can be run from there",
            trigger: ".o_form_view button[name=method_direct_trigger]:contains(Run Manually)",
        },
    ],
});
