from odoo import api, fields, models

ROLES = [
    ('user', "End User"), ('guarantor', "Guarantor"), ('payer', "Payer"), ('agent', "Agent"), ('subcontractor', "Subcontractor"),
    ('other', "Other"),
]


class CrmContractParty(models.Model):
    """Who takes part in a contract besides us and the customer."""
    _name = 'crm.contract.party'
    _description = "Party to a Contract"
    _order = 'contract_id, id'

    contract_id = fields.Many2one('crm.contract', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='contract_id.company_id', store=True, index=True)
    partner_id = fields.Many2one('res.partner', "Party", required=True, index=True, ondelete='restrict')
    role = fields.Selection(ROLES, required=True, default='user')
    is_signing = fields.Boolean("Signs", help="Gets a line for its signature on the printed contract.")
    note = fields.Char()

    _partner_uniq = models.Constraint('UNIQUE(contract_id, partner_id, role)', "The contract names this party already.")

    @api.model_create_multi
    def create(self, vals_list):
        parties = super().create(vals_list)
        parties.contract_id._check_editable()
        return parties

    def write(self, vals):
        self.contract_id._check_editable()
        result = super().write(vals)
        self.contract_id._check_editable()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_in_draft(self):
        self.contract_id._check_editable()
