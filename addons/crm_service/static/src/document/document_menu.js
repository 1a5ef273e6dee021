import { Component } from "@odoo/owl";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

/** Documents that a customer may have a question about, whichever addons are installed. */
const DOCUMENTS = new Set([
    "res.partner", "crm.customer", "crm.lead", "sale.order", "account.move", "stock.picking", "crm.contract", "crm.visit",
]);

/** "New Ticket" in the action menu of a document: with its customer, company and product. */
export class TicketFromDocument extends Component {
    static template = "crm_service.TicketFromDocument";
    static components = { DropdownItem };
    static props = {};

    async create() {
        const { resModel, resId } = this.env.model.root;
        // the services themselves: the menu closes, and what belongs to its items is given no answer any more
        const { orm, action } = this.env.services;
        action.doAction(await orm.call("crm.ticket", "action_from_document", [resModel, resId]));
    }
}

registry.category("cogMenu").add("crm-ticket-from-document", {
    Component: TicketFromDocument,
    groupNumber: 20,
    isDisplayed: (env) =>
        env.config?.viewType === "form" &&
        DOCUMENTS.has(env.model?.root?.resModel) &&
        Boolean(env.model.root.resId) &&
        user.hasGroup("crm_service.group_service_agent"),
});
