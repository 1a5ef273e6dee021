from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.contract_state import EDITABLE


class SaleOrder(models.Model):
    """An order may be covered by one contract, of the same customer, company and currency."""
    _inherit = 'sale.order'

    crm_contract_id = fields.Many2one(
        'crm.contract', "Contract", index='btree_not_null', copy=False, ondelete='restrict', check_company=True,
        domain="[('partner_id', 'parent_of', partner_id), ('company_id', '=', company_id), ('state', '=', 'draft')]",
        help="The contract that covers this order.")

    @api.constrains('crm_contract_id', 'partner_id', 'company_id', 'pricelist_id', 'currency_id')
    def _check_crm_contract(self):
        for order in self.filtered('crm_contract_id'):
            contract = order.sudo().crm_contract_id  # whether it fits is checked whoever may see it
            names = {'order': order.name, 'contract': contract.name}
            if order.partner_id.commercial_partner_id != contract.partner_id:
                raise ValidationError(self.env._(
                    "Order %(order)s is one of another customer than contract %(contract)s. Take it off the contract first.", **names))
            if order.company_id != contract.company_id:
                raise ValidationError(self.env._("Order %(order)s belongs to another company than contract %(contract)s.", **names))
            if order.currency_id != contract.currency_id:
                raise ValidationError(self.env._(
                    "Order %(order)s is in another currency than contract %(contract)s. One contract has one currency.", **names))

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        if any(vals.get('crm_contract_id') for vals in vals_list):
            contracts = orders.crm_contract_id
            contracts._check_editable()
            contracts._take_over_amounts()
        return orders

    def write(self, vals):
        if 'crm_contract_id' not in vals:
            return super().write(vals)
        before = self.crm_contract_id
        after = self.env['crm.contract'].browse(vals['crm_contract_id'] or ())
        self._check_crm_move(after)
        result = super().write(vals)
        (before | after)._take_over_amounts()
        return result

    def _check_crm_move(self, contract):
        """:raise UserError: for an order that another contract covers already, or whose contract is no draft any more"""
        for order in self:
            old = order.sudo().crm_contract_id  # also where the user may not see the other contract
            if old == contract:
                continue
            if old and contract and old.state != 'cancelled':
                raise UserError(self.env._(
                    "Order %(order)s is covered by contract %(contract)s already. Take it off there first.",
                    order=order.name, contract=old.name))
            if old and old.state not in (*EDITABLE, 'cancelled'):
                old.sudo(self.env.su)._check_editable()
            contract._check_editable()

    @api.ondelete(at_uninstall=False)
    def _unlink_not_agreed(self):
        for order in self.filtered('crm_contract_id'):
            contract = order.sudo().crm_contract_id  # also where the user may not see the contract
            if contract.state not in (*EDITABLE, 'cancelled'):
                raise UserError(self.env._(
                    "Order %(order)s is part of contract %(contract)s and stays on record.", order=order.name, contract=contract.name))

    def action_crm_contract(self):
        """Open the contract of the order, or the dialog that makes one of the selected orders."""
        if len(self) == 1 and self.crm_contract_id:
            return self.crm_contract_id._open()
        return self.env['crm.contract']._open_create(self)
