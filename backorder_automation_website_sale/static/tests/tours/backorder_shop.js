import { registry } from "@web/core/registry";

const choose = (name) => `.js_product label:contains(${name}) input`;

// Two variants: of "Late" more comes, of "Here" there is enough.
registry.category("web_tour.tours").add("backorder_shop", {
    steps: () => [
        {
            content: "The first variant is on back order, and says when it ships",
            trigger: "#backorder_text:contains(On back order, ships by)",
        },
        {
            content: "Choose the one that is there",
            trigger: choose("Here"),
            run: "click",
        },
        {
            content: "Nothing is on back order",
            trigger: "body:not(:has(#backorder_text)) .js_product",
        },
        {
            content: "Back to the other one",
            trigger: choose("Late"),
            run: "click",
        },
        {
            content: "It says so again",
            trigger: "#backorder_text:contains(On back order, ships by)",
        },
    ],
});
