import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The checklist of a deal by stage: facts tick it, what no fact can prove is ticked by hand. */
export class PlaybookField extends Component {
    static template = "crm_visit_quota.PlaybookField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
    }

    get stages() {
        return this.props.record.data[this.props.name] || [];
    }

    progress(stage) {
        const required = stage.actions.filter((action) => action.required);
        return _t("%(done)s of %(all)s", {
            done: required.filter((action) => action.done).length,
            all: required.length,
        });
    }

    icon(action) {
        return action.done
            ? "fa-check-circle text-success"
            : action.skipped
            ? "fa-share text-warning"
            : "fa-circle-o text-muted";
    }

    label(action) {
        return action.done ? _t("Done") : action.skipped ? _t("Skipped") : _t("Open");
    }

    async tick(action) {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        await this.orm.call("crm.lead", "action_crm_playbook_tick", [
            [record.resId],
            action.id,
            !action.done,
        ]);
        await record.load();
    }
}

registry.category("fields").add("crm_playbook", {
    component: PlaybookField,
    displayName: _t("Playbook"),
    supportedTypes: ["json"],
});
