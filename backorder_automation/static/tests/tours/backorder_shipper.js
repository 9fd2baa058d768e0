import { registry } from "@web/core/registry";

/** The line of a product in the dialog. */
const line = (product) => `.modal .o_data_row:contains(${product})`;
/** A cell of that line with exactly this quantity. */
const cell = (product, name, quantity) =>
    `${line(product)} .o_data_cell[name=${name}]:contains(/^${quantity}\\.00$/)`;
const decision = (product) => `${line(product)} .o_data_cell[name=decision]`;

// Starts on a delivery of 8 "Walked Gadget" and 4 "Walked Gizmo", 5 and 1 in stock.
registry.category("web_tour.tours").add("backorder_shipper", {
    steps: () => [
        {
            content: "Ship what is there",
            trigger: "button[name=button_validate]:enabled",
            run: "click",
        },
        {
            content: "The dialog says what it is about",
            trigger: ".modal-title:contains(Some goods are short)",
        },
        {
            content: "Nobody is asked for more lines",
            trigger: ".modal:not(:contains(Save)):not(:has(.o_field_x2many_list_row_add))",
        },
        {
            content: "3 gadgets are short",
            trigger: cell("Walked Gadget", "short", 3),
        },
        {
            content: "4 gizmos are asked for",
            trigger: cell("Walked Gizmo", "demand", 4),
        },
        {
            content: "1 of them is shipped",
            trigger: cell("Walked Gizmo", "shipping_now", 1),
        },
        {
            content: "Gadgets are kept unless somebody decides otherwise",
            trigger: `${decision("Walked Gadget")} select:value(backorder)`,
        },
        {
            content: "Cancel what is missing of the gizmos, in one go",
            trigger: `${decision("Walked Gizmo")} select`,
            run: "select cancel",
        },
        {
            content: "It is chosen",
            trigger: `${decision("Walked Gizmo")} select:value(cancel)`,
        },
        {
            content: "Carry the decisions out",
            trigger: ".modal-footer button[name=process]:contains(Mark as Back Ordered)",
            run: "click",
        },
        {
            content: "The delivery is done, and shows that a back order is open",
            trigger:
                "body:not(:has(.modal)) .o_form_view:has(.o_arrow_button_current:contains(Done))" +
                " button[name=action_view_backorders]",
        },
    ],
});
