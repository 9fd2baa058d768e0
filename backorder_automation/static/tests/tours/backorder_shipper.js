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
            trigger: `${decision("Walked Gadget")}:contains(Mark as back ordered)`,
        },
        {
            content: "Decide about the gizmos",
            trigger: decision("Walked Gizmo"),
            run: "click",
        },
        {
            content: "Open the choices",
            trigger: `${decision("Walked Gizmo")} .o_select_menu_toggler`,
            run: "click",
        },
        {
            content: "Cancel what is missing",
            trigger: ".o_select_menu_item:contains(Cancel)",
            run: "click",
        },
        {
            content: "It is chosen",
            trigger: `${decision("Walked Gizmo")} input:value(/^Cancel/)`,
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
