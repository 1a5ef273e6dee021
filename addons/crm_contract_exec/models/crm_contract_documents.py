from odoo import fields, models

DOCUMENT_STEPS = [('kind', 'in', ('deliver', 'invoice', 'collect')), ('state', 'not in', ('done', 'void'))]


class CrmContract(models.Model):
    """From the contract to the documents that are to be made of its plan."""
    _inherit = 'crm.contract'

    to_document_count = fields.Integer("To Deliver, Invoice, Collect", compute='_compute_to_document_count')

    def _compute_to_document_count(self):
        counts = dict(self.env['crm.contract.step']._read_group(
            [('contract_id', 'in', self.ids), *DOCUMENT_STEPS], ['contract_id'], ['__count']))
        for contract in self:
            contract.to_document_count = counts.get(contract, 0)

    def action_open_to_document(self):
        """Open the steps of which transfers, invoices and payment links are made."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('crm_contract_exec.crm_step_document_action'),
            'display_name': self.name, 'domain': [('contract_id', '=', self.id), *DOCUMENT_STEPS]}
