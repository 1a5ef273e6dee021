import { Component, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

const LEVELS = [5, 4, 3, 2, 1];
const RELATIONSHIPS = [-2, -1, 0, 1, 2];
const STEPS = {
    ArrowUp: { influence: 1 },
    ArrowDown: { influence: -1 },
    ArrowLeft: { relationship: -1 },
    ArrowRight: { relationship: 1 },
};
// pixels that a finger may tremble before a tap becomes a drag
const TREMBLE = 6;

/**
 * The people of a deal on a grid: the upper, the more influential; the further right, the better the relationship. A person is
 * dragged by mouse or finger, or moved with the arrow keys; a click opens it.
 */
export class StakeholderMap extends Component {
    static template = "crm_visit_quota.StakeholderMap";
    static props = {
        records: Array,
        readonly: { type: Boolean, optional: true },
        onOpen: Function,
    };

    setup() {
        this.levels = LEVELS;
        this.relationships = RELATIONSHIPS;
        this.root = useRef("root");
        this.state = useState({ drag: null, over: null, said: "" });
    }

    at(influence, relationship) {
        return this.props.records.filter(
            ({ data }) => data.influence === influence && data.relationship === relationship
        );
    }

    name(record) {
        return record.data.name || "";
    }

    initials(record) {
        const words = this.name(record).trim().split(/\s+/);
        return words.length > 1
            ? (words[0][0] + words.at(-1)[0]).toUpperCase()
            : words[0].slice(0, 2);
    }

    roles(record) {
        return record.data.role_ids.records.map((role) => role.data.display_name).join(", ");
    }

    stance(record) {
        const { stance } = record.data;
        return record.fields.stance.selection.find(([key]) => key === stance)?.[1] || "";
    }

    title(record) {
        const { influence, relationship } = record.data;
        return [
            this.name(record),
            this.roles(record),
            this.stance(record),
            _t("influence %(influence)s, relationship %(relationship)s", { influence, relationship }),
        ]
            .filter(Boolean)
            .join(" · ");
    }

    column(relationship) {
        return relationship > 0 ? `+${relationship}` : `${relationship}`;
    }

    // ------------------------------------------------------------------
    // Moving
    // ------------------------------------------------------------------

    async move(record, influence, relationship) {
        if (record.data.influence === influence && record.data.relationship === relationship) {
            return;
        }
        await record.update({ influence, relationship });
        this.state.said = this.title(record);
    }

    async onKeydown(record, ev) {
        const step = STEPS[ev.key];
        if (!step || this.props.readonly) {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
        const clamp = (value, scale) =>
            Math.min(Math.max(value, Math.min(...scale)), Math.max(...scale));
        await this.move(
            record,
            clamp(record.data.influence + (step.influence || 0), LEVELS),
            clamp(record.data.relationship + (step.relationship || 0), RELATIONSHIPS)
        );
        this.root.el?.querySelector(`[data-person="${record.id}"]`)?.focus();
    }

    onPointerDown(record, ev) {
        if (this.props.readonly || ev.button) {
            return;
        }
        ev.currentTarget.setPointerCapture(ev.pointerId);
        this.start = { record, x: ev.clientX, y: ev.clientY };
        this.wasDragged = false;
    }

    onPointerMove(ev) {
        if (!this.start) {
            return;
        }
        const x = ev.clientX - this.start.x;
        const y = ev.clientY - this.start.y;
        if (this.state.drag || Math.hypot(x, y) > TREMBLE) {
            this.state.drag = { id: this.start.record.id, x, y };
            this.state.over = this.cellAt(ev.clientX, ev.clientY)?.dataset.cell || null;
        }
    }

    /** Returns the cell at a point of the window: of those of this map the one whose rectangle holds it. */
    cellAt(x, y) {
        return [...this.root.el.querySelectorAll("[data-cell]")].find((cell) => {
            const { left, right, top, bottom } = cell.getBoundingClientRect();
            return x >= left && x <= right && y >= top && y <= bottom;
        });
    }

    async onPointerUp(ev) {
        const { start } = this;
        if (!start) {
            return;
        }
        this.wasDragged = Boolean(this.state.drag);
        const cell = this.wasDragged && this.cellAt(ev.clientX, ev.clientY);
        this.onPointerCancel();
        if (cell) {
            const [influence, relationship] = cell.dataset.cell.split(",").map(Number);
            await this.move(start.record, influence, relationship);
        }
    }

    onPointerCancel() {
        this.start = null;
        this.state.drag = null;
        this.state.over = null;
    }

    /** A click follows every release: also that after a drag, which is to open nothing. The keyboard's click has no detail. */
    onClick(record, ev) {
        if (!this.wasDragged || !ev.detail) {
            this.props.onOpen(record);
        }
    }

    style(record) {
        const { drag } = this.state;
        return drag?.id === record.id ? `transform: translate(${drag.x}px, ${drag.y}px)` : "";
    }
}
