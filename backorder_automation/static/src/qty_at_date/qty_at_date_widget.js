import { QtyAtDatePopover, qtyAtDateWidget } from "@sale_stock/widgets/qty_at_date_widget";
import { formatDate } from "@web/core/l10n/dates";
import { formatFloat } from "@web/core/utils/numbers";
import { patch } from "@web/core/utils/patch";

patch(QtyAtDatePopover.prototype, {
    /** What the popover tells of a line that waits for goods; nothing for others. */
    get backorder() {
        const { data } = this.props.record;
        if (!data.backorder_place) {
            return null;
        }
        const { backorder_promised_date: promised, backorder_expected_date: expected } = data;
        return {
            quantity: formatFloat(data.qty_backordered, { trailingZeros: false, digits: [16, 5] }),
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
    ],
});
