import { EventBus, reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { session } from "@web/session";
import { OutboxStore } from "./outbox_store";

const SENT_FIELDS = ["key", "type", "at", "visit", "vals", "position", "position_error", "company_id"];
const BATCH = 20;
const BATCH_CHARS = 2_000_000;
const RETRY_MS = 15_000;

/** A key that no other device makes, also where the page is not served securely. */
export function newKey() {
    const words = globalThis.crypto.getRandomValues(new Uint32Array(4));
    return [...words].map((word) => word.toString(16).padStart(8, "0")).join("");
}

/**
 * The outbox: what a person does on the phone is kept on the device first and sent when there is a connection, in order. Each
 * entry has a key of its own, so that the server does it once however often it comes (crm.visit.sync).
 */
export class Outbox {
    constructor(orm, store) {
        this.orm = orm;
        this.store = store;
        this.bus = new EventBus();
        this.held = new Set(); // keys that wait for a position
        this.inFlight = new Set();
        this.seq = 0;
        this.state = reactive({ events: [], isOnline: browser.navigator.onLine !== false, isSending: false, trouble: "" });
        this.ready = this.load();
    }

    async load() {
        const kept = await this.store.events();
        this.seq = Math.max(0, ...kept.map((event) => event.seq));
        this.state.events = [...kept, ...this.state.events];
    }

    get waiting() {
        return this.state.events.filter((event) => !event.error);
    }

    get refused() {
        return this.state.events.filter((event) => event.error);
    }

    /**
     * Take something that has just happened.
     * @param {Object} event type, visit, vals, and local (what is shown of it until it is sent)
     * @param {Promise} [position] of { position, error }: waited for before the entry is sent
     */
    async add(event, position) {
        await this.ready;
        const merged = this.mergeNote(event);
        if (merged) {
            await this.store.put(merged);
            this.sendSoon();
            return merged;
        }
        const entry = {
            key: newKey(),
            seq: ++this.seq,
            at: new Date().toISOString(),
            company_id: user.activeCompany?.id ?? null,
            ...event,
        };
        if (position) {
            this.held.add(entry.key);
        }
        this.state.events.push(entry);
        await this.store.put(entry);
        if (position) {
            const found = await position;
            const waiting = Object.assign(this.find(entry.key), { position: found.position, position_error: found.error });
            await this.store.put(waiting);
            this.held.delete(entry.key);
        }
        this.sendSoon();
        return entry;
    }

    find(key) {
        return this.state.events.find((event) => event.key === key);
    }

    /** Words typed one after the other are one entry, as long as it has not been sent. */
    mergeNote(event) {
        if (event.type !== "note") {
            return null;
        }
        const last = this.state.events.findLast((entry) => entry.visit === event.visit);
        if (last?.type !== "note" || last.error || this.inFlight.has(last.key)) {
            return null;
        }
        const { note_seen, ...vals } = event.vals;
        last.vals = { ...last.vals, ...vals, note_seen: last.vals.note_seen ?? note_seen };
        last.at = new Date().toISOString();
        return last;
    }

    // ------------------------------------------------------------------
    // Sending
    // ------------------------------------------------------------------

    sendSoon() {
        return this.send().catch(() => {}); // told in the state
    }

    /** Send what waits, batch by batch; what fails is said in the state. */
    async send() {
        await this.ready;
        if (this.state.isSending) {
            this.again = true;
            return;
        }
        this.state.isSending = true;
        try {
            do {
                this.again = false;
                for (let batch = this.nextBatch(); batch.length; batch = this.nextBatch()) {
                    await this.sendBatch(batch);
                }
            } while (this.again);
            this.state.isOnline = browser.navigator.onLine !== false;
            this.state.trouble = "";
        } catch (error) {
            this.noteFailure(error);
        } finally {
            this.state.isSending = false;
        }
    }

    nextBatch() {
        const batch = [];
        let chars = 0;
        for (const event of this.waiting) {
            if (this.held.has(event.key)) {
                break; // nothing overtakes what happened before
            }
            chars += event.vals?.data?.length || 0;
            if (batch.length && (batch.length >= BATCH || chars > BATCH_CHARS)) {
                break;
            }
            batch.push(event);
        }
        return batch;
    }

    async sendBatch(batch) {
        const keys = batch.map((event) => event.key);
        keys.forEach((key) => this.inFlight.add(key));
        try {
            const events = batch.map((event) => Object.fromEntries(SENT_FIELDS.map((name) => [name, event[name] ?? null])));
            const answer = await this.orm.silent.call("crm.visit.sync", "sync", [events], { sent_at: new Date().toISOString() });
            this.bus.trigger("SENT", answer);
            for (const result of answer.results) {
                await this.settle(result, answer.visits[result.visit]);
            }
        } finally {
            keys.forEach((key) => this.inFlight.delete(key));
        }
    }

    async settle(result, card) {
        const event = this.find(result.key);
        if (!event) {
            return;
        }
        if (result.status === "error") {
            event.error = result.message;
            return this.store.put(event);
        }
        await this.discard(event);
        if (card && card.ref !== result.visit) {
            for (const later of this.state.events.filter((other) => other.visit === result.visit)) {
                later.visit = card.ref; // known by its number from now on
                await this.store.put(later);
            }
        }
    }

    noteFailure(error) {
        if (error instanceof ConnectionLostError) {
            this.state.isOnline = false;
        } else {
            this.state.trouble = error.data?.message || error.message || _t("The server did not take it.");
        }
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(() => this.sendSoon(), RETRY_MS);
    }

    // ------------------------------------------------------------------
    // What the server has refused
    // ------------------------------------------------------------------

    async retry() {
        for (const event of this.refused) {
            event.error = null;
            await this.store.put(event);
        }
        return this.send();
    }

    async discard(event) {
        await this.store.remove(event.key);
        const place = this.state.events.findIndex((other) => other.key === event.key);
        if (place >= 0) {
            this.state.events.splice(place, 1);
        }
    }
}

export const outboxService = {
    dependencies: ["orm"],
    start(env, { orm }) {
        const outbox = new Outbox(orm, new OutboxStore(`crm_visit_${session.db}_${user.userId}`));
        const wake = () => (outbox.waiting.length ? outbox.sendSoon() : (outbox.state.isOnline = browser.navigator.onLine !== false));
        browser.addEventListener("online", wake);
        browser.addEventListener("offline", () => (outbox.state.isOnline = false));
        document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake());
        outbox.ready.then(wake);
        return outbox;
    },
};

registry.category("services").add("crm_visit_outbox", outboxService);
