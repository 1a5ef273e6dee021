from odoo import fields, models

PEOPLE = ('crm_contract_warehouse_user_id', 'crm_contract_finance_user_id', 'crm_contract_manager_user_id')


class ResCompany(models.Model):
    """Who stands for a department where a contract step names nobody."""
    _inherit = 'res.company'

    crm_contract_warehouse_user_id = fields.Many2one(
        'res.users', "Deliveries Of Contracts", ondelete='set null', domain=[('share', '=', False)],
        help="Takes care of delivery steps without a responsible person. Empty: the salesperson of the contract.")
    crm_contract_finance_user_id = fields.Many2one(
        'res.users', "Invoices And Instalments Of Contracts", ondelete='set null', domain=[('share', '=', False)],
        help="Takes care of invoice steps and instalments without a responsible person. Empty: the salesperson of the contract.")
    crm_contract_manager_user_id = fields.Many2one(
        'res.users', "Escalations Of Contracts", ondelete='set null', domain=[('share', '=', False)],
        help="Is told where a team has no leader.")

    def write(self, vals):
        result = super().write(vals)
        if not set(PEOPLE).isdisjoint(vals):
            self.env['crm.contract.step']._give_to_people(self)
        return result


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    crm_contract_warehouse_user_id = fields.Many2one(related='company_id.crm_contract_warehouse_user_id', readonly=False)
    crm_contract_finance_user_id = fields.Many2one(related='company_id.crm_contract_finance_user_id', readonly=False)
    crm_contract_manager_user_id = fields.Many2one(related='company_id.crm_contract_manager_user_id', readonly=False)
