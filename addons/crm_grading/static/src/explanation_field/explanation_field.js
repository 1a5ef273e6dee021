import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Why a customer has a grade and what would lift it: shows the result of crm.grade.verdict._explain(). */
export class Explanation extends Component {
    static template = "crm_grading.Explanation";
    static props = { why: { type: Object } };

    date(iso) {
        return iso ? formatDate(deserializeDate(iso)) : "";
    }

    number(value, digits = 1) {
        if (value === null || value === undefined) {
            return "–";
        }
        return formatFloat(value, { digits: [16, Number.isInteger(value) ? 0 : digits] });
    }

    /** Width of the bar of a dimension, in percent: its points, or its percentile where the method gives no points. */
    width(dimension) {
        return Math.max(0, Math.min(100, dimension.points ?? dimension.percentile ?? 0));
    }

    levelText(dimension) {
        return _t("level %(level)s of %(count)s", { level: dimension.level, count: dimension.level_count });
    }

    percentileText(dimension) {
        if (dimension.percentile === null) {
            return "";
        }
        return _t("Better than %s %% of those graded", this.number(dimension.percentile));
    }

    get overrideText() {
        const { override } = this.props.why;
        return override.until
            ? _t("Set to %(grade)s by %(user)s until %(until)s", {
                  ...override,
                  until: this.date(override.until),
              })
            : _t("Set to %(grade)s by %(user)s until withdrawn", override);
    }

    get pendingText() {
        const { pending } = this.props.why;
        return _t("In grace since %(since)s: falls to %(grade)s after %(left)s.", {
            since: this.date(pending.since),
            grade: pending.grade || _t("no grade"),
            left: pending.text,
        });
    }
}

export class ExplanationField extends Component {
    static template = "crm_grading.ExplanationField";
    static components = { Explanation };
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
