import { Component } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";

const { DateTime } = luxon;
const WIDTH = 320;
const HEIGHT = 52;
const PAD = 8;

/** The grade over time, as steps: the best grade on top. */
export class GradeTrend extends Component {
    static template = "crm_grading.GradeTrend";
    static props = { history: { type: Array }, grades: { type: Array } };

    setup() {
        this.viewBox = `0 0 ${WIDTH} ${HEIGHT}`;
    }

    /** Each change with its place in the drawing; without a grade lies below the last one. */
    get points() {
        const start = deserializeDate(this.props.history[0].date);
        const span = Math.max(1, DateTime.local().diff(start, "days").days);
        const levels = Math.max(1, this.props.grades.length);
        return this.props.history.map((change) => {
            const day = deserializeDate(change.date);
            const rank = this.props.grades.findIndex((grade) => grade.id === change.grade_id);
            return {
                ...change,
                x: PAD + ((WIDTH - 2 * PAD) * day.diff(start, "days").days) / span,
                y: PAD + ((HEIGHT - 2 * PAD) * (rank < 0 ? levels : rank)) / levels,
                color: this.props.grades[rank]?.color || 0,
                title: `${formatDate(day)}: ${change.name || "–"}`,
            };
        });
    }

    get path() {
        const [first, ...rest] = this.points;
        return `M${first.x} ${first.y}` + rest.map((point) => `H${point.x}V${point.y}`).join("") + `H${WIDTH - PAD}`;
    }
}
