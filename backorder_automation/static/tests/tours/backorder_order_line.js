import { registry } from "@web/core/registry";

const line = ".o_field_widget[name=order_line] .o_data_row:contains(Walked Gadget)";
const popover = ".o_popover .o_backorder_popover";

// Starts on an order of 533 with 500 shipped and 33 held, expected after the promise.
registry.category("web_tour.tours").add("backorder_order_line", {
    steps: () => [
        {
            content: "The line shows how far it is, beside what is delivered",
            trigger: `${line} [name=qty_delivered]:contains(33 back ordered) .progress[title='500 delivered, 0 ready, 33 waiting']`,
        },
        {
            content: "Ask for the availability of the line",
            trigger: `${line} .fa-area-chart`,
            run: "click",
        },
        {
            content: "33 are back ordered",
            trigger: `${popover} .o_backorder_quantity:contains(/^33\\b/)`,
        },
        {
            content: "It stands first",
            trigger: `${popover} .o_backorder_place:contains(/^1$/)`,
        },
        {
            content: "It slips",
            trigger: `${popover}:has(.o_backorder_promised) .o_backorder_expected.text-danger`,
        },
        {
            content: "And why it waits",
            trigger: `${popover} .o_backorder_reason:contains(Next receipt)`,
        },
    ],
});

// Starts on an order of 500, all of it in stock.
registry.category("web_tour.tours").add("backorder_order_line_native", {
    steps: () => [
        {
            content: "Ask for the availability of the line",
            trigger: `${line} .fa-area-chart`,
            run: "click",
        },
        {
            content: "Odoo's own popover, and nothing else",
            trigger: ".o_popover:contains(Availability):not(:has(.o_backorder_popover))",
        },
        {
            content: "No progress of back orders",
            trigger: ".o_form_view:not(:has(.progress, .o_backorder_quantity))",
        },
    ],
});

// Starts on a quotation of 8 with 5 in stock, where the company asks.
registry.category("web_tour.tours").add("backorder_confirm_ask", {
    steps: () => [
        {
            content: "Confirm",
            trigger: "button[name=action_confirm]:enabled:visible",
            run: "click",
        },
        {
            content: "The dialog lists what is short",
            trigger: ".modal .o_data_row .o_data_cell[name=short]:contains(/^3\\.00$/)",
        },
        {
            content: "Keep it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The order is confirmed and flagged",
            trigger: "body:not(:has(.modal)) .o_form_view .ribbon:contains(Back Ordered)",
        },
    ],
});

// Starts on a quotation of 2: 4 are free, 4 wait, and more comes.
registry.category("web_tour.tours").add("backorder_quotation_free", {
    steps: () => [
        {
            content: "Ask for the availability of the line",
            trigger: `${line} .fa-area-chart`,
            run: "click",
        },
        {
            content: "One is ahead, nothing is left for it, and when there is",
            trigger: `.o_popover .o_backorder_outlook:contains(1 ahead, 0 free, earliest)`,
        },
        {
            content: "And who has what is free",
            trigger: ".o_popover .o_backorder_ahead:contains(4 free, 4 for those ahead)",
        },
        {
            content: "The quotation says it below its lines, whatever the screen",
            trigger: ".o_field_widget[name=backorder_outlook]:contains(1 ahead, 0 free, earliest)",
        },
        {
            content: "Confirm",
            trigger: "button[name=action_confirm]:enabled:visible",
            run: "click",
        },
        {
            content: "A notification says what waits",
            trigger: ".o_notification:contains(2 Walked Gadget will wait, expected)",
        },
        {
            content: "So does the order",
            trigger: ".o-mail-Message:contains(2 Walked Gadget will wait, expected)",
        },
        {
            content: "Nothing is said any more of what if",
            trigger: ".o_form_view:not(:has([name=backorder_outlook]))",
        },
    ],
});
