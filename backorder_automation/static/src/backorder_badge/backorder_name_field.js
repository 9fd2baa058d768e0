import { registry } from "@web/core/registry";
import { CharField, charField } from "@web/views/fields/char/char_field";

/** The reference of a transfer, and that it carries a back order. */
export class BackorderNameField extends CharField {
    static template = "backorder_automation.NameField";

    get badge() {
        return this.props.record.data.backorder_badge;
    }
}

registry.category("fields").add("backorder_name", {
    ...charField,
    component: BackorderNameField,
    fieldDependencies: [{ name: "backorder_badge", type: "char", readonly: true }],
});
