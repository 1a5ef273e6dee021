import { Component, onMounted, onWillUpdateProps, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** What to know before going in to a customer: crm.visit.brief.get_brief(); without a connection, as it was last seen. */
export class Brief extends Component {
    static template = "crm_visit_quota.Brief";
    static props = { partnerId: Number };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.outbox = useService("crm_visit_outbox");
        this.keepLast = new KeepLast();
        this.state = useState({ brief: null, isOld: false, isMissing: false });
        onMounted(() => this.load(this.props.partnerId));
        onWillUpdateProps((next) => {
            if (next.partnerId !== this.props.partnerId) {
                this.state.brief = null;
                this.load(next.partnerId);
            }
        });
    }

    async load(partnerId) {
        const name = `brief-${partnerId}`;
        try {
            this.state.brief = await this.keepLast.add(this.orm.silent.call("crm.visit.brief", "get_brief", [partnerId]));
            this.state.isOld = false;
            this.outbox.store.keep(name, this.state.brief);
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            this.state.brief = (await this.outbox.store.recall(name)) || null;
            this.state.isOld = true;
            this.state.isMissing = !this.state.brief;
        }
    }

    get brief() {
        return this.state.brief;
    }

    get tiles() {
        return this.brief.tiles.filter((tile) => tile.value && tile.unit === "count");
    }

    date(iso) {
        return formatDate(deserializeDate(iso));
    }

    icon(point) {
        return {
            promise: "fa-handshake-o", promise_late: "fa-handshake-o", overdue: "fa-money", issue: "fa-life-ring", quotation: "fa-file-text-o",
            quotation_expired: "fa-file-text-o", closing: "fa-flag-o", closing_late: "fa-flag-o", stopped: "fa-ban", interest: "fa-lightbulb-o",
            gap: "fa-user-plus", silent: "fa-clock-o", first: "fa-star-o", lift: "fa-arrow-up",
        }[point.key] || "fa-comment-o";
    }

    trend(product) {
        return {
            up: { icon: "fa-arrow-up text-success", label: _t("More than the year before") },
            down: { icon: "fa-arrow-down text-danger", label: _t("Less than the year before") },
            new: { icon: "fa-plus text-info", label: _t("New") },
            same: { icon: "fa-minus text-muted", label: _t("As the year before") },
        }[product.trend];
    }

    open(resModel, resId) {
        this.action.doAction({ type: "ir.actions.act_window", res_model: resModel, res_id: resId, views: [[false, "form"]] });
    }

    openAction(action) {
        if (action) {
            this.action.doAction(action);
        }
    }
}

/** The way to paper and to the customer page, wherever the brief is shown. */
export class BriefFooter extends Component {
    static template = "crm_visit_quota.BriefFooter";
    static props = { partnerId: Number, close: { type: Function, optional: true } };

    setup() {
        this.action = useService("action");
    }

    print() {
        this.action.doAction({
            type: "ir.actions.report",
            report_type: "qweb-pdf",
            report_name: "crm_visit_quota.report_brief",
            report_file: "crm_visit_quota.report_brief",
            name: _t("Brief"),
            context: { active_ids: [this.props.partnerId], active_model: "res.partner" },
        });
    }

    openCustomer() {
        this.props.close?.();
        this.action.doAction("crm_grading.res_partner_action_customer_page", { props: { resId: this.props.partnerId } });
    }
}

export class BriefDialog extends Component {
    static template = "crm_visit_quota.BriefDialog";
    static components = { Dialog, Brief, BriefFooter };
    static props = { partnerId: Number, close: Function };

    get title() {
        return _t("Brief");
    }
}

/** The brief as a page of its own; its address names the customer. */
export class BriefPage extends Component {
    static template = "crm_visit_quota.BriefPage";
    static components = { Layout, Brief, BriefFooter };
    static props = { ...standardActionServiceProps };

    setup() {
        this.display = { controlPanel: {} };
        const { params = {}, context = {} } = this.props.action;
        this.partnerId = this.props.resId || params.partner_id || context.partner_id || false;
        onMounted(() => this.partnerId && this.props.updateActionState?.({ resId: this.partnerId }));
    }
}

registry.category("actions").add("crm_visit_quota.brief", BriefPage);
