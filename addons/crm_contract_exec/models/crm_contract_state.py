from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.contract_state import REASONED, TRANSITIONS, target
from ..tools.step_state import OPEN


class CrmContract(models.Model):
    """What people do with a contract. One method per transition; :mod:`..tools.contract_state` says who may do it when.

    Other parts of the suite hook into ``_after_<transition>``, which run once per call on all contracts that moved.
    """
    _inherit = 'crm.contract'

    def _roles(self):
        """Return the roles of the user: what the decision table asks for."""
        user = self.env.user
        groups = {
            'rep': 'sales_team.group_sale_salesman', 'manager': 'sales_team.group_sale_manager', 'finance': 'account.group_account_invoice'}
        return {role for role, group in groups.items() if self.env.su or user.has_group(group)}

    def _check_move(self, transition):
        """:raise UserError: where the transition is not allowed in a contract's state
        :raise AccessError: for a user in none of the roles that may do it, or without the right to write the contract
        """
        roles = TRANSITIONS[transition][2]
        if not roles & self._roles():
            raise AccessError(self.env._("Your role does not allow this step. Ask a colleague in sales management or finance."))
        # Who approves need not have the right to write; the approvals say who may
        self.check_access('read' if transition in ('approve', 'reject') else 'write')
        states = dict(self._fields['state']._description_selection(self.env))
        for contract in self:
            if not target(transition, contract.state):
                raise UserError(self.env._(
                    "Contract %(name)s is “%(state)s”: this cannot be done with it.", name=contract.name, state=states[contract.state]))

    def _move(self, transition, reason=None, **vals):
        """Bring the contracts into the state that a transition leads to, together with ``vals``.

        :param reason: why; required for some transitions
        :raise UserError: where the transition is not allowed; then nothing is changed
        """
        self._check_move(transition)
        reason = (reason or '').strip()
        if transition in REASONED:
            if not reason:
                raise UserError(self.env._("Give the reason: it stays on record with the contract."))
            vals['state_reason'] = reason
        # sudo: the state is written by transitions only; whether the user may make this one has been checked
        self.sudo().write({'state': TRANSITIONS[transition][1], **vals})
        for contract in self if reason else ():
            contract.sudo().message_post(body=reason, author_id=self.env.user.partner_id.id)

    # ------------------------------------------------------------------
    # Up to the signature
    # ------------------------------------------------------------------

    def action_submit(self):
        """Ask for approval; what needs none is approved at once.

        :raise UserError: unless a draft, or if its terms do not hang together
        """
        self._check_move('submit')
        self._take_over_amounts()
        self._check_terms()
        for contract in self.sudo():  # kept for the record
            contract.discount_percent = contract._discount()
        self._move('submit')
        free = self._ask_approvers()
        if free:
            # sudo: nobody has to approve these, so whoever submits them moves them on
            free.sudo()._move('approve')
            free._after_approve()
        self._after_submit()
        return True

    def action_approve(self, note=None):
        """Approve as one of those asked; the contract may be signed once all have.

        :param note: kept with the approval
        :raise AccessError: if the user was not asked
        """
        self._check_move('approve')
        self._decide_approvals('approved', note)
        self._feedback_approval()
        done = self.filtered(lambda contract: not contract.approvals_left)
        done._withdraw_approvals()
        done._move('approve')
        done._after_approve()
        return True

    def action_reject(self, reason=None):
        """Send contracts back to draft, as one of those asked for approval.

        :raise UserError: without a reason
        :raise AccessError: if the user was not asked
        """
        self._check_move('reject')
        self._decide_approvals('rejected', reason)
        self._move('reject', reason=reason)
        self._withdraw_approvals()
        self._after_reject()
        return True

    def action_sign(self, date=None, signed_by=None, signature=None):
        """Record that both sides have signed.

        :param date: day of the signature; default: today where the company is
        :param signed_by: name of who signed for the customer
        :param signature: its image, base64
        :raise UserError: unless approved, for a day to come, if the orders were changed since, or without the proof that the type asks for
        """
        self._check_move('sign')
        date = fields.Date.to_date(date)
        self._check_terms()
        for contract in self:
            today = contract.company_id._crm_today()
            contract._check_signing(date or today, today, signature)
            contract._move(
                'sign', date_signed=date or today, signed_by=signed_by or contract.signatory_id.name,
                **({'signature': signature} if signature else {}))
        self._after_sign()
        at_once = self.filtered(lambda contract: contract.type_id.starts_at_once)
        if at_once:
            at_once.action_start()
        return True

    def _check_signing(self, date, today, signature):
        if date > today:
            raise UserError(self.env._("Contract %(name)s cannot have been signed on a day to come.", name=self.name))
        if self.order_difference:
            raise UserError(self.env._(
                "The orders of contract %(name)s were changed after it was approved. Set it back to draft and submit it again.",
                name=self.name))
        if self.type_id.is_document_required and not (
                signature or self.signature or self.document_ids.filtered(lambda document: document.kind == 'signed')):
            raise UserError(self.env._(
                "Attach the signed document to contract %(name)s, or have the customer sign it.", name=self.name))

    # ------------------------------------------------------------------
    # Carrying out
    # ------------------------------------------------------------------

    def action_start(self):
        """Begin to carry the contracts out: from now on their plan is followed."""
        self._move('start')
        self._after_start()
        return True

    def action_suspend(self, reason=None):
        """Put the contracts on hold.

        :raise UserError: without a reason
        """
        self._move('suspend', reason=reason)
        self._after_suspend()
        return True

    def action_resume(self):
        """Go on with contracts that were on hold."""
        self._move('resume', state_reason=False)
        self._after_resume()
        return True

    def action_complete(self):
        """Close contracts that were carried out.

        :raise UserError: while a step of the plan is open
        """
        self._check_move('complete')
        for contract in self:
            left = contract.sudo().step_ids.filtered(lambda step: step.state in OPEN)  # steps of others count, too
            if left:
                raise UserError(self.env._(
                    "Contract %(name)s is not carried out yet. Still open: %(steps)s. Have them done, or terminate the contract.",
                    name=contract.name, steps=", ".join(left[:5].mapped('name'))))
            contract._move('complete', date_completed=contract.company_id._crm_today())
        self._after_complete()
        return True

    def action_terminate(self, reason=None, settlement_amount=0, date=None, due=None):
        """End contracts before they were carried out.

        :param settlement_amount: what the customer still pays (negative: what we pay back), in each contract's currency
        :param date: day on which it ends, not one to come; default: today where the company is
        :param due: day by which the customer pays the settlement; default: the day on which it ends
        :raise UserError: without a reason, for a day before the signature or to come, or a settlement due before the end
        """
        self._check_move('terminate')
        date, due = fields.Date.to_date(date), fields.Date.to_date(due)
        for contract in self:
            today = contract.company_id._crm_today()
            if (date or today) > today or (date and contract.date_signed and date < contract.date_signed):
                raise UserError(self.env._(
                    "Contract %(name)s can end between the day of its signature and today.", name=contract.name))
            if due and due < (date or today):
                raise UserError(self.env._("The settlement of contract %(name)s cannot be due before it ends.", name=contract.name))
            contract._move(
                'terminate', reason=reason, settlement_amount=settlement_amount, date_terminated=date or today,
                settlement_due=settlement_amount > 0 and (due or date or today))
        self._after_terminate()
        return True

    def action_cancel(self, reason=None):
        """Give contracts up before they are signed; their orders are free for another contract.

        :raise UserError: without a reason, or once signed
        """
        self._move('cancel', reason=reason)
        self._withdraw_approvals()
        self._after_cancel()
        return True

    def action_reset(self):
        """Set contracts that are not signed back to draft, where their terms can be changed; approvals are asked for anew."""
        self._move('reset', state_reason=False)
        self._withdraw_approvals()
        self._after_reset()
        return True

    # ------------------------------------------------------------------
    # Hooks
    # ------------------------------------------------------------------

    def _after_submit(self):
        """Hook: the contracts went into approval."""

    def _after_approve(self):
        """Hook: all who had to have approved the contracts."""

    def _after_reject(self):
        """Hook: an approver sent the contracts back to draft."""

    def _after_sign(self):
        """Hook: the contracts were signed."""

    def _after_start(self):
        """Hook: the contracts are carried out from now on."""

    def _after_suspend(self):
        """Hook: the contracts are on hold."""

    def _after_resume(self):
        """Hook: the contracts are carried out again."""

    def _after_complete(self):
        """Hook: the contracts have been carried out."""

    def _after_terminate(self):
        """Hook: the contracts ended early."""

    def _after_cancel(self):
        """Hook: the contracts were given up unsigned."""

    def _after_reset(self):
        """Hook: the contracts are drafts again."""
