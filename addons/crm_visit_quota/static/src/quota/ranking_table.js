import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat, formatInteger, formatMonetary } from "@web/views/fields/formatters";

/** One ranking, as crm.visit.quota.result.get_ranking() returns it; a value that may not be shown is left out. */
export class RankingTable extends Component {
    static template = "crm_visit_quota.RankingTable";
    static props = { ranking: Object, open: { type: Function, optional: true } };

    format(value) {
        const { unit, currency_id } = this.props.ranking;
        if (value === null) {
            return "";
        }
        switch (unit) {
            case "monetary":
                return formatMonetary(value, { currencyId: currency_id, digits: [16, 0] });
            case "percent":
                return _t("%s %%", formatFloat(value, { digits: [16, 1] }));
            default:
                return formatInteger(value);
        }
    }
}
