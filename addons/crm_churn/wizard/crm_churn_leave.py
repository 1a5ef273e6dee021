from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.loss import CUSTOMER_PHASES, PHASES


class CrmChurnLeave(models.TransientModel):
    """A customer says that it leaves."""
    _name = 'crm.churn.leave'
    _inherit = ['crm.churn.explanation']
    _description = "Record a Loss"

    partner_id = fields.Many2one('res.partner', "Customer", required=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, default=lambda self: self.env.company, ondelete='cascade')
    date = fields.Date("Lost On", required=True, default=lambda self: self.env.company._crm_today())
    phase = fields.Selection([item for item in PHASES if item[0] in CUSTOMER_PHASES], required=True, default='use')
    choice_ids = fields.One2many('crm.churn.reason.choice', 'leave_id', "Reasons")
    note = fields.Text("In Their Words")
    crm_reason_required = fields.Boolean(related='company_id.crm_churn_reason_required')

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if values.get('partner_id'):
            values['partner_id'] = self.env['res.partner'].browse(values['partner_id']).commercial_partner_id.id
        return values

    def _explained_company(self):
        return self.company_id or super()._explained_company()

    def action_record(self):
        """Record the loss.

        :return: the action that opens it
        :raise UserError: for a day to come, or without a reason where the company wants one
        :raise AccessError: for a customer of somebody else
        :raise ValidationError: where the reasons do not hang together
        """
        self.ensure_one()
        reasons = self._chosen()
        partner, company = self.partner_id.commercial_partner_id, self.company_id
        self._check(partner, company, reasons)
        events = self.env['crm.churn.event']
        vals = events._customer_vals(company, partner)[partner.id]
        if vals['date_first'] and vals['date_first'] > self.date:
            vals['date_first'] = False
        event = events._record([{
            **vals, 'name': partner.name, 'kind': 'leave', 'phase': self.phase, 'date': self.date, 'amount': vals['yearly_value']}])
        # as superuser: who records a loss says why, also where the team of another one loses the customer
        event.sudo()._explain(reasons, **self._explanation(), **({'note': self.note} if self.note else {}))
        action = self.env['ir.actions.act_window']._for_xml_id('crm_churn.crm_churn_event_action')
        return {**action, 'res_id': event.id, 'views': [(False, 'form')]}

    def _check(self, partner, company, reasons):
        partner.check_access('read')
        profiles = self.env['crm.customer'].with_context(active_test=False)
        domain = [('partner_id', '=', partner.id), ('company_id', '=', company.id)]
        # as superuser: whether there is a profile at all, which a salesperson sees of own customers only
        if company not in self.env.companies or (profiles.sudo().search_count(domain) and not profiles.search_count(domain)):
            raise AccessError(self.env._("%(customer)s is the customer of somebody else. Ask its salesperson.", customer=partner.name))
        if self.date > company._crm_today():
            raise UserError(self.env._("A loss cannot be recorded for a day to come. If the customer plans to leave, plan an activity."))
        if company.crm_churn_reason_required and not reasons:
            raise UserError(self.env._("Say why it was lost: add at least one reason."))
