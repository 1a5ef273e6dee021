import { Component, onWillStart, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getCustomColor } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatFloat, formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

export const DAYS_PER_MONTH = 365.25 / 12;

/** Returns a share as whole or tenth percents, "–" for none. */
export function percent(share, digits = 1) {
    const shown = (value) => formatFloat(value * 100, { digits: [16, digits], trailingZeros: true });
    return share === null || share === undefined ? "–" : `${shown(share)}%`;
}

/** Returns a count or an amount; amounts of a screenful are told without cents. */
export function figure(value, currencyId) {
    return currencyId ? formatMonetary(value, { currencyId, digits: [16, 0] }) : formatInteger(value);
}

export function textColor() {
    return getCustomColor(cookie.get("color_scheme"), "#374151", "#E4E4E4");
}

export function gridColor() {
    return getCustomColor(cookie.get("color_scheme"), "rgba(0,0,0,.1)", "rgba(255,255,255,.15)");
}

/** A chart whose figures stand in a table beside it: to be looked at, not to be read out. */
export class AnalysisChart extends Component {
    static template = "crm_churn.AnalysisChart";
    static props = { config: Object, label: String };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [this.props.config]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    draw() {
        this.chart?.destroy();
        const { options, ...config } = this.props.config;
        this.chart = new Chart(this.canvas.el, {
            ...config,
            options: { responsive: true, maintainAspectRatio: false, animation: false, color: textColor(), ...options },
        });
    }
}

/**
 * A page of the analysis: options on top, asked of `crm.churn.analysis` anew whenever one changes, the answer below.
 * A page says which `method` answers and from which `defaults` it starts; its options survive going into the details and back.
 */
export class AnalysisPage extends Component {
    static props = { ...standardActionServiceProps };
    static components = { Layout, AnalysisChart };
    static method = "";
    static defaults = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.state = useState({ options: { ...this.constructor.defaults, ...this.props.state?.options }, busy: false });
        this.answer = null;
        useSetupAction({ getLocalState: () => ({ options: { ...this.state.options } }) });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.busy = true;
        try {
            const answer = await this.keepLast.add(
                this.orm.call("crm.churn.analysis", this.constructor.method, [{ ...this.state.options }])
            );
            this.answer = answer;
            this.config = this.chart(answer);
        } finally {
            this.state.busy = false;
        }
    }

    /** Returns the configuration of the chart, null for none. */
    chart() {
        return null;
    }

    set(name, value) {
        this.state.options[name] = value;
        return this.load();
    }

    onSelect(name, choices, ev) {
        return this.set(name, choices[ev.target.selectedIndex].value);
    }

    /** Shows the customers behind a figure. */
    async openCell(cell, title) {
        this.action.doAction(await this.orm.call("crm.churn.analysis", "get_cell_action", [cell, title]));
    }

    get lostAfterChoices() {
        return [30, 60, 90, 180, 365].map((days) => ({ value: days, label: _t("%s days", days) }));
    }

    get monthChoices() {
        return [6, 12, 24, 36, 60].map((months) => ({ value: months, label: _t("%s months", months) }));
    }
}
