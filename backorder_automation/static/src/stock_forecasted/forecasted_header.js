import { patch } from "@web/core/utils/patch";
import { ForecastedHeader } from "@stock/stock_forecasted/forecasted_header";

patch(ForecastedHeader.prototype, {
    /** Open the lines that wait for the products of the report. */
    onClickBackorders() {
        return this.action.doActionButton({
            type: "object",
            name: "action_view_backorders",
            resModel: "product.product",
            resIds: this.props.docs.product_variants_ids,
        });
    },
});
