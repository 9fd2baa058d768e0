import { registry } from "@web/core/registry";

const decision = "[name=shortfall_line_ids] .o_data_cell[name=decision] select";
const count = ".o_list_view .o_data_row:contains(Walked Gadget)";

registry.category("web_tour.tours").add("backorder_not_found", {
    steps: () => [
        {
            content: "The system has more than was found: validate what there is",
            trigger: "button[name=button_validate]",
            run: "click",
        },
        {
            content: "Say that the rest was not found",
            trigger: decision,
            run: "select not_found",
        },
        {
            content: "Carry the decision out",
            trigger: `.modal:has(${decision}:value(not_found)) .modal-footer button[name=process]:visible`,
            run: "click",
        },
        {
            content: "Somebody is asked to count it",
            trigger: "body:not(:has(.modal)) .o-mail-Activity:contains(Count what was not found)",
        },
    ],
});

registry.category("web_tour.tours").add("backorder_count", {
    steps: () => [
        {
            content: "One order is blocked",
            trigger: `${count} [name=backorder_doubt_orders]:contains(1)`,
        },
        {
            content: "Count it",
            trigger: `${count} button[name=action_backorder_count]`,
            run: "click",
        },
        {
            content: "All of it is there",
            trigger: `${count} [name=inventory_quantity]`,
            run: "click",
        },
        {
            content: "It was behind the door",
            trigger: `${count} [name=inventory_quantity] input`,
            run: "edit 3",
        },
        {
            content: "Apply the count",
            trigger: `${count} button[name=action_apply_inventory]`,
            run: "click",
        },
        {
            content: "Nothing is left to apply",
            trigger: `${count}:not(:has(button[name=action_apply_inventory]))`,
        },
    ],
});
