import { patch } from "@web/core/utils/patch";
import { useService } from "@web/core/utils/hooks";
import { CustomerPage } from "@crm_grading/customer_page/customer_page";
import { BriefDialog } from "./brief";

/** The brief is a tap away on the customer page, too. */
patch(CustomerPage.prototype, {
    setup() {
        super.setup();
        this.dialog = useService("dialog");
    },

    showBrief() {
        this.dialog.add(BriefDialog, { partnerId: this.props.partnerId });
    },
});
