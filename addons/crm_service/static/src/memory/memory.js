import { Component, onMounted, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** What we know of the customer, beside the ticket: crm.ticket.get_memory(). Folded on a phone, and read only when it is open. */
export class TicketMemory extends Component {
    static template = "crm_service.TicketMemory";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.ui = useService("ui");
        this.keepLast = new KeepLast();
        this.state = useState({ memory: null, isOpen: !this.ui.isSmall });
        this.shown = this.key(this.props);
        onMounted(() => this.state.isOpen && this.load(this.props));
        onWillUpdateProps((next) => {
            if (this.key(next) !== this.shown) {
                this.shown = this.key(next);
                this.state.memory = null;
                if (this.state.isOpen) {
                    this.load(next);
                }
            }
        });
    }

    /** Of which ticket and whose: what was saved, not what is being typed. */
    key({ record }) {
        return `${record.resId}-${record.data.partner_id?.id}-${record.data.write_date?.toMillis?.()}`;
    }

    async load({ record }) {
        if (record.resId) {
            this.state.memory = await this.keepLast.add(this.orm.silent.call("crm.ticket", "get_memory", [[record.resId]]));
        }
    }

    toggle() {
        this.state.isOpen = !this.state.isOpen;
        if (this.state.isOpen && !this.state.memory) {
            this.load(this.props);
        }
    }

    get memory() {
        return this.state.memory;
    }

    get tiles() {
        return this.memory.tiles.filter((tile) => tile.value);
    }

    figure(tile) {
        return tile.unit === "monetary" ? formatMonetary(tile.value, { currencyId: tile.currency_id }) : tile.value;
    }

    amount(item) {
        return item.currency_id ? formatMonetary(item.amount, { currencyId: item.currency_id }) : "";
    }

    date(iso) {
        return formatDate(deserializeDate(iso));
    }

    open(resModel, resId) {
        this.action.doAction({ type: "ir.actions.act_window", res_model: resModel, res_id: resId, views: [[false, "form"]] });
    }

    openAction(action) {
        if (action) {
            this.action.doAction(action);
        }
    }
}

registry.category("view_widgets").add("crm_ticket_memory", {
    component: TicketMemory,
    fieldDependencies: [{ name: "write_date", type: "datetime" }],
});
