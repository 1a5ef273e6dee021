from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import float_compare

from ..tools.contract_state import EDITABLE, KEPT, TERMS


class CrmContract(models.Model):
    """What was agreed stays as it was agreed: terms are written in draft only, states and progress by nobody's hand.

    The lock is on what people do. Code of the suite that applies an approved amendment, or books what happened, writes with
    ``sudo()``, which no caller from outside can claim for itself (other than a key in the context).
    """
    _inherit = 'crm.contract'

    def _check_lock(self, vals):
        """:raise AccessError: if ``vals`` touch what only transitions and the books write
        :raise UserError: if they touch the terms of a contract that is no draft any more
        """
        if self.env.su:
            return
        if not KEPT.isdisjoint(vals):
            raise AccessError(self.env._("The state and the progress of a contract are not entered. Use the buttons of the contract."))
        if not TERMS.isdisjoint(vals):
            self._check_editable()

    def _check_new(self):
        """:raise AccessError: if somebody created contracts that are already on their way, by a default in the context, for example"""
        if self.env.su:
            return
        kept = KEPT - {'name', 'state'}
        for contract in self:
            if contract.state != 'draft' or any(contract[name] for name in kept):
                raise AccessError(self.env._("A contract begins as a draft."))

    def _check_editable(self):
        """:raise UserError: unless the terms of the contracts may be changed by the user, without an amendment"""
        if self.env.su:
            return
        states = dict(self._fields['state']._description_selection(self.env))
        for contract in self:
            if contract.state not in EDITABLE:
                raise UserError(self.env._(
                    "Contract %(name)s is “%(state)s”: its terms are fixed. Set it back to draft, or make an amendment once it is signed.",
                    name=contract.name, state=states[contract.state]))

    def _check_terms(self):
        """Whether what was agreed hangs together; asked for before approval and before signing. Other parts add their own.

        :raise ValidationError: with what to correct
        """
        self._check_shares()

    @api.constrains('share_ids')
    def _check_shares(self):
        for contract in self:
            total = sum(contract.share_ids.mapped('percent'))
            if contract.share_ids and float_compare(total, 100, precision_digits=4):
                raise ValidationError(self.env._(
                    "The shares in contract %(name)s add up to %(total)s %%. Make it 100 %%.", name=contract.name, total=round(total, 2)))

    @api.constrains('lead_id', 'partner_id')
    def _check_lead(self):
        for contract in self:
            customer = contract.sudo().lead_id.partner_id.commercial_partner_id  # whose opportunity it is, is no secret to its contract
            if customer and customer != contract.partner_id:
                raise ValidationError(self.env._(
                    "The opportunity of contract %(name)s is one of another customer.", name=contract.name))

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        for contract in self:
            if contract.state not in ('draft', 'cancelled'):
                raise UserError(self.env._(
                    "Contract %(name)s cannot be deleted any more. Cancel or terminate it: it stays on record.", name=contract.name))
