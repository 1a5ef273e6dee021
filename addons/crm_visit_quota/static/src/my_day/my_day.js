import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { deserializeDate, formatDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { BriefDialog } from "../brief/brief";
import { applyEvents, withCards } from "./day_model";
import { askPosition } from "./device";
import { newKey } from "./outbox_service";
import { QuickLog } from "./quick_log";
import { VisitCard } from "./visit_card";

const PORTFOLIO = 500;

/** The day of a person who visits customers, made for a thumb on a phone; it works on without a connection. */
export class MyDay extends Component {
    static template = "crm_visit_quota.MyDay";
    static components = { Layout, VisitCard };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.outbox = useService("crm_visit_outbox");
        this.display = { controlPanel: {} };
        this.keepLast = new KeepLast();
        this.queue = useState(this.outbox.state);
        this.state = useState({ day: null, isOld: false, open: null, busy: null, customers: [], said: "" });
        const onSent = ({ detail }) => this.takeAnswer(detail);
        this.outbox.bus.addEventListener("SENT", onSent);
        onWillUnmount(() => this.outbox.bus.removeEventListener("SENT", onSent));
        onWillStart(async () => {
            await this.outbox.ready;
            await this.load(this.props.state?.date);
            this.loadCustomers(); // not waited for: the day is what people look at
        });
    }

    // ------------------------------------------------------------------
    // Loading, from the server or from what the device has kept
    // ------------------------------------------------------------------

    async load(date = null) {
        const name = `day-${date || "today"}`;
        try {
            this.state.day = await this.keepLast.add(this.orm.silent.call("crm.visit", "get_day", [], { date }));
            this.state.isOld = false;
            this.outbox.store.keep(name, this.state.day);
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            this.queue.isOnline = false;
            const kept = await this.outbox.store.recall(name);
            if (!kept && this.state.day) {
                this.notification.add(_t("Without a connection only days that were looked at before can be shown."), { type: "warning" });
                return;
            }
            this.state.day = kept || this.emptyDay(date);
            this.state.isOld = true;
        }
        const underway = this.day.visits.find((card) => card.state === "underway");
        this.state.open = underway ? underway.key || underway.ref : null;
    }

    emptyDay(date) {
        const today = serializeDate(luxon.DateTime.local());
        return { date: date || today, today, tz: "local", positions: false, visits: [], kinds: [], outcomes: [], due: [], recent: [] };
    }

    async loadCustomers() {
        try {
            this.state.customers = await this.orm.silent.call("crm.visit", "find_customers", [], { limit: PORTFOLIO });
            this.outbox.store.keep("customers", this.state.customers);
        } catch {
            this.state.customers = (await this.outbox.store.recall("customers")) || [];
        }
    }

    takeAnswer({ results, visits }) {
        this.state.day = withCards(this.state.day, visits);
        for (const { status, message } of results) {
            if (status === "done" && message) {
                this.notification.add(message, { type: "warning", sticky: true });
            }
        }
    }

    // ------------------------------------------------------------------
    // What is shown
    // ------------------------------------------------------------------

    /** The day with what waits to be sent. */
    get day() {
        return applyEvents(this.state.day, this.queue.events);
    }

    get dayLabel() {
        const day = deserializeDate(this.state.day.date);
        const away = Math.round(day.diff(deserializeDate(this.state.day.today), "days").days);
        const words = { "-1": _t("Yesterday"), 0: _t("Today"), 1: _t("Tomorrow") }[away];
        return words ? `${words}, ${formatDate(day)}` : `${day.toFormat("ccc")}, ${formatDate(day)}`;
    }

    get waiting() {
        return this.queue.events.filter((event) => !event.error).length;
    }

    get refused() {
        return this.queue.events.filter((event) => event.error);
    }

    get status() {
        if (!this.queue.isOnline) {
            return { icon: "fa-plane", tone: "warning", text: this.waiting ? _t("Offline, %s to send", this.waiting) : _t("Offline") };
        }
        if (this.queue.trouble) {
            return { icon: "fa-exclamation-triangle", tone: "danger", text: _t("%s not sent", this.waiting) };
        }
        if (this.waiting) {
            return { icon: "fa-cloud-upload", tone: "info", text: _t("Sending %s…", this.waiting) };
        }
        return { icon: "fa-check", tone: "success", text: _t("All sent") };
    }

    get progress() {
        const done = this.day.visits.filter((card) => card.state === "done").length;
        return _t("%(done)s of %(all)s visits done", { done, all: this.day.visits.length });
    }

    isOpen(card) {
        return this.state.open === (card.key || card.ref);
    }

    blocker(card) {
        const other = this.day.visits.find((visit) => visit.state === "underway" && visit.is_mine && visit.ref !== card?.ref);
        return other ? other.partner.name : "";
    }

    refusedLabel(event) {
        const customer = event.local?.partner?.name || this.day.visits.find((card) => card.ref === event.visit)?.partner.name || "";
        const what = {
            check_in: _t("Check-in"), check_out: _t("Check-out"), note: _t("Note"), check: _t("Checklist"), photo: _t("Photo"),
            log: _t("Off-plan visit"), place: _t("Customer's place"),
        }[event.type];
        return `${what} ${customer}`;
    }

    // ------------------------------------------------------------------
    // What can be done
    // ------------------------------------------------------------------

    go(days) {
        const date = days ? deserializeDate(this.state.day.date).plus({ days }) : deserializeDate(this.state.day.today);
        return this.load(serializeDate(date));
    }

    goTo(ev) {
        if (ev.target.value) {
            return this.load(ev.target.value);
        }
    }

    toggle(card, isOpen = !this.isOpen(card)) {
        this.state.open = isOpen ? card.key || card.ref : null;
    }

    /** Something was done with a visit: kept on the device at once, sent when possible. */
    async onEvent(card, type, vals, asksPosition = false) {
        const { partner, kind } = card;
        const wantsPosition = asksPosition && card.wants_position;
        const event = {
            type,
            visit: card.ref,
            vals: { partner_id: partner.id, kind_id: kind.id, ...vals },
            local: { partner: { id: partner.id, name: partner.name }, kind, date: this.state.day.date },
        };
        if (type === "check_in") {
            this.state.open = card.key || card.ref;
        }
        this.say(type, partner.name);
        await this.outbox.add(event, wantsPosition ? this.position(card) : null);
    }

    async position(card) {
        this.state.busy = card.ref;
        try {
            const found = await askPosition();
            if (found.error) {
                this.notification.add(
                    found.error === "denied"
                        ? _t("The phone does not allow positions here. The visit is recorded without one.")
                        : _t("No position was found. The visit is recorded without one."),
                    { type: "warning" }
                );
            }
            return found;
        } finally {
            this.state.busy = null;
        }
    }

    /** For screen readers. */
    say(type, customer) {
        const said = { check_in: _t("Checked in: %s", customer), check_out: _t("Checked out: %s", customer), photo: _t("Photo kept") };
        this.state.said = said[type] || this.state.said;
    }

    logVisit(customer = false) {
        this.dialog.add(QuickLog, {
            customer,
            kinds: this.state.day.kinds,
            suggested: [...this.state.day.due, ...this.state.day.recent],
            customers: this.state.customers,
            blocker: this.blocker(),
            onPick: (picked, kind, type) => this.addOffPlan(picked, kind, type),
        });
    }

    async addOffPlan(customer, kind, type) {
        if (this.state.day.date !== this.state.day.today) {
            await this.go(0);
        }
        const ref = newKey();
        const card = { ref, partner: customer, kind, wants_position: this.state.day.positions && kind.needs_location };
        this.state.open = ref;
        return this.onEvent(card, type, {}, type === "check_in");
    }

    showBrief(card) {
        this.dialog.add(BriefDialog, { partnerId: card.partner.id });
    }

    plan() {
        this.action.doAction("crm_visit_quota.crm_visit_action");
    }
}

registry.category("actions").add("crm_visit_quota.my_day", MyDay);
