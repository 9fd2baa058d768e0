import { registry } from "@web/core/registry";
import { RadioField, radioField } from "@web/views/fields/radio/radio_field";
import { SelectionField, selectionField } from "@web/views/fields/selection/selection_field";

/** Keys that leave the drop-down; all others are for itself, not for the list around it. */
const LEAVING_KEYS = ["Tab", "Escape"];

/** Return the choices of a line: *Not found* where the system has what is missing. */
function filterOffered(options, { data }) {
    return options.filter(([value]) => value !== "not_found" || data.is_believed_there);
}

/** A drop-down that looks like one, also in a row that nobody has clicked yet. */
export class BackorderDecisionSelect extends SelectionField {
    static template = "backorder_automation.DecisionSelect";
    static props = { ...SelectionField.props, label: { type: String, optional: true } };

    get options() {
        return filterOffered(super.options, this.props.record);
    }

    onKeydown(ev) {
        if (!LEAVING_KEYS.includes(ev.key) && !ev.altKey && !ev.ctrlKey && !ev.metaKey) {
            ev.stopPropagation();
        }
    }
}

/** All choices side by side, for fingers. */
export class BackorderDecisionRadio extends RadioField {
    static template = "backorder_automation.DecisionRadio";

    get items() {
        return filterOffered(super.items, this.props.record);
    }
}

/** Return the props of a field that can always be changed, also outside a row in edit mode. */
function extractEditable(field, extra = () => ({})) {
    return (fieldInfo, dynamicInfo) => ({
        ...field.extractProps(fieldInfo, dynamicInfo),
        ...extra(fieldInfo),
        readonly: dynamicInfo.readonly,
    });
}

const fields = registry.category("fields");

fields.add("backorder_decision", {
    ...radioField,
    component: BackorderDecisionRadio,
    supportedTypes: ["selection"],
    extractProps: extractEditable(radioField),
});

fields.add("list.backorder_decision", {
    ...selectionField,
    component: BackorderDecisionSelect,
    supportedTypes: ["selection"],
    extractProps: extractEditable(selectionField, ({ string }) => ({ label: string })),
    listViewWidth: 225,
});
