import { registry } from "@web/core/registry";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";

/**
 * Lines that are edited in the list and, in full, in a dialog: the button at the end of a line opens the dialog instead of
 * leaving the form, so that nothing has to be saved first.
 */
export class DialogLinesField extends X2ManyField {
    async switchToForm(record) {
        await this.list.leaveEditMode();
        this._openRecord({ record, context: this.props.context });
    }
}

registry.category("fields").add("crm_dialog_one2many", {
    ...x2ManyField,
    component: DialogLinesField,
});
