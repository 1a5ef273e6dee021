from odoo import fields, models


class AccountMove(models.Model):
    _inherit = 'account.move'

    crm_contract_id = fields.Many2one(
        'crm.contract', "Contract", index='btree_not_null', copy=False, ondelete='restrict', check_company=True,
        help="The contract that this invoice is for. Invoices of its orders are found without it.")
    crm_step_id = fields.Many2one(
        'crm.contract.step', "Contract Step", index='btree_not_null', copy=False, ondelete='set null', check_company=True,
        help="The step of the execution plan that this invoice was made for.")
