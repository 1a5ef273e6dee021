import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Why a customer has this grade, and what would lift it. The value is the result of crm.grade.verdict._explain(). */
export class ExplanationField extends Component {
    static template = "crm_grading.ExplanationField";
    static props = { ...standardFieldProps };

    get why() {
        return this.props.record.data[this.props.name] || null;
    }
}

registry.category("fields").add("crm_explanation", {
    component: ExplanationField,
    displayName: _t("Explanation of a Grade"),
    supportedTypes: ["json"],
});
