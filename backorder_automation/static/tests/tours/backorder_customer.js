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
            content: "Nothing is there, so nothing can be shipped",
            trigger: "[name=backorder_wishes]:not(:has(button[value=ship]))",
        },
        {
            content: "Ask to cancel the rest",
            trigger: "button[name=backorder_cancel]",
            run: "click",
        },
        {
            content: "What would not come any more is listed; think again",
            trigger: "#backorder_cancel.show li:contains(Walked Gadget):contains(3.00)",
        },
        {
            content: "Keep them",
            trigger: "#backorder_cancel.show button:contains(Keep them)",
            run: "click",
        },
        {
            content: "Nothing was asked",
            trigger: "body:not(:has(.modal.show)):not(:has([name=backorder_wish]))",
        },
        {
            content: "Cancel the rest after all",
            trigger: "button[name=backorder_cancel]",
            run: "click",
        },
        {
            content: "Yes",
            trigger: "#backorder_cancel.show button[value=cancel]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The wish is noted",
            trigger: ".alert-success:contains(we have your wish)",
        },
        {
            content: "The conversation has it",
            trigger: "#chatterRoot:shadow .o-mail-Message:contains(About the back orders: Cancel the rest)",
        },
        {
            content: "Take it back",
            trigger: "[name=backorder_wish]:contains(You asked: cancel the rest) button",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The conversation has that too",
            trigger: "#chatterRoot:shadow .o-mail-Message:contains(Taken back: Cancel the rest)",
        },
        {
            content: "Wait",
            trigger: "body:not(:has([name=backorder_wish])) button[value=wait]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "That is the wish now",
            trigger: "[name=backorder_wish]:contains(You said: I wait)",
        },
    ],
});
