from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    crm_contract_id = fields.Many2one(
        'crm.contract', "Contract", index='btree_not_null', copy=False, ondelete='restrict', check_company=True,
        domain="[('partner_id', '=', partner_id), ('company_id', '=', company_id)]", help="The contract that covers this order.")
