import { QtyAtDatePopover, qtyAtDateWidget } from "@sale_stock/widgets/qty_at_date_widget";
import { formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { patch } from "@web/core/utils/patch";

const formatQuantity = (quantity) =>
    formatFloat(quantity, { trailingZeros: false, digits: [16, 5] });

patch(QtyAtDatePopover.prototype, {
    /** What those ahead leave to the line; nothing where nobody is ahead and nothing lacks. */
    get backorderFree() {
        const { data } = this.props.record;
        const { backorder_free_qty: free, backorder_ahead_qty: ahead } = data;
        const isNew = data.state !== "sale";
        if (!ahead && !data.backorder_outlook) {
            return null;
        }
        return {
            quantity: formatQuantity(free),
            unit: data.product_uom_id?.display_name,
            isShort: free < data.product_uom_qty,
            isNew,
            outlook: data.backorder_outlook,
            ahead:
                ahead &&
                _t("%(free)s free, %(ahead)s for those ahead", {
                    free: formatQuantity(free + ahead),
                    ahead: formatQuantity(ahead),
                }),
        };
    },

    /** What the popover tells of a line that waits for goods; nothing for others. */
    get backorder() {
        const { data } = this.props.record;
        if (!data.backorder_place) {
            return null;
        }
        const { backorder_promised_date: promised, backorder_expected_date: expected } = data;
        return {
            quantity: formatQuantity(data.qty_backordered),
            isBackordered: data.qty_backordered > 0,
            unit: data.product_uom_id?.display_name,
            place: data.backorder_place,
            promised: promised && formatDate(promised),
            expected: expected && formatDate(expected),
            isLate: data.backorder_is_late,
            reason: data.backorder_reason,
        };
    },
});

patch(qtyAtDateWidget, {
    fieldDependencies: [
        ...qtyAtDateWidget.fieldDependencies,
        { name: "qty_backordered", type: "float" },
        { name: "backorder_place", type: "integer" },
        { name: "backorder_reason", type: "text" },
        { name: "backorder_promised_date", type: "datetime" },
        { name: "backorder_expected_date", type: "datetime" },
        { name: "backorder_is_late", type: "boolean" },
        { name: "backorder_free_qty", type: "float" },
        { name: "backorder_ahead_qty", type: "float" },
        { name: "backorder_outlook", type: "char" },
    ],
});
