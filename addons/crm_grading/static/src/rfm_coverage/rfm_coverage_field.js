import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const SCORES = [1, 2, 3, 4, 5];

/** Which segment owns which scores: a square per recency and frequency, in it a stripe per money score. */
export class RfmCoverageField extends Component {
    static template = "crm_grading.RfmCoverageField";
    static props = { ...standardFieldProps };

    setup() {
        this.columns = SCORES;
        this.rows = SCORES.toReversed();
    }

    get picture() {
        return this.props.record.data[this.props.name] || null;
    }

    /** Returns the stripes of a square, the highest money score on top: who owns it and how many scores it stands for. */
    stripes(r, f) {
        const { owners } = this.picture.cells.find((cell) => cell.r === r && cell.f === f);
        const stripes = [];
        for (const [place, owner] of owners.entries()) {
            const last = stripes.at(-1);
            if (last && last.owner === owner) {
                last.to = place + 1;
            } else {
                stripes.push({ owner, from: place + 1, to: place + 1 });
            }
        }
        return stripes.toReversed();
    }

    color(owner) {
        return owner === null ? "o_crm_rfm_nobody" : `o_tag_color_${this.segment(owner).color}`;
    }

    segment(owner) {
        return this.picture.segments[owner];
    }

    title(r, f, stripe) {
        const name = stripe.owner === null ? _t("No segment") : this.segment(stripe.owner).name;
        return _t("%(name)s: R %(r)s, F %(f)s, M %(from)s to %(to)s", { name, r, f, ...stripe });
    }
}

registry.category("fields").add("crm_rfm_coverage", {
    component: RfmCoverageField,
    displayName: _t("RFM Coverage"),
    supportedTypes: ["json"],
});
