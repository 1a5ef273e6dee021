from odoo import api, fields, models


class CrmContractTerm(models.AbstractModel):
    """A term of a contract in a record of its own: changed with the draft, later by an amendment."""
    _name = 'crm.contract.term'
    _description = "Term of a Contract"

    contract_id = fields.Many2one('crm.contract', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='contract_id.company_id', store=True, index=True)

    @api.model_create_multi
    def create(self, vals_list):
        terms = super().create(vals_list)
        terms.contract_id._check_editable()
        return terms

    def write(self, vals):
        self.contract_id._check_editable()
        result = super().write(vals)
        self.contract_id._check_editable()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_in_draft(self):
        self.contract_id._check_editable()
