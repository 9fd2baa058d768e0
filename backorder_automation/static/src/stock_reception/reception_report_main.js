import { patch } from "@web/core/utils/patch";
import { ReceptionReportMain } from "@stock/components/reception_report_main/stock_reception_report_main";

patch(ReceptionReportMain.prototype, {
    /** The queue may have left less than was asked for: show what was really allocated. */
    async _changeAssignedState(options) {
        super._changeAssignedState(options);
        if (options.isAssigned) {
            this.data = await this.getReportData();
            this.state.sourcesToLines = this.data.sources_to_lines;
        }
    },
});
