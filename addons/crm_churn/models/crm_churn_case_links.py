from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmChurnEvent(models.Model):
    _inherit = 'crm.churn.event'

    case_ids = fields.Many2many(
        'crm.churn.case', 'crm_churn_case_event_rel', 'event_id', 'case_id', "Win-Back Cases", readonly=True, copy=False)
    case_count = fields.Integer("Number of Win-Back Cases", compute='_compute_case_count')

    @api.depends('case_ids')
    def _compute_case_count(self):
        for event in self:
            event.case_count = len(event.case_ids)

    def action_open_cases(self):
        """Open the win-back cases about the loss."""
        return self.case_ids._opened()

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

    churn_case_count = fields.Integer("Number of Win-Back Cases", compute='_compute_churn_case_count')

    def _compute_churn_case_count(self):
        cases = self.env['crm.churn.case']
        counts = {(partner, company): count for partner, company, count in cases._read_group(
            [('partner_id', 'in', self.partner_id.ids), ('company_id', 'in', self.company_id.ids)], ['partner_id', 'company_id'],
            ['__count'])} if cases.has_access('read') else {}
        for customer in self:
            customer.churn_case_count = counts.get((customer.partner_id, customer.company_id), 0)

    def action_open_cases(self):
        """Open the win-back cases of the customer."""
        self.ensure_one()
        return self.env['crm.churn.case'].search(
            [('partner_id', '=', self.partner_id.id), ('company_id', '=', self.company_id.id)])._opened()

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
