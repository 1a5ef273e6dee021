from odoo import fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    crm_dunning_policy_id = fields.Many2one(
        'crm.dunning.policy', "Dunning Policy", company_dependent=True,
        help="Empty: the first policy that fits the customer's grade.")
    crm_no_dunning_until = fields.Date(
        "Not Dunned Until", company_dependent=True, help="The customer gets no dunning letters until this day, included.")

    def action_crm_receivables(self):
        """Open what the customer owes."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_contract_exec.crm_receivable_action')
        return {**action, 'path': False, 'domain': [('partner_id', '=', self.commercial_partner_id.id)], 'context': {}}


class CrmContract(models.Model):
    _inherit = 'crm.contract'

    def action_open_receivables(self):
        """Open what the customer owes of the contract."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_contract_exec.crm_receivable_action')
        return {**action, 'path': False, 'domain': [('contract_id', '=', self.id)], 'context': {}}
