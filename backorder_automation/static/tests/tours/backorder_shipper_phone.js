import { registry } from "@web/core/registry";

const card = (product) => `.modal .o_kanban_record:contains(${product})`;

// Starts on a delivery of 8 "Walked Gadget" and 4 "Walked Gizmo", 5 and 1 in stock.
registry.category("web_tour.tours").add("backorder_shipper_phone", {
    steps: () => [
        {
            content: "Open the buttons that have no room",
            trigger: ".o_statusbar_buttons_dropdown, .o_statusbar_buttons .dropdown-toggle",
            run: "click",
        },
        {
            content: "Ship what is there",
            trigger: "button[name=button_validate]:enabled",
            run: "click",
        },
        {
            content: "3 gadgets are short, and kept",
            trigger:
                `${card("Walked Gadget")}:contains(3.00 short of 8.00)` +
                " input[data-value=backorder]:checked",
        },
        {
            content: "A card has nothing to open",
            trigger: `${card("Walked Gizmo")}:contains(3.00 short of 4.00) .fw-bold`,
            run: "click",
        },
        {
            content: "Cancel what is missing",
            trigger: `body:not(:has(.modal .o_form_button_save_new)) ${card("Walked Gizmo")}` +
                " .o_radio_item:contains(Cancel the remainder) label",
            run: "click",
        },
        {
            content: "It is chosen",
            trigger: `${card("Walked Gizmo")} input[data-value=cancel]:checked`,
        },
        {
            content: "Carry the decisions out",
            trigger: ".modal-footer button[name=process]:contains(Mark as Back Ordered)",
            run: "click",
        },
        {
            content: "The delivery is done",
            trigger: "body:not(:has(.modal)) .o_form_view .o_statusbar_status:contains(Done)",
        },
    ],
});
