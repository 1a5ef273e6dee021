from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

STATES = [('open', "To Decide"), ('approved', "Approved"), ('rejected', "Rejected"), ('withdrawn', "Withdrawn")]


class CrmContractApproval(models.Model):
    """That somebody was asked to approve a contract, and what was decided, by whom. Written by the transitions only, never changed."""
    _name = 'crm.contract.approval'
    _description = "Approval of a Contract"
    _order = 'contract_id, id desc'

    contract_id = fields.Many2one('crm.contract', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='contract_id.company_id', store=True, index=True)
    approver_id = fields.Many2one('crm.contract.approver', index='btree_not_null', ondelete='set null')
    user_id = fields.Many2one('res.users', "Asked", required=True, index=True, ondelete='restrict')
    delegate_id = fields.Many2one(related='approver_id.delegate_id', store=True, index='btree_not_null')
    currency_id = fields.Many2one('res.currency', required=True, ondelete='restrict')
    amount = fields.Monetary("Net Amount", help="Of the contract when it was submitted.")
    discount_percent = fields.Float("Discount (%)", help="Of the contract when it was submitted.")
    state = fields.Selection(STATES, required=True, default='open', index=True)
    decided_by_id = fields.Many2one('res.users', ondelete='restrict')
    date_decided = fields.Datetime("Decided On")
    note = fields.Char()

    _open_idx = models.Index("(user_id) WHERE state = 'open'")

    def _for_user(self):
        """Return those that the user may decide: asked, or delegate of who was asked, and not the one who sells the contract.

        Code that works with full rights may decide all.
        """
        if self.env.su:
            return self
        user = self.env.user
        return self.filtered(lambda approval: user != approval.contract_id.user_id and user in (
            approval.sudo().approver_id._deciders(approval.company_id) if approval.approver_id else approval.user_id))

    def _decide(self, state, note=None):
        """Record a decision of the user."""
        self.sudo().write({  # approvals are read-only for people; who may decide was checked
            'state': state, 'decided_by_id': self.env.user.id, 'date_decided': fields.Datetime.now(), 'note': note})


class CrmContract(models.Model):
    """Whom a contract asks for approval, and what they say."""
    _inherit = 'crm.contract'

    approval_ids = fields.One2many('crm.contract.approval', 'contract_id', "Approvals", readonly=True, copy=False)
    approvals_left = fields.Integer("Approvals Missing", readonly=True, copy=False)
    discount_percent = fields.Float(
        "Discount (%)", readonly=True, copy=False, aggregator='avg',
        help="Of the orders below the price list, when the contract was submitted.")
    is_mine_to_approve = fields.Boolean(
        "Waits for Me", compute='_compute_is_mine_to_approve', search='_search_is_mine_to_approve')

    @api.depends('approval_ids.state', 'state')
    @api.depends_context('uid')
    def _compute_is_mine_to_approve(self):
        for contract in self:
            mine = contract.state == 'approval' and contract.approval_ids.filtered(lambda item: item.state == 'open')._for_user()
            contract.is_mine_to_approve = bool(mine)

    @api.model
    def _search_is_mine_to_approve(self, operator, value):
        if operator != 'in':
            return NotImplemented
        open_approvals = self.env['crm.contract.approval'].search([
            ('state', '=', 'open'), '|', ('user_id', '=', self.env.uid), ('delegate_id', '=', self.env.uid)])
        return [('id', 'in', open_approvals._for_user().contract_id.ids)]

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def _ask_approvers(self):
        """Ask whom the type of each contract names.

        :return: the contracts that nobody has to approve
        :raise UserError: if the only one to ask is who sells the contract
        """
        free = self.browse()
        for contract in self.sudo():  # approvals are read-only for people
            approvers = contract._approvers()
            contract.approvals_left = len(approvers)
            if not approvers:
                free |= contract
            contract.approval_ids = [fields.Command.create({
                'approver_id': approver.id, 'user_id': approver.user_id.id, 'currency_id': contract.currency_id.id,
                'amount': contract.amount_untaxed, 'discount_percent': contract.discount_percent}) for approver in approvers]
            contract._notify_approvers(approvers)
        return free.sudo(False)

    def _approvers(self):
        """Return the approvers that a contract needs, as of today."""
        self.ensure_one()
        approvers = self.type_id.approver_ids.filtered(lambda approver: approver.company_id in (self.company_id, self.company_id.browse()))
        needed = approvers.filtered(lambda approver: approver._is_needed(self))
        for approver in needed:
            if approver.user_id == self.user_id and not approver.delegate_id:
                raise UserError(self.env._(
                    "%(user)s sells contract %(name)s and cannot approve it, too. Name a delegate under the approvers of “%(type)s”.",
                    user=approver.user_id.name, name=self.name, type=self.type_id.name))
        return needed

    def _notify_approvers(self, approvers):
        for approver in approvers:
            for user in approver._deciders(self.company_id) - self.user_id:
                self.activity_schedule(
                    'crm_contract_exec.mail_activity_type_approval', user_id=user.id, date_deadline=self.company_id._crm_today(),
                    summary=self.env._("Approve contract %(name)s", name=self.name))

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    def _decide_approvals(self, state, note=None):
        """Record the user's decision on the contracts.

        :raise AccessError: if the user was not asked, or sells the contract
        """
        for contract in self:
            open_approvals = contract.approval_ids.filtered(lambda approval: approval.state == 'open')
            mine = open_approvals._for_user()
            if not mine and not self.env.su:
                raise AccessError(self.env._(
                    "Contract %(name)s waits for the approval of %(users)s, not for yours.",
                    name=contract.name, users=", ".join(open_approvals.sudo().mapped('user_id.name'))))  # names are no secret
            mine._decide(state, note)
            # Writing the contract makes whoever decides at the same moment wait for each other, so that the last one sees all
            contract.sudo().approvals_left = len(open_approvals - mine)

    def _withdraw_approvals(self):
        """Nobody is asked any more."""
        contracts = self.sudo()  # approvals are read-only for people
        contracts.approval_ids.filtered(lambda approval: approval.state == 'open').write({'state': 'withdrawn'})
        contracts.approvals_left = 0
        contracts.activity_unlink(['crm_contract_exec.mail_activity_type_approval'])
