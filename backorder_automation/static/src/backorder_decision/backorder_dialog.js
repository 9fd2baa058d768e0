import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

import { onMounted } from "@odoo/owl";

/** A dialog that starts on its main button: Enter carries out what is proposed. */
export class BackorderDialogController extends FormController {
    setup() {
        super.setup();
        onMounted(() => {
            document.querySelector(".modal-footer .o_backorder_main")?.focus();
        });
    }
}

registry
    .category("views")
    .add("backorder_dialog", { ...formView, Controller: BackorderDialogController });
