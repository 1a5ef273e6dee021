import { registry } from "@web/core/registry";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";
import { StakeholderMap } from "./stakeholder_map";

/** The stakeholders of a deal: the map, and below it the list (cards on a phone) in which they are added. */
export class StakeholderMapField extends X2ManyField {
    static template = "crm_visit_quota.StakeholderMapField";
    static components = { ...X2ManyField.components, StakeholderMap };

    openPerson(record) {
        this._openRecord({ record, mode: this.props.readonly ? "readonly" : "edit" });
    }
}

registry.category("fields").add("crm_stakeholder_map", {
    ...x2ManyField,
    component: StakeholderMapField,
    supportedTypes: ["one2many"],
});
