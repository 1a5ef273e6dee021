import { Component, markup, onMounted, onPatched, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Explanation } from "../explanation_field/explanation_field";
import { Tiles } from "../tiles/tiles";
import { Timeline } from "../timeline/timeline";
import { GradeTrend } from "./grade_trend";

const FEW_METRICS = 8;

/** Everything known about a customer: crm.customer.get_page() and the timeline. */
export class CustomerPage extends Component {
    static template = "crm_grading.CustomerPage";
    static components = { Explanation, GradeTrend, Tiles, Timeline };
    static props = { partnerId: { type: Number } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.keepLast = new KeepLast();
        this.root = useRef("root");
        this.state = useState({ page: null, verdict: 0, allMetrics: false, allNeeds: false, interest: "", busy: false });
        onMounted(() => this.load(this.props.partnerId));
        onPatched(() => this.showCurrentState());
        onWillUpdateProps((next) => {
            if (next.partnerId !== this.props.partnerId) {
                Object.assign(this.state, { page: null, verdict: 0, interest: "" });
                this.load(next.partnerId);
            }
        });
    }

    async load(partnerId = this.props.partnerId) {
        this.state.page = await this.keepLast.add(this.orm.call("crm.customer", "get_page", [partnerId]));
    }

    /** On a phone, bring the present life-cycle state into view. */
    showCurrentState() {
        const current = this.root.el?.querySelector(".o_crm_state_current");
        if (current) {
            const row = current.parentElement;
            row.scrollLeft = current.offsetLeft - row.offsetLeft - (row.clientWidth - current.clientWidth) / 2;
        }
    }

    // ------------------------------------------------------------------
    // What is shown
    // ------------------------------------------------------------------

    get page() {
        return this.state.page;
    }

    get verdict() {
        return this.page.verdicts[this.state.verdict];
    }

    get strategyNote() {
        return markup(this.page.grade.strategy_note); // a sanitized html field of the grade
    }

    get metrics() {
        return this.state.allMetrics ? this.page.metrics : this.page.metrics.slice(0, FEW_METRICS);
    }

    get moreMetrics() {
        return this.page.metrics.length - this.metrics.length;
    }

    get stateIndex() {
        return this.page.lifecycle.states.findIndex((state) => state.id === this.page.lifecycle.id);
    }

    date(iso) {
        return formatDate(deserializeDate(iso));
    }

    figure(metric) {
        switch (metric.unit) {
            case "monetary":
                return formatMonetary(metric.value, { currencyId: this.page.currency_id });
            case "percent":
                return _t("%s %%", formatFloat(metric.value, { digits: [16, 1] }));
            case "day":
                return _t("%s days", formatFloat(metric.value, { digits: [16, Number.isInteger(metric.value) ? 0 : 1] }));
            case "count":
                return formatInteger(Math.round(metric.value));
            default:
                return formatFloat(metric.value, { digits: [16, Number.isInteger(metric.value) ? 0 : 2] });
        }
    }

    // ------------------------------------------------------------------
    // What can be done
    // ------------------------------------------------------------------

    open(resModel, resId) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
        });
    }

    openVerdict() {
        this.open("crm.grade.verdict", this.verdict.id);
    }

    async gradeNow() {
        this.state.busy = true;
        try {
            await this.orm.call("crm.customer", "action_grade_now", [this.props.partnerId]);
            await this.load();
            this.notification.add(_t("Measured and graded as of today."), { type: "success" });
        } finally {
            this.state.busy = false;
        }
    }

    async addInterest() {
        const note = this.state.interest.trim();
        if (!note) {
            return this.editInterest();
        }
        await this.orm.create("crm.interest", [{ partner_id: this.props.partnerId, note }]);
        this.state.interest = "";
        await this.load();
    }

    editInterest(resId = false) {
        this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Interest"),
                res_model: "crm.interest",
                res_id: resId,
                views: [[false, "form"]],
                target: "new",
                context: {
                    default_partner_id: this.page.partner.id,
                    default_note: this.state.interest,
                    crm_customer_page: true,
                },
            },
            {
                onClose: () => {
                    this.state.interest = "";
                    return this.load();
                },
            }
        );
    }

    addContact() {
        this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Contact"),
                res_model: "res.partner",
                views: [[false, "form"]],
                target: "new",
                context: { default_parent_id: this.page.partner.id, default_type: "contact" },
            },
            { onClose: () => this.load() }
        );
    }

    scheduleActivity() {
        this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Schedule Activity"),
                res_model: "mail.activity.schedule",
                views: [[false, "form"]],
                target: "new",
                context: { active_model: "res.partner", active_id: this.page.partner.id, active_ids: [this.page.partner.id] },
            },
            { onClose: () => this.load() }
        );
    }
}

/** The customer page inside the form of a contact or of a customer profile. */
export class CustomerPageWidget extends Component {
    static template = "crm_grading.CustomerPageWidget";
    static components = { CustomerPage };
    static props = { ...standardWidgetProps };

    get partnerId() {
        const { record } = this.props;
        return (record.resModel === "res.partner" ? record.resId : record.data.partner_id?.id) || false;
    }
}

registry.category("view_widgets").add("crm_customer_page", { component: CustomerPageWidget });
