import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatInteger, formatMonetary } from "@web/views/fields/formatters";

/** Small figures with the records behind them, as crm.tile.get_tiles() returns them. */
export class Tiles extends Component {
    static template = "crm_grading.Tiles";
    static props = { tiles: { type: Array } };

    setup() {
        this.action = useService("action");
    }

    format(tile, value = tile.value) {
        switch (tile.unit) {
            case "monetary":
                return formatMonetary(value, { currencyId: tile.currency_id, digits: [16, 0] });
            case "percent":
                return _t("%s %%", formatFloat(value, { digits: [16, 1] }));
            case "day":
                return _t("%s days", formatInteger(Math.round(value)));
            case "text":
                return value;
            default:
                return formatInteger(value);
        }
    }

    open(action) {
        if (action) {
            this.action.doAction(action);
        }
    }
}
