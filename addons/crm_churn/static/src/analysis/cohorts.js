import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { AnalysisPage, figure, percent } from "./analysis";

/** Cohorts as a heat map: of those who first bought in a month, how many bought again so many months later. */
export class Cohorts extends AnalysisPage {
    static template = "crm_churn.Cohorts";
    static method = "get_cohorts";
    static defaults = { months: 12, shown: "share" };

    set(name, value) {
        if (name !== "shown") {
            return super.set(name, value);
        }
        this.state.options.shown = value;
    }

    get shownChoices() {
        return [
            { value: "share", label: _t("Share") },
            { value: "count", label: _t("Customers") },
        ];
    }

    get offsets() {
        return this.answer.mean.map((_share, index) => index + 1);
    }

    /** Each cohort with one cell per month that has come, and none for those that have not. */
    get rows() {
        return this.answer.cohorts.map((cohort) => ({
            ...cohort,
            cells: this.offsets.map((offset) => {
                const count = cohort.counts[offset - 1];
                return { offset, count, known: count !== undefined, share: (count || 0) / cohort.size };
            }),
        }));
    }

    /** Shares from 0 to the highest one spread over the whole colour. */
    get strongest() {
        return Math.max(...this.rows.flatMap((row) => row.cells.map((cell) => cell.share)), 0.01);
    }

    depth(share) {
        return (0.06 + (0.9 * share) / this.strongest).toFixed(3);
    }

    isStrong(share) {
        return share / this.strongest > 0.85;
    }

    shown(cell) {
        return this.state.options.shown === "share" ? percent(cell.share, 0) : figure(cell.count);
    }

    percent(share) {
        return percent(share, 0);
    }

    figure(count) {
        return figure(count);
    }

    heading(offset) {
        return _t("+%s", offset);
    }

    title(row, offset) {
        return offset
            ? _t("First bought in %(month)s, bought %(offset)s months later", { month: row.label, offset })
            : _t("First bought in %s", row.label);
    }

    label(row, cell) {
        return _t("%(title)s: %(count)s of %(size)s (%(share)s)", {
            title: this.title(row, cell.offset),
            count: figure(cell.count),
            size: figure(row.size),
            share: percent(cell.share, 0),
        });
    }

    open(row, offset) {
        return this.openCell(`cohort:${row.month}:${offset}:${this.answer.until}`, this.title(row, offset));
    }
}

registry.category("actions").add("crm_churn.cohorts", Cohorts);
