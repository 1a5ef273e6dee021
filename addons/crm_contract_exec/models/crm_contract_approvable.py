from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .crm_contract_approval import MANAGERS


class CrmContractApprovable(models.AbstractModel):
    """What the approvers of a contract's type are asked about: the contract, and later each amendment of it.

    Both have a state that is ``approval`` meanwhile. Who may decide is said in one place: ``crm.contract.approval._for_user``.
    """
    _name = 'crm.contract.approvable'
    _description = "Approval of Contracts and Amendments"

    approvals_left = fields.Integer("Approvals Missing", readonly=True, copy=False)
    is_mine_to_approve = fields.Boolean(
        "Waits for Me", compute='_compute_is_mine_to_approve', search='_search_is_mine_to_approve')

    @api.depends('approval_ids.state', 'state')
    @api.depends_context('uid')
    def _compute_is_mine_to_approve(self):
        for record in self:
            mine = record.state == 'approval' and record._open_approvals()._for_user()
            record.is_mine_to_approve = bool(mine)

    @api.model
    def _search_is_mine_to_approve(self, operator, value):
        if operator != 'in':
            return NotImplemented
        asked = [self.env.uid, False] if self.env.user.has_group(MANAGERS) else [self.env.uid]   # False: any manager
        open_approvals = self.env['crm.contract.approval'].search([
            ('state', '=', 'open'), '|', ('user_id', 'in', asked), ('delegate_id', '=', self.env.uid)])
        mine = open_approvals._for_user()
        if self._name == 'crm.contract.amendment':
            return [('id', 'in', mine.amendment_id.ids)]
        return [('id', 'in', mine.filtered(lambda approval: not approval.amendment_id).contract_id.ids)]

    def _open_approvals(self):
        return self.approval_ids.filtered(lambda approval: approval.state == 'open')

    # ------------------------------------------------------------------
    # What is asked about
    # ------------------------------------------------------------------

    def _approved_contract(self):
        """Return the contract that is approved or amended."""
        raise NotImplementedError

    def _sellers(self):
        """Return who sells, and therefore approves nothing."""
        raise NotImplementedError

    def _at_stake(self):
        """Return what approvers are asked by, in the contract's currency, and what is kept with the approval.

        :return: (net amount that is compared with thresholds, net amount, discount in percent)
        """
        raise NotImplementedError

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def _ask_approvers(self):
        """Ask whom the type of each contract names; one of the managers where it names nobody and does not say that none is needed.

        :return: those that nobody has to approve
        :raise UserError: if the only one to ask is who sells the contract
        """
        free = self.browse()
        for record in self.sudo():  # approvals are read-only for people
            contract, (_compared, amount, discount) = record._approved_contract(), record._at_stake()
            approvers, managers = record._approvers()
            asked = [{'approver_id': approver.id, 'user_id': approver.user_id.id} for approver in approvers] + [{}] * bool(managers)
            record.approvals_left = len(asked)
            if not asked:
                free |= record
            record.approval_ids = [fields.Command.create({
                'contract_id': contract.id, 'currency_id': contract.currency_id.id, 'amount': amount, 'discount_percent': discount, **vals})
                for vals in asked]
            record._notify_approvers(approvers, managers)
        return free.sudo(False)

    def _approvers(self):
        """Return the approvers that are needed, as of today, and the managers of whom one is: of a type that names nobody for the company,
        and in the place of an approver who has left."""
        self.ensure_one()
        contract, (compared, _amount, discount) = self._approved_contract(), self._at_stake()
        approvers = contract.type_id.approver_ids.filtered(
            lambda approver: approver.company_id in (contract.company_id, contract.company_id.browse()))
        needed = approvers.filtered(lambda approver: approver._is_needed(contract, compared, discount))
        for approver in needed:
            if approver.user_id in self._sellers() and not approver.delegate_id:
                raise UserError(self.env._(
                    "%(user)s sells contract %(name)s and cannot approve it, too. Name a delegate under the approvers of “%(type)s”.",
                    user=approver.user_id.name, name=self.name, type=contract.type_id.name))
        gone = needed.filtered(lambda approver: not any(approver._deciders(contract.company_id).mapped('active')))
        unnamed = not approvers and not contract.type_id.is_free
        return needed - gone, self._managers() if gone or unnamed else self.env['res.users']

    def _managers(self):
        """Return the sales managers of the company who do not sell the contract.

        :raise UserError: where there are none
        """
        contract = self._approved_contract()
        managers = self.env.ref(MANAGERS).all_user_ids.filtered(
            lambda user: user.active and contract.company_id in user.company_ids) - self._sellers()
        if not managers:
            raise UserError(self.env._(
                "Nobody could approve %(name)s but who sells it. Name approvers under “%(type)s”, or let it pass without.",
                name=self.name, type=contract.type_id.name))
        return managers

    def _notify_approvers(self, approvers, managers):
        users = managers.union(*(approver._deciders(self.company_id) for approver in approvers)) - self._sellers()
        for user in users.filtered('active'):
            self.activity_schedule(
                'crm_contract_exec.mail_activity_type_approval', user_id=user.id, date_deadline=self.company_id._crm_today(),
                summary=self.env._("Approve contract %(name)s", name=self.name))

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    def _decide_approvals(self, state, note=None):
        """Record the user's decision on each.

        :raise AccessError: if the user was not asked, or sells the contract
        """
        for record in self:
            open_approvals = record._open_approvals()
            mine = open_approvals._for_user()
            if not mine and not self.env.su:
                raise AccessError(self.env._(
                    "Contract %(name)s waits for the approval of %(users)s, not for yours.",
                    name=record.name, users=", ".join(open_approvals.sudo().mapped('asked_name'))))  # names are no secret
            mine._decide(state, note)
            # Writing the record makes whoever decides at the same moment wait for each other, so that the last one sees all
            record.sudo().approvals_left = len(open_approvals - mine)

    def action_open_decision(self):
        """Open the dialog for a transition that takes a reason; which one, the button says in the context (``decision``)."""
        decision = self.env.context.get('decision')
        names = dict(self.env['crm.contract.decision']._fields['decision']._description_selection(self.env))
        about = 'default_amendment_ids' if self._name == 'crm.contract.amendment' else 'default_contract_ids'
        return {
            'type': 'ir.actions.act_window', 'name': names[decision], 'res_model': 'crm.contract.decision', 'view_mode': 'form',
            'target': 'new', 'context': {'default_decision': decision, about: self.ids}}

    def _feedback_approval(self):
        """The user has done what was asked, as approver or in the place of one."""
        kind = self.env.ref('crm_contract_exec.mail_activity_type_approval')
        self.sudo().activity_ids.filtered(  # of the user's own, whatever else they may not do with the record
            lambda activity: activity.user_id == self.env.user and activity.activity_type_id == kind).action_feedback()

    def _withdraw_approvals(self):
        """Nobody is asked any more."""
        records = self.sudo()  # approvals are read-only for people
        records._open_approvals().write({'state': 'withdrawn'})
        records.approvals_left = 0
        records.activity_unlink(['crm_contract_exec.mail_activity_type_approval'])


class CrmContract(models.Model):
    """Whom a contract asks for approval."""
    _name = 'crm.contract'
    _inherit = ['crm.contract', 'crm.contract.approvable']

    approval_ids = fields.One2many('crm.contract.approval', 'contract_id', "Approvals", readonly=True, copy=False)
    discount_percent = fields.Float(
        "Discount (%)", readonly=True, copy=False, aggregator='avg',
        help="Of the orders below the price list, when the contract was submitted.")

    def _approved_contract(self):
        return self

    def _sellers(self):
        return self.user_id

    def _at_stake(self):
        return self.amount_untaxed, self.amount_untaxed, self.discount_percent
