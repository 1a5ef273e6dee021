import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { RankingTable } from "./ranking_table";

const { DateTime } = luxon;

/** Who has the most of something in a month, a quarter or a year. */
export class Ranking extends Component {
    static template = "crm_visit_quota.Ranking";
    static components = { Layout, RankingTable };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({ measure: "fulfilment", period: "month", date: serializeDate(DateTime.now()), ranking: null });
        this.measures = [
            ["fulfilment", _t("Quota")], ["visit_count", _t("Visits")], ["new_count", _t("New customers")], ["signing_count", _t("Signings")],
            ["signing_amount", _t("Signed")], ["new_signed_count", _t("New customers signed")], ["collected_amount", _t("Collected")],
            ["lead_share", _t("Visits to opportunities")], ["order_share", _t("Visits to orders")],
        ];
        this.periods = [["month", _t("Month")], ["quarter", _t("Quarter")], ["year", _t("Year")]];
        onWillStart(() => this.load());
    }

    async load() {
        const { measure, period, date } = this.state;
        this.state.ranking = await this.orm.call("crm.visit.quota.result", "get_ranking", [measure, period, date]);
    }

    choose(changes) {
        Object.assign(this.state, changes);
        return this.load();
    }

    move(step) {
        const date = deserializeDate(this.state.date).plus({ [`${this.state.period}s`]: step });
        return this.choose({ date: serializeDate(date) });
    }

    async open(row) {
        const found = await this.orm.searchCount("crm.visit.quota.result", [["id", "=", row.result_id]]);
        if (found) {
            this.action.doAction({
                type: "ir.actions.act_window", res_model: "crm.visit.quota.result", res_id: row.result_id, views: [[false, "form"]],
            });
        }
    }
}

registry.category("actions").add("crm_visit_quota.ranking", Ranking);
