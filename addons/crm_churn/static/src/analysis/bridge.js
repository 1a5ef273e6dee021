import { getColor } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { AnalysisPage, figure, gridColor, percent, textColor } from "./analysis";

const COLORS = { new: "#43C5B1", won_back: "#4EA7F2", grew: "#A5D8D7", shrank: "#F4A261", lost: "#EA6175" };

/** The bridge: customers at the start of each month, who came, came back and was lost; the same in revenue and margin. */
export class Bridge extends AnalysisPage {
    static template = "crm_churn.Bridge";
    static method = "get_bridge";
    static defaults = { months: 12, lost_after: 90, measure: "customers" };

    set(name, value) {
        if (name !== "measure") {
            return super.set(name, value);
        }
        this.state.options.measure = value; // all measures are here
        this.config = this.chart(this.answer);
    }

    get measureChoices() {
        const labels = { customers: _t("Customers"), revenue: _t("Revenue"), margin: _t("Margin") };
        return Object.keys(this.answer.measures).map((value) => ({ value, label: labels[value] }));
    }

    /** The measure shown: who may no longer see amounts gets customers. */
    get measure() {
        return this.state.options.measure in this.answer.measures ? this.state.options.measure : "customers";
    }

    get isAmount() {
        return this.measure !== "customers";
    }

    get rows() {
        return this.answer.measures[this.measure];
    }

    get total() {
        return this.answer.totals[this.measure];
    }

    get parts() {
        const parts = [
            { key: "start", label: _t("At Start") },
            { key: "new", label: _t("New"), sign: "+" },
            { key: "won_back", label: _t("Won Back"), sign: "+" },
            { key: "lost", label: _t("Lost"), sign: "−" },
            { key: "end", label: _t("At End"), sign: "=" },
        ];
        if (this.isAmount) {
            parts.splice(3, 0, { key: "grew", label: _t("Buy More"), sign: "+" }, { key: "shrank", label: _t("Buy Less"), sign: "−" });
        }
        return parts;
    }

    /** Losses are told without a sign: the heading has it. */
    shown(part, row) {
        return figure(Math.abs(row[part.key]), this.isAmount && this.answer.currency_id);
    }

    share(row) {
        return percent(row.churn);
    }

    chart(answer) {
        if (!answer.measures.customers.length) {
            return null;
        }
        const moves = this.parts.filter((part) => part.key in COLORS);
        const down = (key, value) => (key === "lost" || key === "shrank" ? -Math.abs(value) : value);
        const bars = moves.map((part) => ({
            label: part.label,
            data: this.rows.map((row) => down(part.key, row[part.key])),
            backgroundColor: COLORS[part.key],
            stack: "moves",
            order: 2,
        }));
        const end = {
            type: "line",
            label: _t("At End"),
            data: this.rows.map((row) => row.end),
            borderColor: getColor(8, "light", 12),
            backgroundColor: getColor(8, "light", 12),
            yAxisID: "level",
            order: 1,
        };
        const color = textColor();
        const axis = (options) => ({ ticks: { color }, grid: { color: gridColor() }, ...options });
        return {
            type: "bar",
            data: { labels: this.rows.map((row) => row.label), datasets: [...bars, end] },
            options: {
                interaction: { mode: "index", intersect: false },
                scales: {
                    x: axis({ stacked: true, grid: { display: false } }),
                    y: axis({ stacked: true, title: { display: true, color, text: _t("Came and Went") } }),
                    level: axis({
                        position: "right",
                        beginAtZero: true,
                        grid: { display: false },
                        title: { display: true, color, text: _t("At End") },
                    }),
                },
                plugins: { legend: { position: "bottom", labels: { color } } },
                onClick: (_ev, [hit]) => hit && this.openHit(hit, moves),
            },
        };
    }

    openHit({ datasetIndex, index }, moves) {
        this.open(moves[datasetIndex] || this.parts.at(-1), this.rows[index]);
    }

    open(part, row) {
        const { until, lost_after } = this.answer;
        return this.openCell(`${this.measure}:${part.key}:${row.month}:${until}:${lost_after}`, this.title(part, row));
    }

    title(part, row) {
        return _t("%(part)s, %(month)s", { part: part.label, month: row.label });
    }
}

registry.category("actions").add("crm_churn.bridge", Bridge);
