from odoo import models
from odoo.exceptions import UserError


class CrmCustomer(models.Model):
    """What people do from the lists of customers due."""
    _inherit = 'crm.customer'

    def action_plan_visit(self):
        """Open a new visit to the customer, for its salesperson where the user may plan for them."""
        self.ensure_one()
        person = self.user_id if self.user_id in self.env.user._crm_plannable() else self.env.user
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Plan a Visit"), 'res_model': 'crm.visit', 'view_mode': 'form',
            'target': 'new', 'context': {'default_partner_id': self.partner_id.id, 'default_user_id': person.id,
                                         'default_company_id': self.company_id.id},
        }

    def action_plan_visits(self):
        """Open the week planner for the selected customers."""
        if not self:
            raise UserError(self.env._("Select the customers to visit first."))
        return self._action_dialog('crm.visit.plan', self.env._("Plan a Week"), {
            'default_source': 'list', 'default_customer_ids': self.ids, 'default_company_id': self.company_id[:1].id})

    def action_dispatch_task(self):
        """Open a new visit task for the selected customers."""
        if not self:
            raise UserError(self.env._("Select the customers to visit first."))
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("New Visit Task"), 'res_model': 'crm.visit.task', 'view_mode': 'form',
            'context': {'default_source': 'list', 'default_customer_ids': self.ids, 'default_company_id': self.company_id[:1].id},
        }

    def action_set_frequency(self):
        """Open the dialog in which the customers get a visit frequency of their own."""
        self._check_may_set_frequency()
        return self._action_dialog('crm.visit.frequency', self.env._("Visit Frequency"), {'default_customer_ids': self.ids})

    def _action_dialog(self, model, name, context):
        return {
            'type': 'ir.actions.act_window', 'name': name, 'res_model': model, 'view_mode': 'form', 'views': [(False, 'form')],
            'target': 'new', 'context': {**context, 'dialog_size': 'extra-large'} if model == 'crm.visit.plan' else context,
        }
