from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.amendment import TRANSITIONS


class CrmContractAmendment(models.Model):
    """What people do with an amendment; :mod:`..tools.amendment` says who may do it when."""
    _inherit = 'crm.contract.amendment'

    def _move(self, transition, **vals):
        """Bring the amendments into the state that a transition leads to, together with ``vals``.

        :raise AccessError: for a user in none of the roles that may do it, or who may not write on the contract
        :raise UserError: where the transition is not allowed; then nothing is changed
        """
        self.check_access('write')
        sources, target, roles = TRANSITIONS[transition]
        if not roles & self.env['crm.contract']._roles():
            raise AccessError(self.env._("Your role does not allow this step. Ask a sales manager."))
        states = dict(self._fields['state']._description_selection(self.env))
        for amendment in self:
            if amendment.state not in sources:
                raise UserError(self.env._(
                    "Amendment %(name)s is “%(state)s”: this cannot be done with it.", name=amendment.name, state=states[amendment.state]))
        self.sudo().write({'state': target, **vals})  # the step is the user's own, the state is not theirs to write

    def action_submit(self):
        """Ask a sales manager for approval; who manages sales approves at once.

        :raise UserError: where nothing is changed, or the changes do not fit
        """
        for amendment in self:
            amendment.contract_id._check_amendable()
            amendment._check_changes()
        self._move('submit')
        if 'manager' in self.env['crm.contract']._roles():
            return self.action_approve()
        for amendment in self:
            managers = amendment._managers()
            if managers:
                amendment.activity_schedule(
                    'mail.mail_activity_data_todo', user_id=managers[0].id,
                    summary=self.env._("Amendment to approve: %(name)s", name=amendment.name))
        return True

    def _managers(self):
        """Return who may approve: the team leader first, where that is a sales manager."""
        managers = self.env.ref('sales_team.group_sale_manager').sudo().all_user_ids  # who manages sales is no secret
        managers = managers.filtered(
            lambda user: user.active and user._is_internal() and self.company_id in user.company_ids and user.id != 1)
        return managers.sorted(lambda user: (user != self.contract_id.sudo().team_id.user_id, user.id))

    def action_approve(self):
        """Approve: what is left is that the customer agrees, in the portal or on paper."""
        self._move('approve', approver_id=self.env.uid, date_approved=fields.Datetime.now())
        self.sudo().activity_feedback(['mail.mail_activity_data_todo'])  # the request may be a colleague's
        return True

    def action_reject(self):
        """Give an amendment back to who prepared it."""
        self._move('reject')
        self.sudo().activity_unlink(['mail.mail_activity_data_todo'])  # the request may be a colleague's
        return True

    def action_reset(self):
        """Set back to draft in order to change it; it will have to be approved again."""
        self._move('reset', approver_id=False, date_approved=False)
        self.sudo().activity_unlink(['mail.mail_activity_data_todo'])  # the request may be a colleague's
        return True

    def action_cancel(self):
        """Give the amendment up; the contract stays as it is."""
        self._move('cancel')
        self.sudo().activity_unlink(['mail.mail_activity_data_todo'])  # the request may be a colleague's
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
