from odoo import api, fields, models

MANAGERS = 'sales_team.group_sale_manager'
STATES = [('open', "To Decide"), ('approved', "Approved"), ('rejected', "Rejected"), ('withdrawn', "Withdrawn")]


class CrmContractApproval(models.Model):
    """That somebody was asked to approve a contract or an amendment of it, and what was decided, by whom.

    Written by the transitions only, never changed.
    """
    _name = 'crm.contract.approval'
    _description = "Approval of a Contract"
    _order = 'contract_id, id desc'

    contract_id = fields.Many2one('crm.contract', required=True, index=True, ondelete='cascade')
    amendment_id = fields.Many2one('crm.contract.amendment', index='btree_not_null', ondelete='cascade')
    company_id = fields.Many2one(related='contract_id.company_id', store=True, index=True)
    approver_id = fields.Many2one('crm.contract.approver', index='btree_not_null', ondelete='set null')
    user_id = fields.Many2one('res.users', "Person Asked", index=True, ondelete='restrict', help="Empty: any sales manager.")
    asked_name = fields.Char("Asked", compute='_compute_asked_name')
    delegate_id = fields.Many2one(related='approver_id.delegate_id', store=True, index='btree_not_null')
    currency_id = fields.Many2one('res.currency', required=True, ondelete='restrict')
    amount = fields.Monetary("Net Amount", help="Of the contract when it was submitted.")
    discount_percent = fields.Float("Discount (%)", help="Of the contract when it was submitted.")
    state = fields.Selection(STATES, required=True, default='open', index=True)
    decided_by_id = fields.Many2one('res.users', ondelete='restrict')
    date_decided = fields.Datetime("Decided On")
    note = fields.Char()

    _open_idx = models.Index("(user_id) WHERE state = 'open'")

    @api.depends('user_id')
    def _compute_asked_name(self):
        for approval in self:
            approval.asked_name = approval.user_id.name or self.env._("A sales manager")

    def _for_user(self):
        """Return those that the user may decide: asked, or delegate of who was asked, and not one who sells the contract, or shall.

        Code that works with full rights may decide all.
        """
        if self.env.su:
            return self
        user, is_manager = self.env.user, self.env.user.has_group(MANAGERS)
        return self.filtered(lambda approval: user not in (approval.amendment_id or approval.contract_id)._sellers() and (
            user in (approval.sudo().approver_id._deciders(approval.company_id) if approval.approver_id else approval.user_id)
            or is_manager and not approval.user_id and approval.company_id in user.company_ids))

    def _decide(self, state, note=None):
        """Record a decision of the user."""
        self.sudo().write({  # approvals are read-only for people; who may decide was checked
            'state': state, 'decided_by_id': self.env.user.id, 'date_decided': fields.Datetime.now(), 'note': note})
