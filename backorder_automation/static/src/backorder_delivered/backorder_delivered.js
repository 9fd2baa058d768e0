import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/core/utils/numbers";
import { FloatField, floatField } from "@web/views/fields/float/float_field";

const formatQuantity = (quantity) =>
    formatFloat(quantity, { trailingZeros: false, digits: [16, 5] });

/**
 * What is delivered of a line, and below it what is back ordered and how far the line is: in
 * Odoo's own column, so that the prices stay where they are.
 */
export class BackorderDelivered extends FloatField {
    static template = "backorder_automation.BackorderDelivered";

    get parts() {
        const { qty_delivered, qty_ready, qty_waiting } = this.props.record.data;
        return [
            { color: "bg-success", quantity: qty_delivered, label: _t("delivered") },
            { color: "bg-info", quantity: qty_ready, label: _t("ready") },
            { color: "bg-warning", quantity: qty_waiting, label: _t("waiting") },
        ];
    }

    get isBackordered() {
        const { product_uom_qty, qty_backordered } = this.props.record.data;
        return qty_backordered > 0 && product_uom_qty > 0;
    }

    get backordered() {
        const quantity = formatQuantity(this.props.record.data.qty_backordered);
        return _t("%(quantity)s back ordered", { quantity });
    }

    width(part) {
        const share = part.quantity / this.props.record.data.product_uom_qty;
        return `width: ${100 * Math.min(Math.max(share, 0), 1)}%`;
    }

    get title() {
        return this.parts
            .map((part) => `${formatQuantity(part.quantity)} ${part.label}`)
            .join(", ");
    }
}

export const backorderDelivered = {
    ...floatField,
    component: BackorderDelivered,
    supportedTypes: ["float"],
    listViewWidth: 93,
    fieldDependencies: [
        { name: "product_uom_qty", type: "float" },
        { name: "qty_backordered", type: "float" },
        { name: "qty_ready", type: "float" },
        { name: "qty_waiting", type: "float" },
    ],
};
registry.category("fields").add("backorder_delivered", backorderDelivered);
