import { registry } from "@web/core/registry";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

/** Odoo's list, whose buttons are icons with a tooltip, with a name for those who hear them. */
export class BackorderListRenderer extends ListRenderer {
    static recordRowTemplate = "backorder_automation.ListRenderer.RecordRow";
}

registry.category("views").add("backorder_list", { ...listView, Renderer: BackorderListRenderer });
