import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** How I stand this month: progress, what is missing, my place. */
export class MyMonth extends Component {
    static template = "crm_visit_quota.MyMonth";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({ month: null });
        onWillStart(async () => {
            this.state.month = await this.orm.call("crm.visit.quota.result", "get_my_month", []);
        });
    }

    number(value) {
        return Number.isInteger(value) ? formatInteger(value) : formatFloat(value, { digits: [16, 1] });
    }

    get percent() {
        return Math.min(100, Math.round(this.state.month.fulfilment));
    }

    get criteria() {
        const month = this.state.month;
        return [
            { key: "distinct", label: _t("Distinct customers"), share: month.distinct_share, target: month.target_distinct, reached: month.reached_distinct },
            { key: "new", label: _t("New customers"), share: month.new_share, target: month.target_new, reached: month.reached_new },
        ].filter((criterion) => criterion.target);
    }

    async open(method) {
        const action = await this.orm.call("crm.visit.quota.result", method, [[this.state.month.result_id]]);
        this.action.doAction(action);
    }

    openResult() {
        this.action.doAction({
            type: "ir.actions.act_window", res_model: "crm.visit.quota.result", res_id: this.state.month.result_id, views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("crm_visit_quota.my_month", MyMonth);
