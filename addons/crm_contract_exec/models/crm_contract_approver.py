from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..tools.contract_approval import is_absent, is_needed

DELEGATION = frozenset({'delegate_id', 'delegate_from', 'delegate_until'})
GROUPS = ('sales_team.group_sale_salesman', 'account.group_account_invoice')


class CrmContractApprover(models.Model):
    """Who approves contracts of a type, from which amount or discount on, and who decides while that person is away."""
    _name = 'crm.contract.approver'
    _description = "Approver of Contracts"
    _order = 'type_id, from_amount, id'

    type_id = fields.Many2one('crm.contract.type', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(
        'res.company', index=True, compute='_compute_company_id', store=True, readonly=False, precompute=True,
        help="Empty: for contracts of all companies.")
    user_id = fields.Many2one('res.users', "Approver", required=True, index=True, ondelete='restrict', domain=[('share', '=', False)])
    currency_id = fields.Many2one('res.currency', required=True, default=lambda self: self.env.company.currency_id)
    from_amount = fields.Monetary("From Net Amount", help="Asked from this net amount on. 0: the amount does not matter.")
    from_discount = fields.Float("From Discount (%)", help="Asked from this discount below the price list on. 0: discounts do not matter.")
    delegate_id = fields.Many2one(
        'res.users', ondelete='restrict', domain=[('share', '=', False)], help="May decide in the approver's place.")
    delegate_from = fields.Date("Delegated From", help="First day, in the company's time zone. Empty: already now.")
    delegate_until = fields.Date("Delegated Until", help="Last day, in the company's time zone. Empty: until withdrawn.")

    _user_uniq = models.Constraint('UNIQUE(type_id, user_id, company_id)', "The approver is named already: one line for each.")
    _thresholds = models.Constraint(
        'CHECK(from_amount >= 0 AND from_discount >= 0 AND from_discount <= 100)',
        "Thresholds cannot be negative, nor a discount above 100 percent.")

    @api.depends('type_id')
    def _compute_company_id(self):
        for approver in self:
            approver.company_id = approver.type_id.company_id or approver.company_id

    @api.constrains('user_id', 'delegate_id', 'delegate_from', 'delegate_until')
    def _check_people(self):
        for approver in self:
            if approver.delegate_id == approver.user_id:
                raise ValidationError(self.env._("%(name)s cannot be the own delegate.", name=approver.user_id.name))
            if approver.delegate_from and approver.delegate_until and approver.delegate_until < approver.delegate_from:
                raise ValidationError(self.env._("The delegation of %(name)s ends before it begins.", name=approver.user_id.name))
            for user in approver.user_id | approver.delegate_id:
                if not any(user.has_group(group) for group in GROUPS):
                    raise ValidationError(self.env._(
                        "%(name)s has no rights in sales or invoicing, and could not read the contract. Choose somebody else.",
                        name=user.name))

    def write(self, vals):
        """Approvers see to their own absence; the rest is for whoever sets up the types."""
        if not self.env.su and not set(vals) <= DELEGATION and not self.env.user.has_group('sales_team.group_sale_manager'):
            raise AccessError(self.env._("You may name your delegate. Thresholds and approvers are set by sales administrators."))
        return super().write(vals)

    def _deciders(self, company):
        """Return who may decide today: the approver, and the delegate while the delegation lasts."""
        self.ensure_one()
        if self.delegate_id and is_absent(company._crm_today(), self.delegate_from, self.delegate_until):
            return self.user_id | self.delegate_id
        return self.user_id

    def _is_needed(self, contract, amount, discount):
        """Return whether this approver has to approve, at today's rate.

        :param amount: net, in the contract's currency
        :param discount: percent below the price list
        """
        amount = contract.currency_id._convert(amount, self.currency_id, contract.company_id, contract.company_id._crm_today())
        return is_needed(amount, discount, self.from_amount, self.from_discount)
