import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** The current state in the status bar of the form. */
const state = (label) => `.o_statusbar_status .o_arrow_button_current:contains(${label})`;
/** A list cell that holds exactly this quantity. */
const cell = (name, quantity) =>
    `.o_data_row .o_data_cell[name=${name}]:contains(/^${quantity}\\.00$/)`;

const openDelivery = {
    content: "Open the delivery of the order",
    trigger: "button[name=action_view_delivery]",
    run: "click",
};
const backToOrder = {
    content: "Go back to the order",
    trigger: ".o_breadcrumb .breadcrumb-item:not(.active):first a",
    run: "click",
};
const openOtherInfo = {
    content: "Look at the delivery status",
    trigger: ".o_notebook a[name=other_information]",
    run: "click",
};
const validate = {
    content: "Validate",
    trigger: "button[name=button_validate]:enabled",
    run: "click",
};

// Starts on an order of 533 with 500 in stock.
tours.add("backorder_walk_ship_short", {
    steps: () => [
        openDelivery,
        {
            content: "The delivery asks for 533",
            trigger: cell("product_uom_qty", 533),
        },
        {
            content: "Edit the quantity",
            trigger: ".o_field_widget[name=move_ids] .o_data_cell[name=quantity]",
            run: "click",
        },
        {
            content: "Ship 500",
            trigger: ".o_field_widget[name=move_ids] .o_field_widget[name=quantity] input",
            run: "edit 500",
        },
        validate,
        {
            content: "The dialog shows 533 ordered",
            trigger: `.modal ${cell("demand", 533)}`,
        },
        {
            content: "500 shipped",
            trigger: `.modal ${cell("shipping_now", 500)}`,
        },
        {
            content: "33 short",
            trigger: `.modal ${cell("short", 33)}`,
        },
        {
            content: "Keep the shortfall",
            trigger: ".modal .modal-footer button:contains(Mark as Back Ordered)",
            run: "click",
        },
        {
            content: "The delivery is done, and shows that a back order is open",
            trigger:
                `body:not(:has(.modal)) .o_form_view:has(${state("Done")})` +
                " button[name=action_view_backorders]",
        },
        backToOrder,
        {
            content: "The order is flagged",
            trigger: ".o_form_view .ribbon:contains(Back Ordered)",
        },
        {
            content: "33 are back ordered",
            trigger: ".o_data_row [name=qty_delivered] .o_backorder_quantity:contains(/^33 back ordered$/)",
        },
        {
            content: "There is one delivery only",
            trigger: "button[name=action_view_delivery] .o_stat_value:contains(/^1$/)",
        },
        openOtherInfo,
        {
            content: "The order is partially delivered",
            trigger: ".o_field_widget[name=delivery_status]:contains(Partially Delivered)",
        },
        {
            content: "Open the back orders of the order",
            trigger: "button[name=action_view_backorders]",
            run: "click",
        },
        {
            content: "The 33 wait",
            trigger: `.o_list_view ${cell("product_uom_qty", 33)}`,
        },
    ],
});

// Starts on a receipt of 33.
tours.add("backorder_walk_receive", {
    steps: () => [
        validate,
        {
            content: "The receipt is done",
            trigger: state("Done"),
        },
    ],
});

// Starts on the order, after the primary process has run.
tours.add("backorder_walk_ship_rest", {
    steps: () => [
        {
            content: "The order is still flagged: the 33 are not shipped yet",
            trigger: ".o_form_view .ribbon:contains(Back Ordered)",
        },
        openDelivery,
        {
            content: "Open the new transfer",
            trigger: ".o_list_view .o_data_row:contains(Ready) .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "It is ready",
            trigger: state("Ready"),
        },
        {
            content: "It is the back order of the first delivery",
            trigger: ".o_field_widget[name=backorder_id]:contains(/OUT/)",
        },
        {
            content: "It carries 33",
            trigger: cell("product_uom_qty", 33),
        },
        {
            content: "Its operations are filled in",
            trigger: cell("quantity", 33),
        },
        validate,
        {
            content: "It is done",
            trigger: state("Done"),
        },
        backToOrder,
        {
            content: "The flag is gone",
            trigger: ".o_form_view:has(button[name=action_view_delivery]):not(:has(.ribbon))",
        },
        {
            content: "Everything is delivered",
            trigger: cell("qty_delivered", 533),
        },
        openOtherInfo,
        {
            content: "The order is fully delivered",
            trigger: ".o_field_widget[name=delivery_status]:contains(Fully Delivered)",
        },
    ],
});
