from odoo import fields, models


class AccountPayment(models.Model):
    _inherit = 'account.payment'

    crm_contract_id = fields.Many2one(
        'crm.contract', "Contract", index='btree_not_null', copy=False, ondelete='restrict', check_company=True,
        domain="[('partner_id', '=', partner_id), ('company_id', '=', company_id)]",
        help="The contract that this payment is an advance for, while it is matched with no invoice.")
