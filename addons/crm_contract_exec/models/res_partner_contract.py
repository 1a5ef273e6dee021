from odoo import api, fields, models

from ..tools.contract_state import RUNNING


class ResPartner(models.Model):
    _inherit = 'res.partner'

    crm_contract_ids = fields.One2many(
        'crm.contract', 'partner_id', "Contracts", groups='sales_team.group_sale_salesman', copy=False,
        help="For conditions, such as a segment of customers with a running contract.")
    crm_contract_count = fields.Integer("Running Contracts", compute='_compute_crm_contract_count')

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_crm_contract_count(self):
        contracts = self.env['crm.contract']
        counts = dict(contracts._read_group(
            [('partner_id', 'in', self.commercial_partner_id.ids), ('state', 'in', RUNNING)],
            ['partner_id'], ['__count'])) if contracts.has_access('read') else {}
        for partner in self:
            partner.crm_contract_count = counts.get(partner.commercial_partner_id, 0)

    def action_crm_contracts(self):
        """Open the contracts of the contact's commercial entity."""
        self.ensure_one()
        customer = self.commercial_partner_id
        action = self.env['ir.actions.act_window']._for_xml_id('crm_contract_exec.crm_contract_action')
        return {**action, 'domain': [('partner_id', '=', customer.id)], 'context': {'default_partner_id': customer.id}}

    def write(self, vals):
        """Contracts follow their customer where it comes under another commercial entity."""
        result = super().write(vals)
        if not {'parent_id', 'is_company', 'company_type'}.isdisjoint(vals):
            self._crm_contracts_follow()
        return result

    def _crm_contracts_follow(self):
        """Take the contracts of contacts that are no customers of their own any more to their commercial entity."""
        contacts = self.with_context(active_test=False).search([('id', 'child_of', self.ids)]) if self else self
        moved = contacts.filtered(lambda contact: contact.commercial_partner_id != contact)
        if not moved:
            return
        # sudo: whoever may change the contact takes along what hangs on it, in every company
        contracts = self.env['crm.contract'].sudo().search([('partner_id', 'in', moved.ids)])
        for partner, of_partner in contracts.grouped('partner_id').items():
            of_partner.write({'partner_id': partner.commercial_partner_id.id})


class CrmCustomer(models.Model):
    _inherit = 'crm.customer'

    crm_contract_count = fields.Integer(related='partner_id.crm_contract_count')

    def action_crm_contracts(self):
        """Open the contracts of the customer."""
        self.ensure_one()
        return self.partner_id.action_crm_contracts()
