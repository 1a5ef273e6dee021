import { getColor, hexToRGBA } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/views/fields/formatters";
import { AnalysisPage, DAYS_PER_MONTH, figure, gridColor, percent, textColor } from "./analysis";

const CERTAIN = 0.05; // below this two groups are said to differ

/** Survival curves: what share of the customers is still there after so many months, and whether two groups differ. */
export class Survival extends AnalysisPage {
    static template = "crm_churn.Survival";
    static method = "get_survival";
    static defaults = { by: "", basis: "silence", lost_after: 90, pair: [] };

    set(name, value) {
        if (name === "by") {
            this.state.options.pair = [];
        }
        return super.set(name, value);
    }

    get byChoices() {
        return [
            { value: "", label: _t("All customers") },
            { value: "grade", label: _t("Grade") },
            { value: "rfm", label: _t("RFM Segment") },
            { value: "segment", label: _t("Segment") },
            { value: "industry", label: _t("Industry") },
            { value: "country", label: _t("Country") },
            { value: "user", label: _t("Salesperson") },
        ];
    }

    get basisChoices() {
        return [
            { value: "silence", label: _t("Silence") },
            { value: "record", label: _t("Losses on record") },
        ];
    }

    get milestones() {
        const longest = this.answer.curves.toSorted((one, other) => other.shares.length - one.shares.length)[0];
        return longest.shares.map(([years]) => ({
            years,
            label: years < 1 ? _t("After %s months", years * 12) : years === 1 ? _t("After 1 year") : _t("After %s years", years),
        }));
    }

    share(curve, years) {
        return percent(curve.shares.find((share) => share[0] === years)?.[1]);
    }

    months(days) {
        return _t("%s months", formatFloat(days / DAYS_PER_MONTH, { digits: [16, 1], trailingZeros: true }));
    }

    medianOf(curve) {
        return curve.median === null ? _t("not reached") : this.months(curve.median);
    }

    figure(count) {
        return figure(count);
    }

    color(index) {
        return getColor(index, "light", Math.max(this.answer?.curves.length || 1, 6));
    }

    // ------------------------------------------------------------------
    // Two groups
    // ------------------------------------------------------------------

    get pair() {
        return this.answer.test?.pair || [];
    }

    isCompared(curve) {
        return this.pair.includes(curve.key);
    }

    /** Takes a group into the comparison in place of the older of the two. */
    compare(curve) {
        return this.set("pair", [...this.pair.filter((key) => key !== curve.key).slice(-1), curve.key]);
    }

    get verdict() {
        const { test, curves } = this.answer;
        const [first, second] = test.pair.map((key) => curves.find((curve) => curve.key === key).name);
        if (test.p_value === null) {
            return _t("%(first)s and %(second)s cannot be compared: nobody has left while both had customers.", { first, second });
        }
        const shown = formatFloat(test.p_value, { digits: [16, 3], trailingZeros: true });
        const p = test.p_value < 0.001 ? _t("p < 0.001") : _t("p = %s", shown);
        return test.p_value < CERTAIN
            ? _t("%(first)s and %(second)s leave at a different pace (log-rank test, %(p)s).", { first, second, p })
            : _t("No difference in pace can be told between %(first)s and %(second)s (log-rank test, %(p)s).", { first, second, p });
    }

    // ------------------------------------------------------------------
    // The drawing
    // ------------------------------------------------------------------

    chart({ curves, test }) {
        if (!curves.length) {
            return null;
        }
        const banded = curves.length === 1 ? curves.map((curve) => curve.key) : test?.pair || [];
        const color = textColor();
        return {
            type: "line",
            data: { datasets: curves.flatMap((curve, index) => this.lines(curve, this.color(index), banded.includes(curve.key))) },
            options: {
                parsing: false,
                elements: { point: { radius: 0 } },
                interaction: { mode: "nearest", axis: "x", intersect: false },
                scales: {
                    x: {
                        type: "linear",
                        min: 0,
                        title: { display: true, color, text: _t("Months since the first purchase") },
                        ticks: { color, precision: 0 },
                        grid: { color: gridColor() },
                    },
                    y: {
                        min: 0,
                        max: 1,
                        title: { display: true, color, text: _t("Still customers") },
                        ticks: { color, callback: (share) => percent(share, 0) },
                        grid: { color: gridColor() },
                    },
                },
                plugins: {
                    legend: { position: "bottom", labels: { color, filter: (item) => item.text } },
                    tooltip: {
                        filter: (item) => item.dataset.label,
                        callbacks: {
                            title: ([item]) => item && this.months(item.parsed.x * DAYS_PER_MONTH),
                            label: (item) => `${item.dataset.label}: ${percent(item.parsed.y)}`,
                        },
                    },
                },
            },
        };
    }

    /** The curve as steps, and the two limits of its confidence band with the room between them filled. */
    lines(curve, borderColor, hasBand) {
        const line = (place, options) => ({
            data: [[0, 1, 1, 1], ...curve.points].map((point) => ({ x: point[0] / DAYS_PER_MONTH, y: point[place] })),
            stepped: "before",
            borderColor,
            ...options,
        });
        const limit = { label: "", borderWidth: 0, backgroundColor: hexToRGBA(borderColor, 0.15) };
        const band = hasBand ? [line(2, { ...limit, fill: "+1" }), line(3, { ...limit, fill: false })] : [];
        return [line(1, { label: curve.name, borderWidth: 2, backgroundColor: borderColor, fill: false }), ...band];
    }
}

registry.category("actions").add("crm_churn.survival", Survival);
