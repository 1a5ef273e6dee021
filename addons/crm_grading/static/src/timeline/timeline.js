import { Component, onMounted, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";
import { formatMonetary } from "@web/views/fields/formatters";

const { DateTime } = luxon;
const PAGE = 20;

/** What happened to a customer, newest first, page by page: crm.timeline.get_timeline(). */
export class Timeline extends Component {
    static template = "crm_grading.Timeline";
    static props = { partnerId: { type: Number }, kinds: { type: Array, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ items: [], kinds: [], groups: [], hasMore: false, group: null, kind: null, loading: true });
        onMounted(() => this.load(this.props.partnerId));
        onWillUpdateProps((next) => {
            if (next.partnerId !== this.props.partnerId) {
                Object.assign(this.state, { items: [], group: null, kind: null });
                this.load(next.partnerId);
            }
        });
    }

    get wantedKinds() {
        if (this.state.kind) {
            return [this.state.kind];
        }
        if (this.state.group) {
            return this.groupKinds.map((kind) => kind.key);
        }
        return this.props.kinds || null;
    }

    get groupKinds() {
        return this.state.kinds.filter((kind) => kind.group === this.state.group);
    }

    /** The items under the day on which they happened. */
    get days() {
        const days = [];
        for (const item of this.state.items) {
            if (days.at(-1)?.date !== item.date) {
                days.push({ date: item.date, label: this.dayLabel(item.date), items: [] });
            }
            days.at(-1).items.push(item);
        }
        return days;
    }

    dayLabel(iso) {
        const day = deserializeDate(iso);
        const ago = DateTime.local().startOf("day").diff(day.startOf("day"), "days").days;
        return ago === 0 ? _t("Today") : ago === 1 ? _t("Yesterday") : formatDate(day);
    }

    directionLabel(item) {
        return item.direction === "in" ? _t("From the customer") : _t("From us");
    }

    amount(item) {
        return formatMonetary(item.amount, { currencyId: item.currency_id });
    }

    async load(partnerId, offset = 0) {
        this.state.loading = true;
        const page = await this.keepLast.add(
            this.orm.call("crm.timeline", "get_timeline", [partnerId], { kinds: this.wantedKinds, limit: PAGE, offset })
        );
        const seen = new Set(offset ? this.state.items.map((item) => item.key) : []);
        const fresh = page.items.filter((item) => !seen.has(item.key));
        this.state.items = offset ? [...this.state.items, ...fresh] : page.items;
        Object.assign(this.state, { kinds: page.kinds, groups: page.groups, hasMore: page.has_more, loading: false });
    }

    loadMore() {
        return this.load(this.props.partnerId, this.state.items.length);
    }

    filter(group, kind = null) {
        Object.assign(this.state, { group, kind });
        return this.load(this.props.partnerId);
    }

    open(item) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: item.res_model,
            res_id: item.res_id,
            views: [[false, "form"]],
        });
    }
}
