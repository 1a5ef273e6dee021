from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmContractCreate(models.TransientModel):
    """Makes a contract of quotations and orders, or puts them under a draft that exists."""
    _name = 'crm.contract.create'
    _description = "Contract of Orders"

    order_ids = fields.Many2many('sale.order', string="Orders", required=True)
    partner_id = fields.Many2one('res.partner', "Customer", compute='_compute_of_orders')
    company_id = fields.Many2one('res.company', compute='_compute_of_orders')
    currency_id = fields.Many2one('res.currency', compute='_compute_of_orders')
    amount_total = fields.Monetary("Gross Amount", compute='_compute_of_orders')
    contract_id = fields.Many2one(
        'crm.contract', "Add to Draft", domain="[('partner_id', '=', partner_id), ('company_id', '=', company_id),"
        " ('currency_id', '=', currency_id), ('state', '=', 'draft')]", help="Empty: a new contract.")
    title = fields.Char("Subject")
    type_id = fields.Many2one(
        'crm.contract.type', domain="['|', ('company_id', '=', company_id), ('company_id', '=', False)]",
        default=lambda self: self.env['crm.contract.type'].search([], limit=1))

    @api.depends('order_ids')
    def _compute_of_orders(self):
        for wizard in self:
            first = wizard.order_ids[:1]
            wizard.partner_id = first.partner_id.commercial_partner_id
            wizard.company_id = first.company_id
            wizard.currency_id = first.currency_id
            wizard.amount_total = sum(wizard.order_ids.mapped('amount_total'))

    def action_apply(self):
        """Make the contract and open it.

        :raise UserError: for orders that cannot be under one contract; nothing is made then
        """
        self.ensure_one()
        contracts = self.env['crm.contract']
        if self.contract_id:
            contracts._check_together(self.order_ids)
            self.contract_id._put_orders(self.order_ids)
            return self.contract_id._open()
        if not self.type_id:
            raise UserError(self.env._("Choose a type of contract."))
        return contracts._from_orders(self.order_ids, type_id=self.type_id.id, title=self.title)._open()
