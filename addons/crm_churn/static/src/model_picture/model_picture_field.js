import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** How good a churn model was: its AUC on past dates beside that of recency, and whether its percentages came true. */
export class ModelPictureField extends Component {
    static template = "crm_churn.ModelPictureField";
    static props = { ...standardFieldProps };

    setup() {
        this.ranking = useRef("ranking");
        this.calibration = useRef("calibration");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                const charts = this.picture ? [this.drawRanking(), this.drawCalibration()] : [];
                return () => charts.forEach((chart) => chart.destroy());
            },
            () => [JSON.stringify(this.picture)]
        );
    }

    get picture() {
        return this.props.record.data[this.props.name] || null;
    }

    color(number) {
        return getColor(number, cookie.get("color_scheme"), "odoo");
    }

    draw(ref, type, data, x, y) {
        const title = (text) => ({ display: true, text });
        return new Chart(ref.el, {
            type,
            data,
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: { legend: { position: "bottom" } },
                scales: { x: { ...x, title: title(x.title) }, y: { ...y, title: title(y.title) } },
            },
        });
    }

    drawRanking() {
        const { dates, auc, active, recency } = this.picture;
        const bars = [
            [_t("Model"), auc],
            [_t("Model, active customers"), active],
            [_t("Recency alone"), recency],
        ];
        const datasets = bars.map(([label, values], place) => ({ label, data: values, backgroundColor: this.color(place) }));
        return this.draw(
            this.ranking, "bar", { labels: dates, datasets },
            { title: _t("Judged on") }, { title: _t("AUC (0.5 is chance)"), min: 0.5, suggestedMax: 0.8 });
    }

    drawCalibration() {
        const groups = this.picture.calibration;
        const datasets = [
            { label: _t("Really lost (%)"), data: groups.map(([x, y]) => ({ x, y })), borderColor: this.color(0), backgroundColor: this.color(0), showLine: true },
            { label: _t("As predicted"), data: [{ x: 0, y: 0 }, { x: 100, y: 100 }], borderColor: "#999999", backgroundColor: "#999999", borderDash: [4, 4], pointRadius: 0, showLine: true },
        ];
        return this.draw(
            this.calibration, "scatter", { datasets },
            { title: _t("Predicted risk, ten groups (%)"), min: 0, max: 100 }, { title: _t("Really lost (%)"), min: 0, max: 100 });
    }
}

export const modelPictureField = {
    component: ModelPictureField,
    supportedTypes: ["json"],
};

registry.category("fields").add("crm_churn_model_picture", modelPictureField);
