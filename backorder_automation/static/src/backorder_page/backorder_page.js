import { registry } from "@web/core/registry";
import { usePager } from "@web/search/pager_hook";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

/** A form that asks and shows, and is no document: nothing to page through, to add or to copy. */
export class BackorderPageController extends FormController {
    static template = "backorder_automation.PageView";

    setup() {
        super.setup();
        usePager(() => undefined);
    }
}

registry
    .category("views")
    .add("backorder_page", { ...formView, Controller: BackorderPageController });
