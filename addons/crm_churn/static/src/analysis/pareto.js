import { serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/views/fields/formatters";
import { AnalysisPage, figure, gridColor, percent, textColor } from "./analysis";

const { DateTime } = luxon;
const CHARTED = 12; // reasons that can be told apart below a bar

/** The reasons of losses in order, with their cumulated share: the few that are worth working on. */
export class Pareto extends AnalysisPage {
    static template = "crm_churn.Pareto";
    static method = "get_pareto";
    static defaults = { measure: "count", weighted: false, what: "", period: 12, date_from: false };

    async load() {
        const { period } = this.state.options;
        this.state.options.date_from = period ? serializeDate(DateTime.local().minus({ months: period })) : false;
        return super.load();
    }

    get measureChoices() {
        const amounts = [
            { value: "amount", label: _t("Amount") },
            { value: "margin", label: _t("Margin") },
            { value: "value", label: _t("Yearly Value") },
        ];
        return [{ value: "count", label: _t("Number") }, ...(this.answer.amounts ? amounts : [])];
    }

    get weightedChoices() {
        return [
            { value: false, label: _t("Main reason") },
            { value: true, label: _t("All reasons, weighted") },
        ];
    }

    get whatChoices() {
        return [
            { value: "", label: _t("All losses") },
            { value: "customers", label: _t("Customers lost") },
            { value: "sales", label: _t("Sales lost") },
        ];
    }

    get periodChoices() {
        return [
            ...[3, 12, 24].map((months) => ({ value: months, label: _t("Last %s months", months) })),
            { value: 0, label: _t("Since ever") },
        ];
    }

    shown(row) {
        if (this.answer.monetary) {
            return figure(row.value, this.answer.currency_id);
        }
        return formatFloat(row.value, { digits: [16, this.state.options.weighted ? 1 : 0], trailingZeros: true });
    }

    percent(share) {
        return percent(share);
    }

    chart({ reasons, monetary, currency_id }) {
        const charted = reasons.slice(0, CHARTED);
        if (!charted.length) {
            return null;
        }
        const color = textColor();
        const axis = (options) => ({ ticks: { color }, grid: { color: gridColor() }, ...options });
        return {
            type: "bar",
            data: {
                labels: charted.map((row) => row.name),
                datasets: [
                    {
                        label: _t("Lost"),
                        data: charted.map((row) => row.value),
                        backgroundColor: charted.map((row) => (row.vital ? "#EA6175" : "#C9CCD3")),
                        order: 2,
                    },
                    {
                        type: "line",
                        label: _t("Cumulated"),
                        data: charted.map((row) => row.cumulated),
                        borderColor: "#714B67",
                        backgroundColor: "#714B67",
                        yAxisID: "share",
                        order: 1,
                    },
                ],
            },
            options: {
                scales: {
                    x: axis({ grid: { display: false } }),
                    y: axis({ beginAtZero: true, ticks: { color, callback: (value) => figure(value, monetary && currency_id) } }),
                    share: axis({ position: "right", min: 0, max: 1, grid: { display: false }, ticks: { color, callback: (value) => percent(value, 0) } }),
                },
                plugins: {
                    legend: { display: false },
                    tooltip: { callbacks: { label: (item) => (item.datasetIndex ? percent(item.parsed.y) : this.shown(charted[item.dataIndex])) } },
                },
                onClick: (_ev, [hit]) => hit && this.open(charted[hit.index]),
            },
        };
    }

    /** Shows the losses behind a reason. */
    open(row) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: row.name,
            res_model: "crm.churn.report",
            domain: [...this.answer.domain, [this.answer.field, "=", row.id]],
            views: [
                [false, "list"],
                [false, "pivot"],
                [false, "graph"],
            ],
        });
    }
}

registry.category("actions").add("crm_churn.pareto", Pareto);
