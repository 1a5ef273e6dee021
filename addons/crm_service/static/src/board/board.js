import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { standing } from "../deadline/deadline";

const REFRESH = 30000;
const { DateTime } = luxon;

/** What is open, what comes next and how many promises are kept, to be read from afar; it keeps itself up to date. */
export class ServiceBoard extends Component {
    static template = "crm_service.Board";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.root = useRef("root");
        this.display = { controlPanel: {} };
        this.state = useState({ board: null, teamId: 0, teams: [], isStale: false, now: DateTime.now() });
        onWillStart(async () => {
            [this.state.teams] = await Promise.all([
                this.orm.searchRead("crm.service.team", [], ["name"], { order: "name" }),
                this.load(),
            ]);
        });
        useEffect(
            () => {
                const timer = browser.setInterval(() => this.refresh(), REFRESH);
                return () => browser.clearInterval(timer);
            },
            () => []
        );
    }

    async load() {
        const teamId = this.state.teamId;
        const board = await this.orm.silent.call("crm.service.board", "get_board", [], {
            team_id: teamId || null,
        });
        if (teamId === this.state.teamId) {
            Object.assign(this.state, { board, isStale: false, now: DateTime.now() });
        }
    }

    /** A board on a wall has nobody to press a button: where the server is away, it says so and tries again. */
    async refresh() {
        try {
            await this.load();
        } catch {
            Object.assign(this.state, { isStale: true, now: DateTime.now() });
        }
    }

    async chooseTeam(ev) {
        this.state.teamId = Number(ev.target.value);
        await this.load();
    }

    /** Figures with the tickets behind them, the most pressing ones first. */
    get figures() {
        const { figures } = this.state.board;
        const active = [["state", "in", ["new", "open", "waiting"]]];
        return [
            {
                name: "breached",
                label: _t("Promise broken"),
                tone: figures.breached ? "danger" : "success",
                domain: [...active, ["sla_state", "=", "breached"]],
            },
            {
                name: "soon",
                label: _t("Due within the hour"),
                tone: figures.soon ? "warning" : "success",
                domain: [...active, ["sla_state", "=", "running"], ["date_due", "<=", "+1H"]],
            },
            {
                name: "unassigned",
                label: _t("Taken by nobody"),
                tone: figures.unassigned ? "warning" : "success",
                domain: [...active, ["user_id", "=", false]],
            },
            { name: "open", label: _t("Open"), tone: "body", domain: active },
            {
                name: "waiting",
                label: _t("Waiting for the customer"),
                tone: "body",
                domain: [["state", "=", "waiting"]],
            },
            {
                name: "opened",
                label: _t("New today"),
                tone: "body",
                domain: [["state", "!=", "cancelled"], ["date_opened", ">=", "today"]],
            },
            {
                name: "solved",
                label: _t("Solved today"),
                tone: "body",
                domain: [["date_solved", ">=", "today"]],
            },
        ].map((figure) => ({ ...figure, value: figures[figure.name] }));
    }

    percent(share) {
        return share === null ? "–" : `${Math.round(share * 100)} %`;
    }

    standing(ticket) {
        return standing(
            deserializeDateTime(ticket.date_due),
            ticket.sla_state,
            ticket.sla_state === "breached",
            this.state.now
        );
    }

    get asOf() {
        return toLocaleDateTimeString(deserializeDateTime(this.state.board.now));
    }

    openTickets(name, domain) {
        const ours = this.state.teamId ? [["team_id", "=", this.state.teamId]] : [];
        this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: "crm.ticket",
            domain: [...domain, ...ours],
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }

    openTicket(id) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.ticket",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    toggleFullscreen() {
        if (document.fullscreenElement) {
            document.exitFullscreen();
        } else {
            this.root.el.requestFullscreen();
        }
    }
}

registry.category("actions").add("crm_service.board", ServiceBoard);
