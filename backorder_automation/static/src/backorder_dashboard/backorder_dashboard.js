import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { View } from "@web/views/view";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const PERIODS = [30, 90, 365];

/**
 * The key figures of back orders. Every figure opens the rows it is made of.
 */
export class BackorderDashboard extends Component {
    static template = "backorder_automation.BackorderDashboard";
    static components = { Layout, View };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.periods = PERIODS;
        this.state = useState({ days: 90, figures: null });
        onWillStart(() => this.load(this.state.days));
    }

    async load(days) {
        this.state.figures = await this.orm.call("backorder.dashboard", "get_figures", [], {
            days,
        });
        this.state.days = days;
    }

    periodLabel(days) {
        return days === 365 ? _t("A year") : _t("%s days", days);
    }

    open(figure) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: figure.label,
            res_model: figure.model,
            domain: figure.domain,
            views: [
                [false, "list"],
                [false, "pivot"],
                [false, "graph"],
            ],
            search_view_id: [false],
        });
    }

    get openGraph() {
        return this.graph("backorder.report", [["state", "in", ["waiting", "released"]]], {
            graph_measure: "open_value",
            graph_mode: "bar",
            graph_groupbys: ["age"],
        });
    }

    get fillGraph() {
        return this.graph("backorder.fill.report", [["is_measured", "=", true]], {
            graph_measure: "line_fill_rate",
            graph_mode: "line",
            graph_groupbys: ["date:month"],
        });
    }

    graph(resModel, domain, context) {
        return {
            type: "graph",
            resModel,
            domain,
            context,
            views: [
                [false, "graph"],
                [false, "search"],
            ],
            display: { controlPanel: false },
        };
    }
}

registry.category("actions").add("backorder_dashboard", BackorderDashboard);
