import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");
const row = (order) => `.o_data_row:contains(${order})`;
const button = (order, name) => `${row(order)} button[name=action_backorder_${name}]`;
const place = (order, number) =>
    `${row(order)} .o_data_cell[name=backorder_place]:contains(/^${number}$/)`;
/** The new transfer of an order, in the list a release ends with. */
const readyTransfer = (order) =>
    `.o_list_view ${row(order)}:has(.o_data_cell[name=state]:contains(Ready))`;
const openMenu = (menu) => [
    ...stepUtils.goToAppSteps("stock.menu_stock_root", "Open Inventory"),
    {
        content: "Open the operations menu",
        trigger: "[data-menu-xmlid='stock.menu_stock_warehouse_mgmt']",
        run: "click",
    },
    {
        content: "Open the page",
        trigger: `[data-menu-xmlid='backorder_automation.${menu}']`,
        run: "click",
    },
];
const openBackOrders = openMenu("menu_backorder_stock");

// "EARLY-5" and "LATE-4" wait in this order, 4 are free; "BEHIND-2" has 2 reserved.
tours.add("backorder_manager", {
    url: "/odoo",
    steps: () => [
        ...openBackOrders,
        {
            content: "The later promise stands behind",
            trigger: place("LATE-4", 2),
        },
        {
            content: "Star it",
            trigger: `${row("LATE-4")} .o_field_widget[name=priority] .o_priority_star`,
            run: "click",
        },
        {
            content: "It is starred",
            trigger: `${row("LATE-4")} .o_priority_star.fa-star`,
        },
        ...openBackOrders,
        {
            content: "Now it stands first",
            trigger: `.o_list_view:has(${place("EARLY-5", 2)}) ${place("LATE-4", 1)}`,
        },
        {
            content: "Pause it",
            trigger: button("LATE-4", "pause"),
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit On holiday",
        },
        {
            content: "Paused",
            trigger: ".modal-footer button[name=action_pause]:contains(/^Pause$/)",
            run: "click",
        },
        {
            content: "The line says so",
            trigger: `body:not(:has(.modal)) ${row("LATE-4")} .o_data_cell[name=backorder_reason]:contains(On holiday)`,
        },
        {
            content: "Resume it",
            trigger: button("LATE-4", "resume"),
            run: "click",
        },
        {
            content: "It may be paused again",
            trigger: button("LATE-4", "pause"),
        },
        {
            content: "Release it now",
            trigger: button("LATE-4", "release"),
            run: "click",
        },
        {
            content: "Its new transfer is ready",
            trigger: readyTransfer("LATE-4"),
        },
        ...openBackOrders,
        {
            content: "Look for stock that others have reserved",
            trigger: button("EARLY-5", "find_stock"),
            run: "click",
        },
        {
            content: "A transfer behind has 2",
            trigger: ".modal .o_data_cell[name=reserved]:contains(/^2\\.00$/)",
        },
        {
            content: "Say how much to take",
            trigger: ".modal .o_data_cell[name=take]",
            run: "click",
        },
        {
            content: "All of it",
            trigger: ".modal .o_field_widget[name=take] input",
            run: "edit 2",
        },
        {
            content: "Take it",
            trigger: ".modal-footer button[name=action_take]",
            run: "click",
        },
        {
            content: "They are in a new transfer",
            trigger: `body:not(:has(.modal)) ${readyTransfer("EARLY-5")}`,
        },
    ],
});

// "EARLY-5" and "LATE-4" wait in this order, 6 are free.
tours.add("backorder_manager_plan", {
    url: "/odoo",
    steps: () => [
        ...openMenu("menu_backorder_simulation"),
        {
            content: "Plan",
            trigger: "button[name=action_simulate]",
            run: "click",
        },
        {
            content: "The early one gets 5",
            trigger: `.o_form_view .o_data_row:contains(EARLY-5) .o_data_cell[name=served_then]:contains(/^5\\.00$/)`,
        },
        {
            content: "The late one gets 1; apply it",
            trigger:
                ".o_form_view:has(.o_data_row:contains(LATE-4) .o_data_cell[name=served_then]:contains(/^1\\.00$/))" +
                " button[name=action_apply]",
            run: "click",
        },
        {
            content: "Yes, really",
            trigger: ".modal:contains(Release exactly what the plan shows) .btn-primary",
            run: "click",
        },
        {
            content: "Two transfers are ready",
            trigger: ".o_list_view:has(.o_data_row:contains(LATE-4)) .o_data_row:contains(EARLY-5)",
        },
    ],
});

// "EARLY-5" and "LATE-4" wait in this order, 4 are free.
tours.add("backorder_manager_compare", {
    url: "/odoo",
    steps: () => [
        ...openMenu("menu_backorder_simulation"),
        {
            content: "A page without New, pager and gear",
            trigger:
                ".o_form_view:not(:has(.o_control_panel" +
                " :is(.o_form_button_create, .o_cp_action_menus, .o_pager)))" +
                " .o_field_widget[name=queue_order] .o_select_menu_toggler",
            run: "click",
        },
        {
            content: "Small ones first",
            trigger: ".o_select_menu_item:contains(Smallest first)",
            run: "click",
        },
        {
            content: "Plan",
            trigger: "button[name=action_simulate]",
            run: "click",
        },
        {
            content: "The small one gains",
            trigger: `${row("LATE-4")} .o_data_cell[name=effect]:contains(Gains)`,
        },
        {
            content: "The other one loses",
            trigger: `${row("EARLY-5")} .o_data_cell[name=effect]:contains(Loses)`,
        },
    ],
});

// "LATE-4" is released.
tours.add("backorder_manager_hold_again", {
    url: "/odoo",
    steps: () => [
        ...openBackOrders,
        {
            content: "Hold it again",
            trigger: button("LATE-4", "hold_again"),
            run: "click",
        },
        {
            content: "Without a pause",
            trigger: ".modal-footer button[name=action_hold_again]",
            run: "click",
        },
        {
            content: "It waits in its place",
            trigger: `body:not(:has(.modal)) ${place("LATE-4", 1)}`,
        },
    ],
});

// Starts on a transfer of 3: 5 are free, and "EARLY-5" waits for them.
tours.add("backorder_manager_take_anyway", {
    steps: () => [
        {
            content: "Others are ahead; take it anyway",
            trigger:
                ".o_form_view .alert:contains(kept for back orders)" +
                " button[name=action_backorder_take_anyway]",
            run: "click",
        },
        {
            content: "It is ready, and nothing is kept from it",
            trigger:
                ".o_form_view:not(:has(.alert button[name=action_backorder_take_anyway]))" +
                " .o_statusbar_status .o_arrow_button_current:contains(Ready)",
        },
    ],
});

// Starts on the product that "LATE-4" waits for.
tours.add("backorder_manager_product", {
    steps: () => [
        {
            content: "Open what waits for the product",
            trigger: "button[name=action_view_backorders]:has(.o_stat_value:contains(4))",
            run: "click",
        },
        {
            content: "The line waits",
            trigger: `.o_list_view ${row("LATE-4")}`,
        },
        {
            content: "Go back",
            trigger: ".o_breadcrumb .breadcrumb-item:not(.active) a",
            run: "click",
        },
        {
            content: "Open the forecast",
            trigger: "button[name=action_product_tmpl_forecast_report]",
            run: "click",
        },
        {
            content: "It leads there too",
            trigger: "[name=backorder_qty] a:contains(4)",
            run: "click",
        },
        {
            content: "The same line",
            trigger: `.o_list_view ${row("LATE-4")}`,
        },
    ],
});
