import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** A grade as a coloured pill; the colour comes from the field named by the option `color_field` (default grade_color). */
export class GradeField extends Component {
    static template = "crm_grading.GradeField";
    static props = { ...standardFieldProps, colorField: { type: String } };

    get label() {
        return this.props.record.data[this.props.name]?.display_name;
    }

    get color() {
        return this.props.record.data[this.props.colorField] || 0;
    }
}

registry.category("fields").add("crm_grade", {
    component: GradeField,
    displayName: _t("Grade"),
    supportedTypes: ["many2one"],
    extractProps: ({ options }) => ({ colorField: options.color_field || "grade_color" }),
});
