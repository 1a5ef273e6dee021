from odoo import fields, models

ROLES = [
    ('user', "End User"), ('guarantor', "Guarantor"), ('payer', "Payer"), ('agent', "Agent"), ('subcontractor', "Subcontractor"),
    ('other', "Other"),
]


class CrmContractParty(models.Model):
    """Who takes part in a contract besides us and the customer."""
    _name = 'crm.contract.party'
    _description = "Party to a Contract"
    _inherit = ['crm.contract.term']
    _order = 'contract_id, id'

    partner_id = fields.Many2one('res.partner', "Party", required=True, index=True, ondelete='restrict')
    role = fields.Selection(ROLES, required=True, default='user')
    is_signing = fields.Boolean("Signs", help="Gets a line for its signature on the printed contract.")
    note = fields.Char()

    _partner_uniq = models.Constraint('UNIQUE(contract_id, partner_id, role)', "The contract names this party already.")
