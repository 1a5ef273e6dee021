import { Component, onWillUpdateProps, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { mapsLink } from "./day_model";
import { shrinkPhoto } from "./device";

const AUTOSAVE_MS = 800;

/** A visit of the day, with everything that is done with it under the thumb. */
export class VisitCard extends Component {
    static template = "crm_visit_quota.VisitCard";
    static props = {
        card: Object,
        outcomes: Array,
        isOpen: Boolean,
        isBusy: { type: Boolean, optional: true },
        blocker: { type: String, optional: true }, // the customer whom one has not checked out of
        onToggle: Function,
        onEvent: Function, // (card, type, vals, asks for the position)
        onBrief: Function,
    };

    setup() {
        this.action = useService("action");
        this.notification = useService("notification");
        this.state = useState({ ...this.words(this.props.card), missing: false, isShrinking: false });
        this.typed = new Set();
        this.save = useDebounced(() => this.saveWords(), AUTOSAVE_MS, { execBeforeUnmount: true });
        onWillUpdateProps(({ card }) => {
            for (const [name, value] of Object.entries(this.words(card))) {
                if (!this.typed.has(name)) {
                    this.state[name] = value;
                }
            }
        });
    }

    words(card) {
        return { note: card.note || "", next_step: card.next_step || "", next_step_date: card.next_step_date || "" };
    }

    // ------------------------------------------------------------------
    // What is shown
    // ------------------------------------------------------------------

    get card() {
        return this.props.card;
    }

    get time() {
        const [start, end] = this.card.actual[0] ? this.card.actual : this.card.planned;
        return [start, end].filter(Boolean).join(" – ");
    }

    get stateLabel() {
        return {
            planned: _t("Planned"), underway: _t("Under way"), done: _t("Done"), missed: _t("Missed"),
        }[this.card.state];
    }

    get stateTone() {
        return { planned: "secondary", underway: "primary", done: "success", missed: "warning" }[this.card.state];
    }

    get location() {
        return {
            suspect: { tone: "warning", icon: "fa-exclamation-triangle", label: _t("Doubtful position") },
            unlocated: { tone: "muted", icon: "fa-map-o", label: _t("Without position") },
            located: { tone: "success", icon: "fa-check-circle-o", label: _t("Located") },
        }[this.card.location_state];
    }

    get maps() {
        return mapsLink(this.card.partner, browser.navigator.userAgent);
    }

    get phones() {
        const people = this.card.contacts.filter((person) => person.phone);
        const own = this.card.partner.phone ? [{ id: 0, name: this.card.partner.name, phone: this.card.partner.phone }] : [];
        return [...people, ...own];
    }

    get isWritable() {
        return ["underway", "done", "planned", "missed"].includes(this.card.state);
    }

    get missing() {
        return this.card.checks.filter((line) => line.is_required && !line.is_done);
    }

    // ------------------------------------------------------------------
    // What can be done
    // ------------------------------------------------------------------

    checkIn() {
        this.props.onEvent(this.card, "check_in", {}, true);
    }

    checkOut() {
        if (this.missing.length) {
            this.state.missing = true;
            return this.props.onToggle(this.card, true);
        }
        this.state.missing = false;
        const vals = this.takeWords();
        this.props.onEvent(this.card, "check_out", vals, true);
    }

    type(name, value) {
        this.state[name] = value;
        this.typed.add(name);
        this.save();
    }

    /** The words typed since they were last saved, and what the note was before. */
    takeWords() {
        const vals = Object.fromEntries([...this.typed].map((name) => [name, this.state[name]]));
        if ("note" in vals) {
            vals.note_seen = this.card.note || "";
        }
        this.typed.clear();
        return vals;
    }

    saveWords() {
        const vals = this.takeWords();
        if (Object.keys(vals).length) {
            this.props.onEvent(this.card, "note", vals);
        }
    }

    setOutcome(outcome) {
        this.props.onEvent(this.card, "note", { outcome: this.card.outcome === outcome ? false : outcome });
    }

    tick(line, isDone) {
        this.props.onEvent(this.card, "check", { checks: { [line.name]: isDone } });
    }

    async addPhotos(ev) {
        const files = [...ev.target.files];
        ev.target.value = "";
        this.state.isShrinking = true;
        try {
            for (const file of files) {
                this.props.onEvent(this.card, "photo", { name: file.name, data: await shrinkPhoto(file) });
            }
        } catch {
            this.notification.add(_t("This file is not a photo that the browser can read."), { type: "danger" });
        } finally {
            this.state.isShrinking = false;
        }
    }

    place() {
        this.props.onEvent(this.card, "place", {});
    }

    open() {
        this.action.doAction({
            type: "ir.actions.act_window", res_model: "crm.visit", res_id: this.card.id, views: [[false, "form"]],
        });
    }
}
