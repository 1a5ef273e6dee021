import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { RankingTable } from "./ranking_table";

const EVERY = 5 * 60 * 1000;

/** The board on the wall: big type, nothing to click, fresh every five minutes, and it keeps what it has while the server is away. */
export class Board extends Component {
    static template = "crm_visit_quota.Board";
    static components = { RankingTable };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ board: null, stale: false });
        onWillStart(() => this.load());
        const timer = setInterval(() => this.refresh(), EVERY);
        onWillUnmount(() => clearInterval(timer));
    }

    async load() {
        this.state.board = await this.orm.silent.call("crm.visit.quota.result", "get_board", []);
    }

    async refresh() {
        try {
            await this.load();
            this.state.stale = false;
        } catch {
            this.state.stale = true;
        }
    }

    get countedOn() {
        const moment = this.state.board.counted_on;
        return moment ? formatDateTime(deserializeDateTime(moment)) : "";
    }
}

registry.category("actions").add("crm_visit_quota.board", Board);
