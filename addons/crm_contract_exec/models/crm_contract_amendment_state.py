from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.amendment import TRANSITIONS
from ..tools.contract_approval import discount


class CrmContractAmendment(models.Model):
    """What people do with an amendment; :mod:`..tools.amendment` says who may do it when. It is approved as its contract was."""
    _name = 'crm.contract.amendment'
    _inherit = ['crm.contract.amendment', 'crm.contract.approvable']

    approval_ids = fields.One2many('crm.contract.approval', 'amendment_id', "Approvals", readonly=True, copy=False)

    def _approved_contract(self):
        return self.contract_id

    def _sellers(self):
        return self.contract_id.user_id | self.user_id

    def _at_stake(self):
        """Compared is what is larger: the contract as amended, or what is taken off or put on."""
        amount = self.contract_id.amount_untaxed + self.change_untaxed
        return max(amount, abs(self.change_untaxed)), amount, self._discount()

    def _discount(self):
        """Return by how many percent the orders would be below the price list; see :meth:`crm.contract._discount`."""
        lines = []
        for line in self.sudo().line_ids:  # prices of the contract's own orders
            order_line = line.order_line_id or line.order_line_id.new({
                'order_id': line.order_id.id, 'product_id': line.product_id.id, 'product_uom_qty': line.quantity})
            lines.append((line.quantity, order_line._get_display_price(), line.price_unit, line.order_line_id.discount))
        return discount(lines)

    def _check_move(self, transition):
        """:raise UserError: where the transition is not allowed in an amendment's state
        :raise AccessError: for a user in none of the roles that may do it, or who may not write on the contract
        """
        sources, _target, roles = TRANSITIONS[transition]
        if not roles & self.env['crm.contract']._roles():
            raise AccessError(self.env._("Your role does not allow this step. Ask a sales manager."))
        # Who approves need not have the right to write; the approvals say who may
        self.check_access('read' if transition in ('approve', 'reject') else 'write')
        states = dict(self._fields['state']._description_selection(self.env))
        for amendment in self:
            if amendment.state not in sources:
                raise UserError(self.env._(
                    "Amendment %(name)s is “%(state)s”: this cannot be done with it.", name=amendment.name, state=states[amendment.state]))

    def _move(self, transition, **vals):
        """Bring the amendments into the state that a transition leads to, together with ``vals``.

        :raise AccessError, UserError: see :meth:`_check_move`; then nothing is changed
        """
        self._check_move(transition)
        self.sudo().write({'state': TRANSITIONS[transition][1], **vals})  # the step is the user's own, the state is not theirs to write

    def action_submit(self):
        """Ask for the approvals that a contract of this size would need; what needs none is approved at once.

        :raise UserError: where nothing is changed, or the changes do not fit
        """
        self._check_move('submit')
        for amendment in self:
            amendment.contract_id._check_amendable()
            amendment._check_changes()
        self._move('submit')
        free = self._ask_approvers()
        # sudo: nobody has to approve these, so whoever submits them moves them on
        free.sudo()._move('approve', date_approved=fields.Datetime.now())
        return True

    def action_approve(self, note=None):
        """Approve as one of those asked. Once all have, what is left is that the customer agrees, in the portal or on paper.

        :param note: kept with the approval
        :raise AccessError: if the user was not asked, or sells the contract
        """
        self._check_move('approve')
        self._decide_approvals('approved', note)
        self._feedback_approval()
        done = self.filtered(lambda amendment: not amendment.approvals_left)
        done._withdraw_approvals()
        done._move('approve', approver_id=self.env.uid, date_approved=fields.Datetime.now())
        return True

    def action_reject(self, reason=None):
        """Give amendments back to who prepared them, as one of those asked for approval.

        :param reason: kept with the approval, and told to who follows the amendment
        :raise UserError: without a reason
        :raise AccessError: if the user was not asked, or sells the contract
        """
        self._check_move('reject')
        reason = (reason or '').strip()
        if not reason:
            raise UserError(self.env._("Give the reason: it stays on record with the amendment."))
        self._decide_approvals('rejected', reason)
        self._move('reject')
        self._withdraw_approvals()
        for amendment in self.sudo():  # who approves need not have the right to write
            amendment.message_post(body=reason, author_id=self.env.user.partner_id.id)
        return True

    def action_reset(self):
        """Set back to draft in order to change it; it will have to be approved again."""
        self._move('reset', approver_id=False, date_approved=False)
        self._withdraw_approvals()
        return True

    def action_cancel(self):
        """Give the amendment up; the contract stays as it is."""
        self._move('cancel')
        self._withdraw_approvals()
        return True

    def action_apply(self, signed_by=None, signature=None):
        """Put amendments in force to which the customer has agreed: orders, plan, parties and shares follow.

        :param signed_by: who agreed for the customer; default: the signatory of the contract
        :param signature: picture of the signature (base64), where it was given in the portal
        :raise UserError: unless approved, or where the changes no longer fit; then nothing is changed
        """
        for amendment in self:
            amendment.contract_id._check_amendable()
            name = signed_by or amendment.signatory_id.name or amendment.partner_id.name
            amendment._move('apply', date_applied=fields.Datetime.now(), signed_by=name, signature=signature or False)
            amendment.sudo()._apply()  # approved by who may: terms of a signed contract are nobody's to write by hand
        return True
