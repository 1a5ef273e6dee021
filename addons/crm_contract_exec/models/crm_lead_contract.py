from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmLead(models.Model):
    """From an opportunity to its contract."""
    _inherit = 'crm.lead'

    crm_contract_ids = fields.One2many('crm.contract', 'lead_id', "Contracts")
    crm_contract_count = fields.Integer("Number of Contracts", compute='_compute_crm_contract_count')

    @api.depends('crm_contract_ids')
    @api.depends_context('uid')
    def _compute_crm_contract_count(self):
        counts = dict(self.env['crm.contract']._read_group([('lead_id', 'in', self.ids)], ['lead_id'], ['__count']))
        for lead in self:
            lead.crm_contract_count = counts.get(lead, 0)

    def action_crm_contracts(self):
        """Open the contracts made of the opportunity."""
        return self.env['crm.contract'].search([('lead_id', 'in', self.ids)])._open()

    def action_crm_contract_new(self):
        """Make a contract of the opportunity: of its free quotations where it has any, else one to fill in.

        :raise UserError: without a customer
        """
        self.ensure_one()
        if not self.partner_id:
            raise UserError(self.env._("Name the customer of the opportunity first: a contract is made with somebody."))
        orders = self.order_ids.filtered(lambda order: order.state != 'cancel' and not order.crm_contract_id)
        alike = orders.filtered(lambda order: (
            order.company_id == orders[0].company_id and order.currency_id == orders[0].currency_id
            and order.partner_id.commercial_partner_id == self.partner_id.commercial_partner_id))
        if alike:
            return self.env['crm.contract']._open_create(alike, default_title=self.name)
        company = self.company_id or self.env.company
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("New Contract"), 'res_model': 'crm.contract', 'view_mode': 'form',
            'context': {
                'default_lead_id': self.id, 'default_partner_id': self.partner_id.commercial_partner_id.id, 'default_title': self.name,
                'default_signatory_id': self.partner_id.id if not self.partner_id.is_company else False,
                'default_user_id': (self.user_id or self.env.user).id, 'default_company_id': company.id,
                'default_currency_id': company.currency_id.id, 'default_manual_untaxed': self.expected_revenue}}
