import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";
import { useDebounced } from "@web/core/utils/timing";

const SHOWN = 20;
const SEARCH_MS = 250;

/** An off-plan visit: whom, how, and "I am here" or "it is done". Works without a connection with one's own customers. */
export class QuickLog extends Component {
    static template = "crm_visit_quota.QuickLog";
    static components = { Dialog };
    static props = {
        close: Function,
        kinds: Array,
        suggested: Array,
        customers: Array, // one's own, as kept on the device
        customer: { type: [Object, Boolean], optional: true },
        blocker: { type: String, optional: true },
        onPick: Function, // (customer, kind, "check_in" or "log")
    };

    setup() {
        this.orm = useService("orm");
        this.title = _t("Off-plan visit");
        this.keepLast = new KeepLast();
        this.state = useState({ text: "", found: [], customer: this.props.customer || null, kind: this.props.kinds[0] });
        this.search = useDebounced(() => this.searchServer(), SEARCH_MS);
        if (!this.props.customer) {
            useAutofocus({ refName: "text", mobile: true });
        }
        onWillStart(() => (this.state.found = this.local));
    }

    /** What the device itself knows. */
    get local() {
        const text = this.state.text.trim().toLowerCase();
        if (!text) {
            const seen = new Set();
            return [...this.props.suggested, ...this.props.customers]
                .filter(({ id }) => !seen.has(id) && seen.add(id))
                .slice(0, SHOWN);
        }
        return this.props.customers
            .filter((customer) => `${customer.name} ${customer.city || ""}`.toLowerCase().includes(text))
            .slice(0, SHOWN);
    }

    onInput() {
        this.state.found = this.local;
        this.search();
    }

    async searchServer() {
        const text = this.state.text.trim();
        if (text.length < 2) {
            return;
        }
        try {
            const found = await this.keepLast.add(
                this.orm.silent.call("crm.visit", "find_customers", [text], { limit: SHOWN })
            );
            if (found.length) {
                this.state.found = found;
            }
        } catch {
            // without a connection, what the device knows has to do
        }
    }

    pick(type) {
        this.props.onPick(this.state.customer, this.state.kind, type);
        this.props.close();
    }
}
