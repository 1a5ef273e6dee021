import { Component, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { everyMinute, standing } from "./deadline";

/**
 * The time that is left of a promise, which counts down while one looks. The options `state_field` (default sla_state) and
 * `breached_field` name the fields that say how it stands.
 */
export class DeadlineField extends Component {
    static template = "crm_service.DeadlineField";
    static props = {
        ...standardFieldProps,
        stateField: { type: String },
        breachedField: { type: String, optional: true },
    };

    setup() {
        this.time = useState({ minute: 0 });
        useEffect(
            () => everyMinute(() => this.time.minute++),
            () => []
        );
    }

    get due() {
        return this.props.record.data[this.props.name];
    }

    get standing() {
        const { data } = this.props.record;
        void this.time.minute; // shown anew each minute
        return standing(this.due, data[this.props.stateField], data[this.props.breachedField]);
    }

    /** The whole of it, for screen readers and on hovering; in the user's time zone. */
    get title() {
        return this.due
            ? _t("Deadline %(date)s: %(left)s", {
                  date: formatDateTime(this.due),
                  left: this.standing.text,
              })
            : this.standing.text;
    }
}

registry.category("fields").add("crm_deadline", {
    component: DeadlineField,
    displayName: _t("Time Left"),
    supportedTypes: ["datetime"],
    fieldDependencies: ({ options }) => [
        { name: options.state_field || "sla_state", type: "selection" },
        ...(options.breached_field ? [{ name: options.breached_field, type: "boolean" }] : []),
    ],
    extractProps: ({ options }) => ({
        stateField: options.state_field || "sla_state",
        breachedField: options.breached_field,
    }),
});
