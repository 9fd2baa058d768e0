import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

// An order waits for a product named "Walked Gadget".
const waiting = ".o_list_view .o_data_row:contains(Walked Gadget)";

registry.category("web_tour.tours").add("backorder_list", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps("stock.menu_stock_root", "Open Inventory"),
        {
            content: "Open the operations menu",
            trigger: "[data-menu-xmlid='stock.menu_stock_warehouse_mgmt']",
            run: "click",
        },
        {
            content: "Open the back orders",
            trigger: "[data-menu-xmlid='backorder_automation.menu_backorder_stock']",
            run: "click",
        },
        {
            content: "The line says how it stands",
            trigger: `${waiting} .o_data_cell[name=backorder_stage]:contains(Waiting)`,
        },
        {
            content: "The line says why it waits",
            trigger: `${waiting} .o_data_cell[name=backorder_reason]:not(:empty)`,
        },
        {
            content: "Open what the line belongs to",
            trigger: `${waiting} .o_data_cell[name=product_id]`,
            run: "click",
        },
        {
            content: "It is the order",
            trigger: ".o_form_view .ribbon:contains(Back Ordered)",
        },
    ],
});
