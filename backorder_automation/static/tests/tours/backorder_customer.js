import { registry } from "@web/core/registry";

const cell = (name) => `[name=backorder_table] tbody tr:contains(Walked Gadget) td${name}`;

// "OWN-8" of the customer: 5 of 8 shipped, nothing on its way.
registry.category("web_tour.tours").add("backorder_customer", {
    url: "/my/orders",
    steps: () => [
        {
            content: "Open the order",
            trigger: ".o_portal_my_doc_table a:contains(OWN-8)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "8 ordered",
            trigger: cell(":nth-child(2):contains(8.00)"),
        },
        {
            content: "5 shipped",
            trigger: cell(":nth-child(3):contains(5.00)"),
        },
        {
            content: "3 back ordered",
            trigger: cell(":nth-child(4):contains(3.00)"),
        },
        {
            content: "No date is promised that nobody knows",
            trigger: cell(":nth-child(5):contains(No date known yet)"),
        },
        {
            content: "Ask to cancel the rest",
            trigger: "[name=backorder_wishes] button[value=cancel]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The wish is noted",
            trigger: ".alert-success:contains(we have your wish)",
        },
    ],
});
