import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const row = (order) => `.o_list_view .o_data_row:contains(${order})`;
const line = ".o_field_widget[name=order_line] .o_data_row:contains(Walked Gadget)";

// 3 of "OWN-8" wait, first in the queue; "OTHER-4" of a colleague waits too.
registry.category("web_tour.tours").add("backorder_salesperson", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps("sale.sale_menu_root", "Open Sales"),
        {
            content: "Open the orders menu",
            trigger: "[data-menu-xmlid='sale.sale_order_menu']",
            run: "click",
        },
        {
            content: "Open the back orders",
            trigger: "[data-menu-xmlid='backorder_automation.menu_backorder_sale']",
            run: "click",
        },
        {
            content: "It opens with the own orders",
            trigger: `.o_list_view:has(.o_data_row:contains(OWN-8)):not(:has(.o_data_row:contains(OTHER-4)))`,
        },
        {
            content: "Nothing to release or cancel: salespeople look",
            trigger: `${row("OWN-8")}:not(:has(button[name^=action_backorder]))`,
        },
        {
            content: "Look for those of others",
            trigger: ".o_searchview_facet:contains(My Back Orders) .o_facet_remove",
            run: "click",
        },
        {
            content: "The colleague's order waits too",
            trigger: row("OTHER-4"),
        },
        {
            content: "It says why it waits; open the order",
            trigger: `${row("OWN-8")}:has(.o_data_cell[name=backorder_reason]:not(:empty)) .o_data_cell[name=product_id]`,
            run: "click",
        },
        {
            content: "The order is flagged, and is not given back by salespeople",
            trigger:
                ".o_form_view:has(.ribbon:contains(Back Ordered))" +
                ":not(:has(button[name=action_unmark_backordered]))",
        },
        {
            content: "How far the line is",
            trigger: `${line} .progress[title='5 delivered, 0 ready, 3 waiting']`,
        },
        {
            content: "How far the order is",
            trigger:
                ".o_field_widget[name=backorder_progress]:contains(5.00 delivered)" +
                ":contains(3.00 back ordered and waiting)",
        },
        {
            content: "Ask the line for details",
            trigger: `${line} .fa-area-chart`,
            run: "click",
        },
        {
            content: "The order says what happened, and shows no flag",
            trigger: ".o-mail-Chatter:has(.o-mail-Message:contains(3 Walked Gadget back ordered)):not(:contains(Yes))",
        },
        {
            content: "3 are back ordered and stand first",
            trigger:
                ".o_popover .o_backorder_popover:has(.o_backorder_quantity:contains(/^3\\b/))" +
                " .o_backorder_place:contains(/^1$/)",
        },
    ],
});
