from odoo import fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    crm_churn_case_id = fields.Many2one(
        'crm.churn.case', "Win-Back Case", index='btree_not_null', ondelete='set null', copy=False)


class CrmLead(models.Model):
    _inherit = 'crm.lead'

    crm_churn_case_id = fields.Many2one(
        'crm.churn.case', "Win-Back Case", index='btree_not_null', ondelete='set null', copy=False)


class CrmChurnEvent(models.Model):
    _inherit = 'crm.churn.event'

    def action_open_case(self):
        """Open a win-back case for each customer of the losses, or show the one that is open.

        :raise UserError: for a loss of nobody we know
        """
        if not all(event.partner_id for event in self):
            raise UserError(self.env._("A loss without a customer cannot be won back. Choose losses of customers."))
        cases = self.env['crm.churn.case']
        for (company, customer), events in self.grouped(
                lambda event: (event.company_id, event.partner_id.commercial_partner_id)).items():
            cases |= cases._open_for(customer, company, events)
        return cases._opened()


class CrmCustomer(models.Model):
    _inherit = 'crm.customer'

    def action_open_case(self):
        """Open a win-back case about the losses of the customer that are not back."""
        self.ensure_one()
        return self.env['crm.churn.case']._open_for(
            self.partner_id, self.company_id, self.churn_event_ids.filtered(lambda event: not event.date_back))._opened()


class ResCompany(models.Model):
    _inherit = 'res.company'

    crm_churn_regain_months = fields.Integer(
        "Regained Revenue over (Months)", default=12, help="From the win-back day on.")

    _crm_churn_regain_positive = models.Constraint('CHECK(crm_churn_regain_months > 0)', "Months must be positive.")


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    crm_churn_regain_months = fields.Integer(related='company_id.crm_churn_regain_months', readonly=False)
