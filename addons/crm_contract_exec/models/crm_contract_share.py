from odoo import fields, models


class CrmContractShare(models.Model):
    """Who is credited with a contract, and with what share of it. Without any, its salesperson is credited with all of it.

    Shares are terms: changed with the draft, later by an amendment. That they make 100 % is checked by the contract.
    """
    _name = 'crm.contract.share'
    _description = "Share in a Contract"
    _inherit = ['crm.contract.term']
    _order = 'contract_id, percent desc, id'

    user_id = fields.Many2one('res.users', "Person", required=True, index=True, ondelete='restrict', domain=[('share', '=', False)])
    percent = fields.Float("Share (%)", required=True, default=100)

    _user_uniq = models.Constraint('UNIQUE(contract_id, user_id)', "A person has one share in a contract.")
    _percent_positive = models.Constraint('CHECK(percent > 0 AND percent <= 100)', "A share lies above 0 and up to 100 percent.")
