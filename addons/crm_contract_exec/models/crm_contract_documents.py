from odoo import fields, models

TO_DO = [('state', 'not in', ('done', 'void'))]


class CrmContract(models.Model):
    """From the contract to what is left to do of its plan: documents to make, acceptances and tasks to confirm."""
    _inherit = 'crm.contract'

    to_document_count = fields.Integer("To Do", compute='_compute_to_document_count')

    def _compute_to_document_count(self):
        counts = dict(self.env['crm.contract.step']._read_group(
            [('contract_id', 'in', self.ids), *TO_DO], ['contract_id'], ['__count']))
        for contract in self:
            contract.to_document_count = counts.get(contract, 0)

    def action_open_to_document(self):
        """Open the steps that are left, with all that can be done about them."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('crm_contract_exec.crm_step_document_action'),
            'display_name': self.name, 'domain': [('contract_id', '=', self.id), *TO_DO]}
