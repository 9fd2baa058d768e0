import { registry } from "@web/core/registry";

const badge = ".o_backorder_badge:contains(Back order)";

// Starts on the list of transfers: one is a released back order of 3 "Walked Gadget", another none.
registry.category("web_tour.tours").add("backorder_shipper_released", {
    steps: () => [
        {
            content: "Open the filters",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "What was back ordered and may be picked now",
            trigger: ".o_filter_menu .o_menu_item:contains(/^Back Orders released$/)",
            run: "click",
        },
        {
            content: "One transfer, and it says so",
            trigger: `.o_list_view:not(:has(.o_data_row ~ .o_data_row)) .o_data_row ${badge}`,
            run: "click",
        },
        {
            content: "So does its form",
            trigger: `.o_form_view h1 ${badge}`,
        },
        {
            content: "Since when it waits, and what brought it",
            trigger: ".o-mail-Message:contains(3 Walked Gadget back ordered on):contains(stock came with)",
        },
        {
            content: "Back to the list",
            trigger: ".o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            content: "As cards",
            trigger: ".o_switch_view.o_kanban",
            run: "click",
        },
        {
            content: "Cards say so too",
            trigger: `.o_kanban_record ${badge}`,
        },
    ],
});
