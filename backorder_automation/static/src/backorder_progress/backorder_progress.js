import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/core/utils/numbers";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** How much of a back-ordered line is delivered, ready, and still waited for: a small bar. */
export class BackorderProgress extends Component {
    static template = "backorder_automation.BackorderProgress";
    static props = { ...standardFieldProps };

    get parts() {
        const { qty_delivered, qty_ready, qty_waiting } = this.props.record.data;
        return [
            { color: "bg-success", quantity: qty_delivered, label: _t("delivered") },
            { color: "bg-info", quantity: qty_ready, label: _t("ready") },
            { color: "bg-warning", quantity: qty_waiting, label: _t("waiting") },
        ];
    }

    get isShown() {
        const { product_uom_qty, qty_backordered } = this.props.record.data;
        return qty_backordered > 0 && product_uom_qty > 0;
    }

    width(part) {
        const share = part.quantity / this.props.record.data.product_uom_qty;
        return `width: ${100 * Math.min(Math.max(share, 0), 1)}%`;
    }

    get title() {
        const options = { trailingZeros: false, digits: [16, 5] };
        return this.parts
            .map((part) => `${formatFloat(part.quantity, options)} ${part.label}`)
            .join(", ");
    }
}

export const backorderProgress = {
    component: BackorderProgress,
    supportedTypes: ["float"],
    fieldDependencies: [
        { name: "product_uom_qty", type: "float" },
        { name: "qty_delivered", type: "float" },
        { name: "qty_ready", type: "float" },
        { name: "qty_backordered", type: "float" },
    ],
};
registry.category("fields").add("backorder_progress", backorderProgress);
